@testable import Terminal

/// Draws at random, with text that tries to harm: wide and combining glyphs, control sequences, bidi controls.
struct RandomScreens {
    private var random: SplitMix64
    private static let texts = [
        "Postcode", "SW1A 1AA – full postcode", "漢字かな交じり文", "한국어 페이지", "ｗｉｄｅ ａ", "e\u{301}le\u{301}gant",
        "\u{1B}[2J\u{1B}[31mred", "a\u{9B}31mb", "abc\u{202E}def", "x\u{300}\u{301}\u{302}y", "€ 1.299,00 …",
        "ÄÖÜ õ ł ż",
        "\u{1B}]0;title\u{7}x", "\u{10EEEE}\u{E000}z", "a\u{200D}b\u{FE0F}c", "│┌─┐└┘╔═╗", "\u{301}mark",
        "q\u{0}\u{7F}\n\tr", "   ",
    ]
    private static let colours: [Colour] = [
        .terminalDefault, Colour(rgb: 0xE4572E), Colour(rgb: 0xFFFFFF), Colour(rgb: 0x14171F), Colour(rgb: 0x7CC4FF),
        Colour(rgb: 0x808080), Colour(rgb: 0xFF4D9D, role: .brightMagenta), Colour(rgb: 0x1B1F2A, role: .black),
    ]

    init(seed: UInt64) {
        self.random = SplitMix64(seed: seed)
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &self.random)
    }

    private mutating func colour() -> Colour {
        Self.colours[self.number(0...Self.colours.count - 1)]
    }

    private mutating func area(of screen: Screen) -> Rectangle {
        Rectangle(
            column: self.number(-3...screen.columns), row: self.number(-2...screen.rows),
            columns: self.number(0...screen.columns / 2), rows: self.number(0...5))
    }

    private mutating func style() -> Style {
        Style(
            foreground: self.colour(), background: self.number(0...1) == 0 ? nil : self.colour(),
            attributes: self.number(0...2) == 0 ? Attributes(rawValue: UInt8(self.number(0...63))) : [])
    }

    /// Changes `screen` by one to five random drawings.
    mutating func draw(on screen: inout Screen) {
        for _ in 0..<self.number(1...5) {
            self.drawOnce(on: &screen)
        }
        screen.cursor =
            self.number(0...2) == 0
            ? nil : Position(column: self.number(0...screen.columns - 1), row: self.number(0...screen.rows - 1))
    }

    private mutating func drawOnce(on screen: inout Screen) {
        switch self.number(0...19) {
        case 0...9:
            let text = Self.texts[self.number(0...Self.texts.count - 1)]
            let clip = self.number(0...3) == 0 ? self.area(of: screen) : nil
            screen.put(
                text, column: self.number(-4...screen.columns), row: self.number(0...screen.rows - 1),
                style: self.style(), clip: clip)
        case 10: screen.fill(self.area(of: screen), with: self.colour())
        case 11: screen.fillHalves(self.area(of: screen), with: self.colour(), alpha: UInt8(self.number(0...255)))
        case 12: screen.putEdges(around: self.area(of: screen), colour: self.colour())
        case 13: screen.tint(self.area(of: screen), with: self.colour(), alpha: 128)
        case 14: screen.add(Attributes(rawValue: UInt8(self.number(0...63))), to: self.area(of: screen))
        case 15:
            let source = screen
            screen.copy(
                self.area(of: screen), of: source,
                to: Position(column: self.number(-2...screen.columns), row: self.number(-2...screen.rows)))
        case 16: screen.scroll(0..<screen.rows / 2, by: self.number(-3...3))
        case 18:
            let quarters = Quarters(
                upperLeft: self.colour(), upperRight: self.colour(), lowerLeft: self.colour(), lowerRight: self.colour()
            )
            screen.setQuarters(
                column: self.number(0...screen.columns), row: self.number(0...screen.rows), quarters)
        case 17: if self.number(0...4) == 0 { screen.clear(background: self.colour()) }
        default:
            screen.setHalf(
                column: self.number(-1...screen.columns), halfRow: self.number(-1...2 * screen.rows),
                colour: self.colour())
        }
    }
}
