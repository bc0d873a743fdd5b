/// A cell's colour: the terminal's own default, or 24-bit RGB, which may name the colour of the rep's 16 that stands
/// for it.
package struct Colour: Equatable, Hashable, Sendable {
    /// 0 for the default; else `tag << 24 | red << 16 | green << 8 | blue`, tag 1 for plain RGB and `0x10 | role`
    /// with a role.
    let code: UInt32

    private init(code: UInt32) {
        self.code = code
    }

    /// The terminal's own foreground or background.
    package static let terminalDefault = Colour(code: 0)

    /// No colour that anything has: what shows it is written again.
    static let unknown = Colour(code: .max)

    /// An RGB colour from `0xRRGGBB`.
    package init(rgb: UInt32) {
        self.code = 0x0100_0000 | (rgb & 0xFF_FFFF)
    }

    /// An RGB colour from its parts.
    package init(red: UInt8, green: UInt8, blue: UInt8) {
        self.init(rgb: UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue))
    }

    /// A theme colour: `rgb` where the terminal has enough colours, `role` where it has only the rep's 16.
    package init(rgb: UInt32, role: PaletteRole) {
        self.code = UInt32(0x10 | role.rawValue) << 24 | (rgb & 0xFF_FFFF)
    }

    /// Whether this is the terminal's own colour.
    package var isDefault: Bool { self.code == 0 }

    /// The RGB value as `0xRRGGBB`; nil for the default.
    package var rgb: UInt32? { self.isDefault ? nil : self.code & 0xFF_FFFF }

    /// The palette role a theme gave; nil for the default and for plain RGB (a page's colours).
    package var role: PaletteRole? {
        let tag = UInt8(self.code >> 24)
        return tag & 0x10 == 0 ? nil : PaletteRole(rawValue: tag & 0x0F)
    }

    /// Red, green and blue; grey stands for the default, whose value nobody knows.
    var channels: (red: Int, green: Int, blue: Int) {
        guard !self.isDefault else { return (128, 128, 128) }
        return (Int(self.code >> 16 & 0xFF), Int(self.code >> 8 & 0xFF), Int(self.code & 0xFF))
    }

    /// Relative luminance, 0 to 255, with the integer weights of ITU-R BT.709.
    package var luminance: Int {
        let (red, green, blue) = self.channels
        return (red * 54 + green * 183 + blue * 19) >> 8
    }

    /// The distance between the strongest and the weakest channel, 0 (grey) to 255.
    var saturation: Int {
        let (red, green, blue) = self.channels
        return max(red, green, blue) - min(red, green, blue)
    }

    /// This colour painted over `below` with `alpha` 0 to 255. A default colour cannot be mixed: the stronger one wins.
    package func blended(over below: Colour, alpha: UInt8) -> Colour {
        guard alpha < 255 else { return self }
        guard alpha > 0 else { return below }
        guard !self.isDefault, !below.isDefault else { return alpha >= 128 ? self : below }
        let (red, green, blue) = self.channels
        let (redBelow, greenBelow, blueBelow) = below.channels
        let weight = Int(alpha)
        func mix(_ above: Int, _ below: Int) -> UInt8 {
            UInt8((above * weight + below * (255 - weight) + 127) / 255)
        }
        return Colour(red: mix(red, redBelow), green: mix(green, greenBelow), blue: mix(blue, blueBelow))
    }
}

/// The 16 colours that a rep may set in the terminal, by their SGR order.
package enum PaletteRole: UInt8, Sendable, CaseIterable {
    case black, red, green, yellow, blue, magenta, cyan, white
    case brightBlack, brightRed, brightGreen, brightYellow, brightBlue, brightMagenta, brightCyan, brightWhite
}
