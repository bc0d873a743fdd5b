/// One line of letters in reading order, and the order in which cells show them from left to right: the Unicode
/// Bidirectional Algorithm (UAX #9) for a line without explicit marks, which no view's words hold when they are drawn.
struct BidirectionalLine {
    /// What a letter does to its neighbours' direction (UAX #9, table 4), as far as a line of plain words needs it.
    private enum Kind {
        case left, right, arabic, number, arabicNumber, sign, separator, terminator, neutral

        /// As N1 counts it: numbers are read from left to right within words from the right.
        var isStrongRight: Bool {
            switch self {
            case .right, .arabic, .number, .arabicNumber: true
            case .left, .sign, .separator, .terminator, .neutral: false
            }
        }
    }

    private static let mirrored: [Character: Character] = [
        "(": ")", ")": "(", "[": "]", "]": "[", "{": "}", "}": "{", "<": ">", ">": "<", "«": "»", "»": "«",
    ]
    private static let opening: [Character: Character] = ["(": ")", "[": "]", "{": "}"]

    /// Brackets in brackets that are paired at most (UAX #9, BD16).
    private static let bracketDepthMax = 63

    /// In reading order.
    let letters: [Character]
    /// For each letter how deep its direction is nested: even from left to right, odd from right to left.
    let levels: [Int]

    /// `isTurned`: whether the line as a whole is read from right to left.
    init(_ letters: [Character], isTurned: Bool) {
        self.letters = letters
        let base = isTurned ? 1 : 0
        var kinds = Self.resolvedNumbers(letters.map(Self.kind), isTurned: isTurned)
        Self.resolveBrackets(&kinds, of: letters, isTurned: isTurned)
        Self.resolveNeutrals(&kinds, isTurned: isTurned)
        self.levels = kinds.map { kind in
            switch kind {
            case .right, .arabic: 1
            case .number, .arabicNumber: 2
            case .left: base * 2
            case .sign, .separator, .terminator, .neutral: base
            }
        }
    }

    /// Which letter stands at each place from left to right (rule L2).
    var order: [Int] {
        var order = Array(self.letters.indices)
        for level in stride(from: self.levels.max() ?? 0, to: 0, by: -1) {
            var start = 0
            while start < order.count {
                var end = start
                while end < order.count, self.levels[order[end]] >= level { end += 1 }
                order[start..<end].reverse()
                start = max(end, start + 1)
            }
        }
        return order
    }

    /// The letter at `index` as it is shown: brackets face the other way where they are read from right to left (L4).
    func shown(_ index: Int) -> Character {
        let letter = self.letters[index]
        return self.levels[index] % 2 == 1 ? Self.mirrored[letter] ?? letter : letter
    }

    private static func kind(_ letter: Character) -> Kind {
        guard let scalar = letter.unicodeScalars.first else { return .neutral }
        switch scalar.value {
        case 0x660...0x669, 0x66B, 0x66C: return .arabicNumber
        case 0x66A: return .terminator
        default: break
        }
        if letter.isLetter {
            // Arabic, Syriac, Thaana and their presentation forms; Hebrew and N'Ko are plain.
            let isArabic =
                (0x600...0x7BF).contains(scalar.value) || (0x860...0x8FF).contains(scalar.value)
                || (0xFB50...0xFEFC).contains(scalar.value)
            if isArabic { return .arabic }
            return (0x590...0x8FF).contains(scalar.value) || (0xFB1D...0xFB4F).contains(scalar.value) ? .right : .left
        }
        if letter.isNumber { return .number }
        switch letter {
        case "+", "-", "−": return .sign
        case ".", ",", ":", "/", "\u{60C}", "\u{A0}": return .separator
        case "#", "%", "‰", "°": return .terminator
        default: return scalar.properties.generalCategory == .currencySymbol ? .terminator : .neutral
        }
    }

    /// Rules W2 to W7: what stands in and beside numbers goes with them.
    private static func resolvedNumbers(_ all: [Kind], isTurned: Bool) -> [Kind] {
        var kinds = all
        var strong: Kind = isTurned ? .right : .left
        for index in kinds.indices {
            switch kinds[index] {
            case .left, .right, .arabic: strong = kinds[index]
            case .number: if strong == .arabic { kinds[index] = .arabicNumber }
            case .arabicNumber, .sign, .separator, .terminator, .neutral: break
            }
        }
        for index in kinds.indices.dropFirst().dropLast() where kinds[index - 1] == kinds[index + 1] {
            let (kind, beside) = (kinds[index], kinds[index - 1])
            if beside == .number && (kind == .sign || kind == .separator) { kinds[index] = .number }
            if beside == .arabicNumber && kind == .separator { kinds[index] = .arabicNumber }
        }
        for index in kinds.indices where kinds[index] == .number {
            for step in [-1, 1] {
                var place = index + step
                while kinds.indices.contains(place), kinds[place] == .terminator {
                    kinds[place] = .number
                    place += step
                }
            }
        }
        strong = isTurned ? .right : .left
        for index in kinds.indices {
            switch kinds[index] {
            case .left, .right, .arabic: strong = kinds[index]
            case .number: if strong == .left { kinds[index] = .left }
            case .sign, .separator, .terminator: kinds[index] = .neutral
            case .arabicNumber, .neutral: break
            }
        }
        return kinds
    }

    /// Rule N0: both brackets of a pair have one direction, the line's where that is in them, else that of what is in
    /// them where the same stands before them.
    private static func resolveBrackets(_ kinds: inout [Kind], of letters: [Character], isTurned: Bool) {
        var open: [(letter: Character, place: Int)] = []
        var pairs: [(Int, Int)] = []
        for (place, letter) in letters.enumerated() where kinds[place] == .neutral {
            if let closing = Self.opening[letter] {
                guard open.count < Self.bracketDepthMax else { break }
                open.append((closing, place))
            } else if let match = open.lastIndex(where: { $0.letter == letter }) {
                pairs.append((open[match].place, place))
                open.removeSubrange(match...)
            }
        }
        let base: Kind = isTurned ? .right : .left
        for (first, last) in pairs.sorted(by: { $0.0 < $1.0 }) {
            let inside = kinds[(first + 1)..<last]
            let hasRight = inside.contains(where: \.isStrongRight)
            let hasLeft = inside.contains(.left)
            guard hasRight || hasLeft else { continue }
            var direction = base
            if !(isTurned ? hasRight : hasLeft) {
                let before = kinds[..<first].last { $0 == .left || $0.isStrongRight } ?? base
                if before.isStrongRight != isTurned { direction = isTurned ? .left : .right }
            }
            (kinds[first], kinds[last]) = (direction, direction)
        }
    }

    /// Rules N1 and N2: what has no direction takes that of both its neighbours, or the line's.
    private static func resolveNeutrals(_ kinds: inout [Kind], isTurned: Bool) {
        var start = 0
        while start < kinds.count {
            guard kinds[start] == .neutral else {
                start += 1
                continue
            }
            let end = kinds[start...].firstIndex { $0 != .neutral } ?? kinds.count
            let before = start > 0 ? kinds[start - 1].isStrongRight : isTurned
            let after = end < kinds.count ? kinds[end].isStrongRight : isTurned
            let isRight = before == after ? before : isTurned
            for index in start..<end { kinds[index] = isRight ? .right : .left }
            start = end
        }
    }
}
