import PageView

/// Columns of text: lines below one another that begin at one place on the page begin in one column of the pane.
extension PageInk {
    /// Px between the left edges of two lines of a column: senders round.
    private static let edgeErrorMax = 1.5
    /// Lines of a column are no further from one another than so many of their heights.
    private static let pitchMax = 2.0
    /// Fewer lines are no column: in a narrow box they stand better at their px.
    private static let columnLinesMin = 3
    /// Lines of a column that are looked at together: what is longer is fitted in parts, for its time is bounded so.
    private static let columnLinesMax = 80

    /// Chooses where the lines of each column of text begin, if by themselves they would begin off their px by more or
    /// less: a straight left edge is what tells a column. No word is out of place for it that would be in place else.
    mutating func straighten(_ sentences: [Range<Int>], _ columns: TextColumns, _ rows: LineRows) {
        var column: [Range<Int>] = []
        for sentence in sentences {
            if let last = column.last, column.count >= Self.columnLinesMax || !self.isBelow(last, sentence) {
                self.settle(column, columns, rows)
                column = []
            }
            column.append(sentence)
        }
        self.settle(column, columns, rows)
    }

    private func isBelow(_ upper: Range<Int>, _ lower: Range<Int>) -> Bool {
        let (upper, lower) = (self.lines[upper.lowerBound], self.lines[lower.lowerBound])
        let pitch = lower.placed.rect.y - upper.placed.rect.y
        return upper.placed.layer == lower.placed.layer && upper.text.size == lower.text.size && pitch > 0
            && pitch < Self.pitchMax * max(upper.placed.rect.height, lower.placed.rect.height)
            && abs(upper.placed.rect.x - lower.placed.rect.x) <= Self.edgeErrorMax
    }

    private mutating func settle(_ column: [Range<Int>], _ columns: TextColumns, _ rows: LineRows) {
        guard column.count >= Self.columnLinesMin else { return }
        var fits: [(order: Int, fit: LineFit, lean: Int)] = []
        for sentence in column {
            let line = self.lines[sentence.lowerBound]
            guard let words = self.stretches(of: sentence).first, self.isHung(words, of: line, columns) == nil,
                line.text.size < Self.headingSizeMin
            else { continue }
            let fit = self.fit(words, of: line)
            // A line that is torn stays so: its words are in place.
            let pieces = fit.pieces(mayTear: rows.isFree(below: line.placed.rect))
            guard pieces.count == 1, let piece = pieces.first else { continue }
            fits.append((line.order, fit, fit.lean(of: piece)))
        }
        guard fits.count >= Self.columnLinesMin, Set(fits.map(\.lean)).count > 1 else { return }
        let misplaced = fits.reduce(0) { $0 + ($1.fit.misplaced(leaning: $1.lean) ?? 0) }
        let best = LineFit.leans.first { lean in
            let counts = fits.compactMap { $0.fit.misplaced(leaning: lean) }
            return counts.count == fits.count && counts.reduce(0, +) <= misplaced
        }
        guard let best else { return }
        for fit in fits { self.leans[fit.order] = best }
    }
}
