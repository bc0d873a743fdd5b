import PageView

/// Lines with words that are read from right to left. The view has each word of such a line by itself, where it is
/// painted, its letters in reading order; which way its signs face depends on the words beside it.
extension PageInk {
    /// Words of a line looked at together: past a pane of short words nobody reads it.
    private static let turnedWordsMax = 200

    /// Puts the letters of all such words into the order in which cells show them.
    mutating func turnLines() {
        var turned: [InkLine] = []
        var next = 0
        while next < self.lines.count {
            var end = next + 1
            while end < self.lines.count, end - next < Self.turnedWordsMax, self.goesOnTurned(end) { end += 1 }
            let line = self.lines[next..<end]
            turned += line.contains { $0.text.flags.contains(.rightToLeft) } ? Self.turned(Array(line)) : Array(line)
            next = end
        }
        self.lines = turned
    }

    /// Whether the line at `index` is painted on the row of the one before it, within a blank of it on either side.
    private func goesOnTurned(_ index: Int) -> Bool {
        let (before, own) = (self.lines[index - 1], self.lines[index])
        let (left, right) = (before.placed.rect, own.placed.rect)
        let gap = max(left.x, right.x) - min(left.right, right.right)
        return before.placed.block == own.placed.block && before.button == own.button
            && abs(left.midY - right.midY) < min(left.height, right.height) * 0.4
            && gap < min(before.text.size, own.text.size) * 0.6
    }

    /// The words of one line, each with its letters from left to right. Words that are painted across one another, as
    /// Latin ones with a bracket at both ends of them, become one.
    private static func turned(_ words: [InkLine]) -> [InkLine] {
        let line = BidirectionalLine(
            Array(words.map(\.text.text).joined(separator: " ")), isTurned: self.isTurned(words))
        var place = [Int](repeating: 0, count: line.letters.count)
        for (column, letter) in line.order.enumerated() { place[letter] = column }
        var pieces: [(line: InkLine, letters: Range<Int>, columns: ClosedRange<Int>)] = []
        var start = 0
        for word in words {
            let letters = start..<(start + word.text.text.count)
            start = letters.upperBound + 1
            let columns = letters.map { place[$0] }
            guard let least = columns.min(), let most = columns.max() else { continue }
            var piece = (line: word, letters: letters, columns: least...most)
            if let last = pieces.last, last.columns.overlaps(piece.columns) {
                piece.letters = last.letters.lowerBound..<letters.upperBound
                piece.columns = min(last.columns.lowerBound, least)...max(last.columns.upperBound, most)
                piece.line.placed.rect = Self.both(last.line.placed.rect, word.placed.rect)
                piece.line.text.flags.formUnion(last.line.text.flags)
                pieces.removeLast()
            }
            pieces.append(piece)
        }
        return pieces.map { piece in
            var made = piece.line
            made.text.text = String(
                piece.letters.sorted { place[$0] < place[$1] }.map { line.shown($0) })
            return made
        }
    }

    private static func both(_ one: ViewRect, _ other: ViewRect) -> ViewRect {
        let (x, y) = (min(one.x, other.x), min(one.y, other.y))
        return ViewRect(
            x: x, y: y, width: max(one.right, other.right) - x, height: max(one.bottom, other.bottom) - y)
    }

    /// Whether a line is read from right to left: its words follow one another that way; else by its first letter.
    private static func isTurned(_ words: [InkLine]) -> Bool {
        let steps = zip(words, words.dropFirst()).map { $1.placed.rect.midX - $0.placed.rect.midX }
        let (leftwards, rightwards) = (steps.count { $0 < 0 }, steps.count { $0 > 0 })
        guard leftwards == rightwards else { return leftwards > rightwards }
        return RightToLeft.isBase(of: words.map(\.text.text).joined(separator: " "))
    }
}
