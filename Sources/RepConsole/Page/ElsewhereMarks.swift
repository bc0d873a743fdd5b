import PageView
import Terminal

/// Says that the rep looks round the page by themselves, and where the shopper is: what the shopper does not see is
/// darker, the viewport has an edge in the shopper's colour, and a flag points to it.
struct ElsewhereMarks {
    /// How much darker the page is outside the shopper's viewport, of 255.
    private static let shade: UInt8 = 70

    let view: View
    let scale: PageScale
    let pane: Rectangle
    var theme = PageTheme.dark

    /// The cells of the viewport, counted from the pane's corner; they may lie outside it.
    private var viewport: GridRect {
        let rect = self.view.viewportRect
        return GridRect(
            left: self.scale.column(rect.x), top: PageScale.whole(self.scale.rowPlace(rect.y).rounded()),
            right: self.scale.column(rect.right),
            bottom: PageScale.whole(self.scale.rowPlace(rect.bottom).rounded()))
    }

    func draw(on screen: inout Screen) {
        let seen = self.viewport.clipped(columns: self.pane.columns, rows: self.pane.rows)
        self.shadeOutside(seen, on: &screen)
        self.drawEdges(of: self.viewport, on: &screen)
        self.drawFlag(on: &screen)
    }

    private func shadeOutside(_ seen: GridRect, on screen: inout Screen) {
        let (columns, rows) = (self.pane.columns, self.pane.rows)
        let parts =
            seen.isEmpty
            ? [GridRect(left: 0, top: 0, right: columns, bottom: rows)]
            : [
                GridRect(left: 0, top: 0, right: columns, bottom: seen.top),
                GridRect(left: 0, top: seen.bottom, right: columns, bottom: rows),
                GridRect(left: 0, top: seen.top, right: seen.left, bottom: seen.bottom),
                GridRect(left: seen.right, top: seen.top, right: columns, bottom: seen.bottom),
            ]
        for part in parts where !part.isEmpty {
            screen.tint(
                Rectangle(
                    column: self.pane.column + part.left, row: self.pane.row + part.top, columns: part.width,
                    rows: part.height),
                with: self.theme.outside, alpha: Self.shade)
        }
    }

    /// Lines along the viewport, drawn outside it where no letters stand.
    private func drawEdges(of cells: GridRect, on screen: inout Screen) {
        for column in max(cells.left, 0)..<max(min(cells.right, self.pane.columns), max(cells.left, 0)) {
            self.putEdge(.bottom, column: column, row: cells.top - 1, on: &screen)
            self.putEdge(.top, column: column, row: cells.bottom, on: &screen)
        }
        for row in max(cells.top, 0)..<max(min(cells.bottom, self.pane.rows), max(cells.top, 0)) {
            self.putEdge(.right, column: cells.left - 1, row: row, on: &screen)
            self.putEdge(.left, column: cells.right, row: row, on: &screen)
        }
    }

    private func putEdge(_ side: Screen.Edge, column: Int, row: Int, on screen: inout Screen) {
        guard column >= 0, column < self.pane.columns, row >= 0, row < self.pane.rows else { return }
        let place = Position(column: self.pane.column + column, row: self.pane.row + row)
        let cell = screen[place.column, place.row]
        guard cell.isBlank || cell.isPixelPair, !self.isBetweenWords(place, on: screen) else { return }
        screen.putEdge(side, column: place.column, row: place.row, colour: self.theme.shopper)
    }

    /// A blank between two letters belongs to their line.
    private func isBetweenWords(_ place: Position, on screen: Screen) -> Bool {
        [place.column - 1, place.column + 1].allSatisfy { column in
            guard self.pane.contains(column: column, row: place.row) else { return false }
            let cell = screen[column, place.row]
            return !cell.isBlank && !cell.isPixelPair
        }
    }

    /// At the pane's edge that is nearest to the shopper, or the upper one while their viewport is in the pane.
    private func drawFlag(on screen: inout Screen) {
        let cells = self.viewport
        let words: String
        var row = self.pane.row
        if cells.bottom <= 0 {
            words = "▲ the shopper is \(Words.count(1 - cells.bottom, "row")) up"
        } else if cells.top >= self.pane.rows {
            words = "▼ the shopper is \(Words.count(cells.top - self.pane.rows + 1, "row")) down"
            row = self.pane.endRow - 1
        } else {
            words = "you look round"
        }
        let text = SafeText(" \(words) · F follows ").truncated(toColumns: self.pane.columns)
        let flag = Rectangle(
            column: self.pane.endColumn - text.columns, row: row, columns: text.columns, rows: 1)
        screen.fill(flag, with: self.theme.shopper)
        screen.put(
            text, column: flag.column, row: flag.row,
            style: Style(foreground: Colour(rgb: 0xFFFFFF), background: self.theme.shopper, attributes: .bold),
            clip: self.pane)
    }
}
