/// How many colours go to the terminal. Each depth is an encoder of its own, not one formula.
package enum ColourDepth: String, Sendable, CaseIterable {
    /// 24-bit colours as they are.
    case truecolour
    /// The nearest of the 6x6x6 cube and the 24 greys.
    case indexed = "256"
    /// The rep's own 16: theme colours by their role; a page's own colours reduced to the default and a few strong
    /// ones.
    case palette = "16"
    /// Attributes only: no colours, no backgrounds, no pixels.
    case none
}

/// A colour as one depth writes it.
struct EncodedColour: Equatable {
    /// 0 the default; else `1 << 24 | rgb`, `2 << 24 | index of 256` or `3 << 24 | index of 16`.
    let code: UInt32

    static let terminalDefault = EncodedColour(code: 0)

    static func truecolour(_ colour: Colour) -> EncodedColour {
        colour.rgb.map { EncodedColour(code: 1 << 24 | $0) } ?? .terminalDefault
    }

    static func indexed(_ colour: Colour) -> EncodedColour {
        colour.isDefault ? .terminalDefault : EncodedColour(code: 2 << 24 | UInt32(Self.nearestOf256(colour)))
    }

    static func palette(_ role: PaletteRole) -> EncodedColour {
        EncodedColour(code: 3 << 24 | UInt32(role.rawValue))
    }

    /// The index, 16 to 255, of the nearest colour of xterm's cube and grey ramp (levels 0, 95, 135 … 255; greys 8,
    /// 18 … 238).
    static func nearestOf256(_ colour: Colour) -> Int {
        let (red, green, blue) = colour.channels
        func step(_ value: Int) -> Int { value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40 }
        func level(_ step: Int) -> Int { step == 0 ? 0 : 55 + 40 * step }
        func distance(_ other: (Int, Int, Int)) -> Int {
            let (dr, dg, db) = (red - other.0, green - other.1, blue - other.2)
            return dr * dr + dg * dg + db * db
        }
        let steps = (step(red), step(green), step(blue))
        let cube = distance((level(steps.0), level(steps.1), level(steps.2)))
        let mean = (red + green + blue) / 3
        let greyStep = mean > 238 ? 23 : max(mean - 3, 0) / 10
        let grey = 8 + 10 * greyStep
        if distance((grey, grey, grey)) < cube {
            return 232 + greyStep
        }
        return 16 + 36 * steps.0 + 6 * steps.1 + steps.2
    }

    /// Appends this colour's SGR parameters: `base` is 30 for a foreground and 40 for a background.
    func append(base: Int, to out: inout [UInt8]) {
        let value = Int(self.code & 0xFF_FFFF)
        switch self.code >> 24 {
        case 1:
            out.append(decimal: base + 8)
            out.append(ascii: ";2;")
            out.append(decimal: value >> 16)
            out.append(0x3B)
            out.append(decimal: value >> 8 & 0xFF)
            out.append(0x3B)
            out.append(decimal: value & 0xFF)
        case 2:
            out.append(decimal: base + 8)
            out.append(ascii: ";5;")
            out.append(decimal: value)
        case 3:
            out.append(decimal: value < 8 ? base + value : base + 52 + value)
        default:
            out.append(decimal: base + 9)
        }
    }
}

/// The 16-colour encoder: readable on any palette, because page colours do not choose from it freely.
enum PaletteEncoder {
    /// Below this spread of channels a page colour counts as grey and becomes the default.
    private static let saturationMin = 72
    /// The least difference of luminance between text and a coloured ground.
    private static let contrastMin = 64

    /// A theme's colour by its role; a page's colour by its hue when strong, else the default.
    static func background(_ colour: Colour) -> PaletteRole? {
        if let role = colour.role {
            return role
        }
        guard !colour.isDefault, colour.saturation >= Self.saturationMin else { return nil }
        let role = Self.hue(colour)
        return colour.luminance >= 128 ? PaletteRole(rawValue: role.rawValue + 8) : role
    }

    /// As `background`, then pushed to black or white where it would be lost on `ground`.
    static func foreground(_ colour: Colour, on ground: PaletteRole?) -> PaletteRole? {
        let role: PaletteRole? =
            colour.role
            ?? (colour.isDefault || colour.saturation < Self.saturationMin ? nil : Self.hue(colour))
        guard let ground else { return role }
        let groundLuminance = Self.luminance(ground)
        if let role, abs(Self.luminance(role) - groundLuminance) >= Self.contrastMin {
            return role
        }
        return groundLuminance >= 112 ? .black : .brightWhite
    }

    /// The primary or secondary colour that a strong colour is nearest to.
    private static func hue(_ colour: Colour) -> PaletteRole {
        let (red, green, blue) = colour.channels
        let middle = (max(red, green, blue) + min(red, green, blue)) / 2
        let bits = (red > middle ? 1 : 0) | (green > middle ? 2 : 0) | (blue > middle ? 4 : 0)
        return PaletteRole(rawValue: UInt8(bits)) ?? .white
    }

    /// The usual luminance of a role, 0 to 255, in xterm's palette.
    private static func luminance(_ role: PaletteRole) -> Int {
        switch role {
        case .black: 0
        case .red: 43
        case .green: 147
        case .yellow: 190
        case .blue: 18
        case .magenta: 58
        case .cyan: 162
        case .white: 229
        case .brightBlack: 127
        case .brightRed: 54
        case .brightGreen: 182
        case .brightYellow: 236
        case .brightBlue: 109
        case .brightMagenta: 73
        case .brightCyan: 201
        case .brightWhite: 255
        }
    }
}
