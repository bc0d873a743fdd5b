import PageView
import Terminal

/// Shows where the words are that the rep looks for.
struct FindMarks {
    let find: PageFind
    let scale: PageScale
    let pane: Rectangle
    let theme: Theme

    /// How far from its px a word may stand on the screen.
    private static let rowsMax = 2
    private static let columnsMax = 8

    /// Tints all places in the pane, the one gone to most.
    func draw(on screen: inout Screen) {
        let words = SafeText(self.find.words.lowercased()).string
        guard !words.isEmpty else { return }
        for (index, match) in self.find.matches.enumerated() where match.rect.intersects(self.scale.region) {
            let area = self.place(of: Array(words), near: match.rect, on: screen)
            let isCurrent = index == self.find.index
            screen.tint(area, with: isCurrent ? self.theme.accent : self.theme.warning, alpha: isCurrent ? 255 : 140)
            if isCurrent { screen.add(.bold, to: area) }
        }
    }

    /// The cells whose letters are the words, nearest to their px; the cells of the px where they do not stand whole.
    private func place(of words: [Character], near rect: ViewRect, on screen: Screen) -> Rectangle {
        let row = self.scale.row(rect.midY) + self.pane.row
        let column = self.scale.column(rect.x) + self.pane.column
        for step in [0, 1, -1, 2, -2] where (self.pane.row..<self.pane.endRow).contains(row + step) {
            for shift in (0...Self.columnsMax).flatMap({ [$0, -$0] }) {
                let start = Position(column: column + shift, row: row + step)
                if let end = self.end(of: words, from: start, on: screen) {
                    return Rectangle(column: start.column, row: start.row, columns: end - start.column, rows: 1)
                }
            }
        }
        let columns = max(self.scale.column(rect.right) + self.pane.column - column, 1)
        return Rectangle(column: column, row: row, columns: columns, rows: 1).intersection(self.pane)
    }

    /// The column after the words when they stand at `start`; any number of blanks counts as one.
    private func end(of words: [Character], from start: Position, on screen: Screen) -> Int? {
        var column = start.column
        for (place, letter) in words.enumerated() {
            guard column >= self.pane.column, column < self.pane.endColumn else { return nil }
            let shown = screen.text(column: column, row: start.row).lowercased()
            guard shown == String(letter) else { return nil }
            column += max(Int(screen[column, start.row].width), 1)
            guard letter == " ", place + 1 < words.count else { continue }
            while column < self.pane.endColumn, screen.text(column: column, row: start.row) == " " { column += 1 }
        }
        return column
    }
}
