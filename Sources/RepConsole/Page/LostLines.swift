package import Terminal

/// Lines of the page that had no room on a row of the pane: `⋯2` stands in their place, and tells them to the mouse.
package struct LostLines: Equatable, Sendable {
    /// Letters kept of them all; more has no room in the status line either.
    private static let lettersMax = 240

    /// The cells of the mark in the pane; none where even that had no room.
    package var mark: Range<Int>
    package var row: Int
    package var count: Int
    package var words: String

    /// Whether the mark is at a cell of the pane.
    package func isAt(_ cell: Position) -> Bool { cell.row == self.row && self.mark.contains(cell.column) }

    /// The lost lines of `runs` by their rows, of a pane of `rows`.
    static func all(_ runs: [PageRun], rows: Int) -> [LostLines] {
        let byRow = Dictionary(grouping: runs.filter { $0.pieces.contains { $0.isWord } }) {
            min(max($0.row, 0), max(rows - 1, 0))
        }
        return byRow.sorted { $0.key < $1.key }.prefix(PageReport.lostCountMax).map { row, runs in
            let lines = runs.map { $0.pieces.map(\.text.string).joined(separator: " ") }
            return LostLines(
                mark: 0..<0, row: row, count: runs.count,
                words: String(lines.joined(separator: " / ").prefix(self.lettersMax)))
        }
    }
}

extension PageCanvas {
    /// Puts `⋯n` in the gutter of rows that lost lines: at the pane's right edge, else at its left, where no words
    /// stand.
    mutating func drawLost(_ dropped: [PageRun]) {
        for line in LostLines.all(dropped, rows: self.screen.rows) {
            var marked = line
            let text = SafeText("⋯\(line.count)")
            let places = [self.screen.columns - text.columns, 0]
            if let column = places.first(where: { self.isBlank($0..<($0 + text.columns), row: line.row) }) {
                marked.mark = column..<(column + text.columns)
                self.putNote(text, column: column, row: line.row)
            }
            self.note(marked)
        }
    }

    private func isBlank(_ columns: Range<Int>, row: Int) -> Bool {
        columns.lowerBound >= 0 && columns.allSatisfy { self.isPlain(column: $0, row: row) }
    }
}
