/// Why bytes are not a view, or do not fit the one that is shown. A receiver keeps what it shows and asks for `resync`.
package enum ViewError: String, Error, Equatable, Sendable, CaseIterable {
    /// Not JSON, or beyond the JSON limits of `Protocol/wire.md`.
    case notJSON
    /// A required member or element is missing, or of another type than `Protocol/view.md` says.
    case malformed
    /// A number is outside its range.
    case badNumber
    /// A string is longer than `ViewLimits.textBytesMax`.
    case textTooLong
    /// More layers, blocks or items than `ViewLimits` allows.
    case tooMany
    /// Two layers or two blocks have the same id.
    case duplicateID
    /// A block, or a layer's parent, names a layer that is not there.
    case unknownLayer
    /// A move or an order names a block that is not there.
    case unknownBlock
    /// Layers are their own ancestors.
    case layerCycle
}
