/// What a cell shows: one scalar, or a cluster of several that the screen's `ClusterStore` holds.
///
/// Made only by `SafeText` and the screen's drawing functions, so that no control or misleading scalar is ever in one.
package struct Glyph: Equatable, Hashable, Sendable {
    private static let clusterFlag: UInt32 = 0x8000_0000

    /// The scalar's value, or `clusterFlag | place in the store`, or 0 in the right half of a wide glyph.
    let code: UInt32

    init(scalar: UInt32) {
        self.code = scalar
    }

    init(cluster: Int) {
        self.code = Self.clusterFlag | UInt32(truncatingIfNeeded: cluster)
    }

    static let blank = Glyph(scalar: 0x20)
    static let continuation = Glyph(scalar: 0)
    /// The upper half block: colour above is the foreground, colour below the background.
    static let upperHalf = Glyph(scalar: 0x2580)
    /// The lower half block: colour below is the foreground, colour above the background.
    static let lowerHalf = Glyph(scalar: 0x2584)
    /// Shown for what cannot be: unassigned scalars and marks without a base.
    static let replacement = Glyph(scalar: 0xFFFD)

    /// The place in the cluster store; nil for a single scalar.
    var clusterIndex: Int? {
        self.code & Self.clusterFlag == 0 ? nil : Int(self.code & ~Self.clusterFlag)
    }
}

/// One character cell, 16 bytes, compared as bytes.
package struct Cell: Equatable, Sendable {
    package internal(set) var glyph: Glyph
    package internal(set) var foreground: Colour
    package internal(set) var background: Colour
    package internal(set) var attributes: Attributes
    /// Columns taken: 1, or 2 for a wide glyph, or 0 for the right half of the wide glyph before.
    package internal(set) var width: UInt8
    /// 1 when the cell carries colour only (`Screen.fill`, `setHalf`): encoders with few colours may leave it out.
    var pixels: UInt16

    init(
        _ glyph: Glyph, foreground: Colour, background: Colour, attributes: Attributes = [], width: UInt8 = 1,
        pixels: Bool = false
    ) {
        self.glyph = glyph
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
        self.width = width
        self.pixels = pixels ? 1 : 0
    }

    /// A blank in the terminal's own colours.
    package static let blank = Cell(.blank, foreground: .terminalDefault, background: .terminalDefault)

    /// Whether it shows no ink: a blank without a line through or under it.
    package var isBlank: Bool {
        self.glyph == .blank && self.attributes.isDisjoint(with: .visibleOnBlank)
    }

    /// Whether the cell shows two colours and no ink.
    package var isPixelPair: Bool { self.pixels == 1 && self.glyph != .blank }

    /// The colour that text put here stands on.
    var ground: Colour {
        self.isPixelPair ? self.foreground.blended(over: self.background, alpha: 128) : self.background
    }
}
