/// The block glyphs that ink some of a cell's four quarters.
enum QuadrantGlyphs {
    /// By mask: 1 upper left, 2 upper right, 4 lower left, 8 lower right.
    private static let scalars: [UInt32] = [
        0x20, 0x2598, 0x259D, 0x2580, 0x2596, 0x258C, 0x259E, 0x259B,
        0x2597, 0x259A, 0x2590, 0x259C, 0x2584, 0x2599, 0x259F, 0x2588,
    ]

    /// The glyph that inks the quarters of `mask`, 0 to 15.
    static func glyph(_ mask: Int) -> Glyph {
        Glyph(scalar: Self.scalars[mask & 15])
    }

    /// The glyph that inks the other quarters.
    static func complement(of glyph: Glyph) -> Glyph {
        let mask = Self.scalars.firstIndex(of: glyph.code) ?? 0
        return Self.glyph(mask ^ 15)
    }
}

/// The colours of a cell's four quarters.
package struct Quarters: Equatable, Sendable {
    package var upperLeft: Colour
    package var upperRight: Colour
    package var lowerLeft: Colour
    package var lowerRight: Colour

    package init(upperLeft: Colour, upperRight: Colour, lowerLeft: Colour, lowerRight: Colour) {
        self.upperLeft = upperLeft
        self.upperRight = upperRight
        self.lowerLeft = lowerLeft
        self.lowerRight = lowerRight
    }

    private var all: [Colour] { [self.upperLeft, self.upperRight, self.lowerLeft, self.lowerRight] }

    /// The two colours that come nearest, split at the middle of the luminances, and the mask of the brighter quarters.
    var reduced: (mask: Int, bright: Colour, dark: Colour) {
        let all = self.all
        let luminances = all.map(\.luminance)
        let low = luminances.min() ?? 0
        let high = luminances.max() ?? 0
        let mask = luminances.indices.reduce(0) { luminances[$1] * 2 > low + high ? $0 | 1 << $1 : $0 }
        return (mask, Self.mean(all, mask: mask), Self.mean(all, mask: ~mask))
    }

    private static func mean(_ colours: [Colour], mask: Int) -> Colour {
        let chosen = colours.indices.filter { mask & 1 << $0 != 0 }.map { colours[$0] }
        guard let first = chosen.first, chosen.contains(where: { $0 != first }) else {
            return chosen.first ?? .terminalDefault
        }
        let sum = chosen.map(\.channels).reduce((0, 0, 0)) { ($0.0 + $1.red, $0.1 + $1.green, $0.2 + $1.blue) }
        let count = chosen.count
        return Colour(red: UInt8(sum.0 / count), green: UInt8(sum.1 / count), blue: UInt8(sum.2 / count))
    }
}
