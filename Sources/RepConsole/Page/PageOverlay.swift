package import PageView
package import Terminal

/// What moves over a painted page: the shopper's cursor and presses. Drawn after the page was copied to the screen, so
/// that a cursor frame repaints nothing.
package struct PageOverlay: Equatable, Sendable {
    /// In px of the viewport; nil while the cursor is off the page.
    package var cursor: ViewPoint?
    /// Shown beside the cursor, over blank cells only; nil when it is not to be shown.
    package var name: String?
    /// Where a press is shown; nil when none is.
    package var press: ViewPoint?

    package init(cursor: ViewPoint?, name: String? = nil, press: ViewPoint? = nil) {
        self.cursor = cursor
        self.name = name
        self.press = press
    }

    /// Draws on `screen`, where the page that `scale` belongs to was copied to `pane`.
    package func draw(on screen: inout Screen, pane: Rectangle, scale: PageScale, theme: PageTheme = .dark) {
        if let press, let cell = scale.cell(at: press) {
            Self.drawRing(at: cell, on: &screen, pane: pane, theme: theme)
        }
        guard let cursor, let cell = scale.cell(at: cursor) else { return }
        let place = Position(column: pane.column + cell.column, row: pane.row + cell.row)
        guard pane.contains(column: place.column, row: place.row) else { return }
        screen.put(
            "◤", column: place.column, row: place.row,
            style: Style(foreground: theme.shopper, attributes: .bold), clip: pane)
        if let name {
            Self.drawName(SafeText(name), beside: place, on: &screen, pane: pane, theme: theme)
        }
    }

    private static func drawRing(
        at cell: Position, on screen: inout Screen, pane: Rectangle, theme: PageTheme
    ) {
        let middle = Position(column: pane.column + cell.column, row: pane.row + cell.row)
        let ring = Rectangle(column: middle.column - 1, row: middle.row, columns: 3, rows: 1).intersection(pane)
        screen.tint(ring, with: theme.shopper, alpha: 90)
        for (column, mark) in [(middle.column - 1, "("), (middle.column + 1, ")")]
        where pane.contains(column: column, row: middle.row) && self.isFree(screen[column, middle.row]) {
            screen.put(
                mark, column: column, row: middle.row, style: Style(foreground: theme.shopper, attributes: .bold),
                clip: pane)
        }
    }

    /// The name on the cursor's row, else on the row below or above; nowhere when it would hide something.
    private static func drawName(
        _ name: SafeText, beside cursor: Position, on screen: inout Screen, pane: Rectangle, theme: PageTheme
    ) {
        let text = name.truncated(toColumns: 24)
        for row in [cursor.row, cursor.row + 1, cursor.row - 1] where row >= pane.row && row < pane.endRow {
            let tag = Rectangle(column: cursor.column + 1, row: row, columns: text.columns + 2, rows: 1)
            let isInside = tag.endColumn <= pane.endColumn
            guard isInside, (tag.column..<tag.endColumn).allSatisfy({ self.isFree(screen[$0, row]) }) else { continue }
            screen.fill(tag, with: theme.shopper)
            screen.put(
                text, column: tag.column + 1, row: row,
                style: Style(foreground: Colour(rgb: 0xFFFFFF), attributes: .bold), clip: pane)
            return
        }
    }

    private static func isFree(_ cell: Cell) -> Bool { cell.isBlank || cell.isPixelPair }
}
