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

    /// The ways to part four quarters in two, each once: the halves first, so that they win where parts are equal.
    private static let masks = [3, 5, 1, 2, 4, 8, 6]

    /// The two colours, and the mask of the quarters that show the first, with the least sum of squared errors over
    /// all quarters and channels. Mask 0 where one colour is as good: it is the second then.
    var reduced: (mask: Int, bright: Colour, dark: Colour) {
        let all = [self.upperLeft, self.upperRight, self.lowerLeft, self.lowerRight]
        guard all.contains(where: { $0 != all[0] }) else { return (0, all[0], all[0]) }
        let channels = all.map(\.channels)
        var best: (mask: Int, error: Int) = (0, .max)
        for mask in Self.masks {
            let error = Self.error(channels, mask: mask) + Self.error(channels, mask: ~mask)
            if error < best.error { best = (mask, error) }
        }
        let (first, second) = (Self.mean(all, mask: best.mask), Self.mean(all, mask: ~best.mask))
        return first.luminance >= second.luminance ? (best.mask, first, second) : (best.mask ^ 15, second, first)
    }

    /// Twelve times the squared distance of the quarters of `mask` from their mean: whole for one to four of them.
    private static func error(_ channels: [(red: Int, green: Int, blue: Int)], mask: Int) -> Int {
        var (count, sum, squares) = (0, (0, 0, 0), 0)
        for index in channels.indices where mask & 1 << index != 0 {
            let (red, green, blue) = channels[index]
            count += 1
            sum = (sum.0 + red, sum.1 + green, sum.2 + blue)
            squares += red * red + green * green + blue * blue
        }
        guard count > 0 else { return 0 }
        return 12 * squares - 12 / count * (sum.0 * sum.0 + sum.1 * sum.1 + sum.2 * sum.2)
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
