/// Words that are read from right to left, as cells show them: from left to right.
enum RightToLeft {
    /// Whether a text's first letter with a direction is read from right to left (UAX #9, rules P2 and P3).
    static func isBase(of text: String) -> Bool {
        text.first { $0.isLetter }.map { self.isRightToLeft($0) } ?? false
    }

    /// A line in reading order as cells show it.
    static func line(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value >= 0x590 }), text.contains(where: self.isRightToLeft)
        else { return text }
        let line = BidirectionalLine(Array(text), isTurned: self.isBase(of: text))
        return String(line.order.map { line.shown($0) })
    }

    /// Hebrew, Arabic, Syriac, Thaana, N'Ko and their presentation forms.
    private static func isRightToLeft(_ character: Character) -> Bool {
        guard character.isLetter, let scalar = character.unicodeScalars.first else { return false }
        return (0x590...0x8FF).contains(scalar.value) || (0xFB1D...0xFEFC).contains(scalar.value)
    }
}
