import PageView
import Terminal

/// Pictures for terminals that show pixels.
extension PageCanvas {
    /// Cells of a picture at least: a smaller one is as clear in quarters.
    private static let cellsMin = 6

    /// Hands the largest pictures to the screen, for pixels over the cells that show them: those that nothing of the
    /// page lies on but words.
    mutating func addPictures() {
        let all = self.ink.pictures.indices.compactMap { self.screenPicture($0) }
        let largest = all.enumerated().sorted { left, right in
            let (one, other) = (left.element.area, right.element.area)
            return (other.columns * other.rows, left.offset) < (one.columns * one.rows, right.offset)
        }
        for (_, picture) in largest.prefix(ScreenPicture.countMax) {
            self.screen.addPicture(picture)
        }
    }

    private func screenPicture(_ number: Int) -> ScreenPicture? {
        let picture = self.ink.pictures[number]
        let seen = picture.visible.intersection(self.ink.scale.region)
        // Cells that the picture fills: a half row at its edge is drawn as such.
        let halves = self.ink.halves(seen).clipped(columns: self.screen.columns, rows: self.screen.rows * 2)
        let cells = GridRect(
            left: halves.left, top: (halves.top + 1) / 2, right: halves.right, bottom: halves.bottom / 2)
        guard cells.width * cells.height >= Self.cellsMin, self.isBare(cells, of: number) else { return nil }
        let (rect, width, height) = (picture.rect, max(picture.rect.width, 1), max(picture.rect.height, 1))
        return ScreenPicture(
            area: Rectangle(column: cells.left, row: cells.top, columns: cells.width, rows: cells.height),
            colours: picture.colours.colours.map { Colour(rgb: $0.rgb) }, columns: picture.colours.columns,
            left: (seen.x - rect.x) / width, top: (self.ink.scale.y(row: Double(cells.top)) - rect.y) / height,
            right: (seen.right - rect.x) / width,
            bottom: (self.ink.scale.y(row: Double(cells.bottom)) - rect.y) / height)
    }

    /// Whether all cells show the picture or words on it, and no translucent box lies over them.
    private func isBare(_ cells: GridRect, of number: Int) -> Bool {
        let order = self.ink.pictures[number].order
        let isWashed = self.ink.washes.contains { wash in
            wash.order > order && !wash.halves.intersection(cells.halves).isEmpty
        }
        guard !isWashed else { return false }
        return (cells.top..<cells.bottom).allSatisfy { row in
            (cells.left..<cells.right).allSatisfy { column in
                self.ink.planes.picture(column: column, row: row) == number
            }
        }
    }
}
