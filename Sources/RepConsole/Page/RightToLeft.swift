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

    /// Whether a text's first letter with a direction is read from right to left (UAX #9, rules P2 and P3).
    static func isBase(of text: String) -> Bool {
        text.first { $0.isLetter }.map { !self.isLeftToRight($0) } ?? false
    }

    /// A line of words, each in reading order, as cells show it: stretches of words of the other direction turn round
    /// within it; what has no direction goes with the words before it.
    static func line(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value >= 0x590 }), text.contains(where: self.isRightToLeft)
        else { return text }
        let isTurned = self.isBase(of: text)
        var stretches: [(isTurned: Bool, words: [String])] = []
        for word in text.split(separator: " ", omittingEmptySubsequences: false).map(String.init) {
            let letter = word.first { $0.isLetter }
            let isWordTurned = letter.map { self.isRightToLeft($0) } ?? stretches.last?.isTurned ?? isTurned
            let shown = isWordTurned ? self.visual(word) : word
            if stretches.last?.isTurned == isWordTurned {
                stretches[stretches.count - 1].words.append(shown)
            } else {
                stretches.append((isWordTurned, [shown]))
            }
        }
        let lines = stretches.map { ($0.isTurned ? $0.words.reversed() : $0.words).joined(separator: " ") }
        return (isTurned ? lines.reversed() : lines).joined(separator: " ")
    }

    private static func isRightToLeft(_ character: Character) -> Bool {
        character.isLetter && !self.isLeftToRight(character)
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
