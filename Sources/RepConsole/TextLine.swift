import Terminal

/// Pieces of text on one line: left ones from the left, right ones kept whole at the right edge.
struct TextLine {
    /// A run in one style.
    struct Piece {
        var text: SafeText
        var style: Style

        init(_ text: String, _ style: Style) {
            self.text = SafeText(text)
            self.style = style
        }
    }

    var left: [Piece] = []
    var right: [Piece] = []

    /// Draws the line in `row`: the left side is cut with `…` where the right side needs the room.
    func draw(into screen: inout Screen, row: Int, background: Colour) {
        screen.fill(Rectangle(column: 0, row: row, columns: screen.columns, rows: 1), with: background)
        let rightWidth = self.right.reduce(0) { $0 + $1.text.columns }
        let rightStart = max(screen.columns - rightWidth - 1, 1)
        let isRightShown = rightWidth > 0 && rightWidth <= screen.columns - 2
        var column = 1
        let limit = isRightShown ? rightStart - 1 : screen.columns - 1
        for piece in self.left where column < limit {
            column = screen.put(
                piece.text.truncated(toColumns: limit - column), column: column, row: row, style: piece.style)
        }
        guard isRightShown else { return }
        column = rightStart
        for piece in self.right {
            column = screen.put(piece.text, column: column, row: row, style: piece.style)
        }
    }
}
