/// A grid of cells to be shown: what a view function returns and what the differ compares.
///
/// A value: one thread draws it, then it may be handed over. It holds no half of a wide glyph at any time: painting
/// over one half blanks the other. Everything outside the grid or the clip is left out, so coordinates from peers
/// cannot trap.
package struct Screen: Sendable {
    package let size: ScreenSize
    /// Row after row. Every glyph in it came from `SafeText` or from this type's own drawing.
    private(set) var cells: [Cell]
    private(set) var clusters = ClusterStore()
    /// Where the terminal's own cursor stands; nil hides it. Screen readers follow it, so it follows the focus.
    package var cursor: Position?
    /// What some of the cells show in pixels, where the terminal can; `addPicture`.
    package internal(set) var pictures: [ScreenPicture] = []

    /// A blank screen in the terminal's own colours.
    package init(_ size: ScreenSize) {
        self.size = size
        self.cells = [Cell](repeating: .blank, count: size.columns * size.rows)
    }

    /// A blank screen in the terminal's own colours; both sides at least 1.
    package init(columns: Int, rows: Int) {
        self.init(ScreenSize(columns: columns, rows: rows))
    }

    package var columns: Int { self.size.columns }
    package var rows: Int { self.size.rows }
    /// The whole screen as a clip.
    package var bounds: Rectangle { Rectangle(column: 0, row: 0, columns: self.columns, rows: self.rows) }

    /// The cell at a place on the screen; a blank for a place outside.
    package subscript(column: Int, row: Int) -> Cell {
        guard self.bounds.contains(column: column, row: row) else { return .blank }
        return self.cells[row * self.columns + column]
    }

    /// Blanks everything, forgets the clusters and hides the cursor; the memory stays.
    package mutating func clear(background: Colour = .terminalDefault) {
        let cell = Cell(.blank, foreground: .terminalDefault, background: background, pixels: !background.isDefault)
        for index in self.cells.indices {
            self.cells[index] = cell
        }
        self.clusters.removeAll()
        self.cursor = nil
        self.pictures.removeAll()
    }

    /// Replaces one cell and blanks the other half of any wide glyph it cuts. The place is on the screen.
    mutating func set(_ cell: Cell, column: Int, row: Int) {
        let index = row * self.columns + column
        let old = self.cells[index]
        if old.width == 0, column > 0 {
            self.blank(at: index - 1)
        }
        if old.width == 2, column + 1 < self.columns {
            self.blank(at: index + 1)
        }
        self.cells[index] = cell
    }

    /// Changes the colours or attributes of a cell where it stands; both halves of a wide glyph are the caller's.
    mutating func update(column: Int, row: Int, _ change: (inout Cell) -> Void) {
        change(&self.cells[row * self.columns + column])
    }

    /// The store's glyph for a cluster; the first scalar alone when the store is full.
    mutating func glyph(for scalars: ArraySlice<UInt32>) -> Glyph {
        guard let first = scalars.first else { return .blank }
        guard scalars.count > 1 else { return Glyph(scalar: first) }
        return self.clusters.glyph(for: scalars) ?? Glyph(scalar: first)
    }

    /// Copies the cells of `source` that lie in `area` so that its corner comes to `destination`. Wide glyphs that
    /// the area's or the screen's edge would cut become blanks.
    package mutating func copy(_ area: Rectangle, of source: Screen, to destination: Position) {
        let visible = area.intersection(source.bounds)
        for row in visible.row..<visible.endRow {
            let target = destination.row + row - area.row
            guard target >= 0, target < self.rows else { continue }
            for column in visible.column..<visible.endColumn {
                let cell = source[column, row]
                guard cell.width > 0 || column == visible.column else { continue }
                let place = destination.column + column - area.column
                self.place(
                    cell, scalars: source.scalars(of: cell), column: place, row: target,
                    clip: Rectangle(
                        column: destination.column, row: destination.row, columns: area.columns, rows: area.rows))
            }
        }
    }

    /// Puts a cell of another screen or text, with its right half, unless the clip or the screen cuts it.
    mutating func place(
        _ cell: Cell, scalars: ArraySlice<UInt32>, column: Int, row: Int, clip: Rectangle
    ) {
        let area = clip.intersection(self.bounds)
        let isWhole =
            cell.width > 0 && area.contains(column: column, row: row)
            && column + Int(cell.width) <= area.endColumn
        guard isWhole else {
            let blank = Cell(
                .blank, foreground: cell.foreground, background: cell.background, attributes: cell.attributes)
            for half in column..<(column + max(Int(cell.width), 1)) where area.contains(column: half, row: row) {
                self.set(blank, column: half, row: row)
            }
            return
        }
        var whole = cell
        whole.glyph = self.glyph(for: scalars)
        if cell.width == 2 {
            var half = cell
            half.glyph = .continuation
            half.width = 0
            self.set(half, column: column + 1, row: row)
        }
        self.setLead(whole, column: column, row: row)
    }

    /// Like `set`, but keeps the right half that was just put.
    private mutating func setLead(_ cell: Cell, column: Int, row: Int) {
        let index = row * self.columns + column
        if self.cells[index].width == 0, column > 0 {
            self.blank(at: index - 1)
        } else if self.cells[index].width == 2, cell.width == 1, column + 1 < self.columns {
            self.blank(at: index + 1)
        }
        self.cells[index] = cell
    }

    private mutating func blank(at index: Int) {
        self.cells[index].glyph = .blank
        self.cells[index].width = 1
    }

    /// The scalars a cell shows; empty for the right half of a wide glyph.
    func scalars(of cell: Cell) -> ArraySlice<UInt32> {
        if let cluster = cell.glyph.clusterIndex {
            return self.clusters[cluster]
        }
        return cell.width == 0 ? [] : [cell.glyph.code]
    }
}

extension Screen: Equatable {
    /// Whether both show the same: clusters are compared by their scalars, not by their places in the stores.
    package static func == (left: Screen, right: Screen) -> Bool {
        guard left.size == right.size, left.cursor == right.cursor, left.pictures == right.pictures else {
            return false
        }
        guard left.clusters != right.clusters else { return left.cells == right.cells }
        return left.cells.indices.allSatisfy { left.shows(left.cells[$0], sameAs: right.cells[$0], of: right) }
    }

    /// Whether a cell of this screen and one of `other` look the same.
    func shows(_ cell: Cell, sameAs cell2: Cell, of other: Screen) -> Bool {
        guard cell.glyph.clusterIndex != nil, cell2.glyph.clusterIndex != nil else { return cell == cell2 }
        var aligned = cell2
        aligned.glyph = cell.glyph
        return cell == aligned && self.scalars(of: cell) == other.scalars(of: cell2)
    }
}
