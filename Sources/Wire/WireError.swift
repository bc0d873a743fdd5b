/// What can be wrong with a peer's bytes. Small and free of text, so that throwing it allocates nothing.
package enum WireError: UInt8, Error, CaseIterable, Sendable {
    /// A header or body that breaks the format.
    case malformed
    /// A body longer than its lane allows.
    case tooLarge
    /// A version byte other than `FrameHeader.version`.
    case unknownVersion
}
