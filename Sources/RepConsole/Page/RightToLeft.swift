/// Words that are read from right to left, as cells show them: from left to right.
enum RightToLeft {
    private static let mirrored: [Character: Character] = [
        "(": ")", ")": "(", "[": "]", "]": "[", "{": "}", "}": "{", "<": ">", ">": "<", "«": "»", "»": "«",
    ]

    /// The letters in the order in which they stand: the word turned, but for Latin letters and digits in it, which
    /// are read from left to right all the same; brackets face the other way (UAX #9, rules L2 and L4).
    static func visual(_ word: String) -> String {
        var turned: [Character] = []
        var run: [Character] = []
        for character in word {
            if Self.isLeftToRight(character) {
                run.append(character)
            } else {
                turned.append(contentsOf: run.reversed())
                run.removeAll()
                turned.append(Self.mirrored[character] ?? character)
            }
        }
        turned.append(contentsOf: run.reversed())
        return String(turned.reversed())
    }

    private static func isLeftToRight(_ character: Character) -> Bool {
        guard let scalar = character.unicodeScalars.first, character.isLetter || character.isNumber else {
            return false
        }
        // Hebrew, Arabic, Syriac, Thaana, N'Ko and their presentation forms; digits of all of them run rightwards.
        let isFromRight = (0x590...0x8FF).contains(scalar.value) || (0xFB1D...0xFEFC).contains(scalar.value)
        return character.isNumber || !isFromRight
    }
}
