import PageView
import Terminal

/// A rectangle of whole numbers, `right` and `bottom` exclusive: cells, or half cells where rows count half rows.
struct GridRect: Equatable {
    var left: Int
    var top: Int
    var right: Int
    var bottom: Int

    var isEmpty: Bool { self.left >= self.right || self.top >= self.bottom }
    var width: Int { max(self.right - self.left, 0) }
    var height: Int { max(self.bottom - self.top, 0) }

    /// The same cells counted in half rows.
    var halves: GridRect {
        GridRect(left: self.left, top: self.top * 2, right: self.right, bottom: self.bottom * 2)
    }

    func intersection(_ other: GridRect) -> GridRect {
        GridRect(
            left: max(self.left, other.left), top: max(self.top, other.top), right: min(self.right, other.right),
            bottom: min(self.bottom, other.bottom))
    }

    func clipped(columns: Int, rows: Int) -> GridRect {
        GridRect(
            left: max(self.left, 0), top: max(self.top, 0), right: min(self.right, columns),
            bottom: min(self.bottom, rows))
    }
}

/// The colours of the pane's half cells, and which of them a later opaque box hides.
///
/// A value that one paint owns; `order` counts painted items from 1.
struct PagePlanes {
    /// Fills stop after the pane was painted over this often: a page of nothing but pane-sized boxes must not stall
    /// the console.
    static let repaintsMax = 400

    let columns: Int
    let rows: Int
    /// `columns` by `2 * rows`.
    private(set) var colours: [Colour]
    /// The order of the last opaque box whose rounded area has the half cell.
    private var hidden: [Int32]
    /// The order of the last opaque box that covers the cell whole.
    private var covered: [Int32]
    private var halfCellsLeft: Int
    /// The number of the picture that shows in the half cell, from 1; 0 where anything opaque was painted over it.
    /// Empty until there is a picture.
    private var pictures: [UInt8] = []

    init(size: ScreenSize, ground: Colour) {
        self.columns = size.columns
        self.rows = size.rows
        let halves = size.columns * size.rows * 2
        self.colours = [Colour](repeating: ground, count: halves)
        self.hidden = [Int32](repeating: 0, count: halves)
        self.covered = [Int32](repeating: 0, count: size.columns * size.rows)
        self.halfCellsLeft = halves * Self.repaintsMax
    }

    /// Paints half cells with a colour of `alpha`.
    mutating func fill(_ area: GridRect, _ colour: Colour, alpha: UInt8) {
        let visible = area.clipped(columns: self.columns, rows: self.rows * 2)
        guard !visible.isEmpty, alpha > 0, self.pays(for: visible) else { return }
        if alpha == 255 { self.unmark(visible) }
        for row in visible.top..<visible.bottom {
            let start = row * self.columns
            for place in (start + visible.left)..<(start + visible.right) {
                self.colours[place] = alpha == 255 ? colour : colour.blended(over: self.colours[place], alpha: alpha)
            }
        }
    }

    /// Paints half cells with a colour of each, by its column and half row.
    mutating func fill(_ area: GridRect, opacity: Double, _ colour: (_ column: Int, _ halfRow: Int) -> ViewColour) {
        let visible = area.clipped(columns: self.columns, rows: self.rows * 2)
        guard !visible.isEmpty, self.pays(for: visible) else { return }
        self.unmark(visible)
        for row in visible.top..<visible.bottom {
            for column in visible.left..<visible.right {
                let place = row * self.columns + column
                let over = colour(column, row)
                self.colours[place] = Colour(rgb: over.rgb).blended(
                    over: self.colours[place], alpha: PageInk.alpha(over, opacity))
            }
        }
    }

    /// Notes that half cells show picture `number`, 0 to `PagePicture.countMax` - 1.
    mutating func mark(_ area: GridRect, picture number: Int) {
        let visible = area.clipped(columns: self.columns, rows: self.rows * 2)
        guard !visible.isEmpty, self.halfCellsLeft >= 0 else { return }
        if self.pictures.isEmpty { self.pictures = [UInt8](repeating: 0, count: self.colours.count) }
        self.setPicture(UInt8(truncatingIfNeeded: number + 1), in: visible)
    }

    private mutating func unmark(_ area: GridRect) {
        if !self.pictures.isEmpty { self.setPicture(0, in: area) }
    }

    private mutating func setPicture(_ number: UInt8, in area: GridRect) {
        for row in area.top..<area.bottom {
            let start = row * self.columns
            for place in (start + area.left)..<(start + area.right) { self.pictures[place] = number }
        }
    }

    /// The picture that shows in both halves of a cell of the pane; nil where there is none.
    func picture(column: Int, row: Int) -> Int? {
        guard !self.pictures.isEmpty else { return nil }
        let upper = row * 2 * self.columns + column
        let number = self.pictures[upper]
        return number > 0 && number == self.pictures[upper + self.columns] ? Int(number) - 1 : nil
    }

    /// Marks half cells that an opaque box takes up: no words painted before are read there.
    mutating func hide(_ area: GridRect, order: Int) {
        let visible = area.clipped(columns: self.columns, rows: self.rows * 2)
        guard !visible.isEmpty, self.pays(for: visible) else { return }
        for row in visible.top..<visible.bottom {
            let start = row * self.columns
            for place in (start + visible.left)..<(start + visible.right) {
                self.hidden[place] = Int32(truncatingIfNeeded: order)
            }
        }
    }

    private mutating func pays(for area: GridRect) -> Bool {
        self.halfCellsLeft -= area.width * area.height
        return self.halfCellsLeft >= 0
    }

    /// Marks cells that an opaque box covers whole: no ink painted before shows in them.
    mutating func cover(_ area: GridRect, order: Int) {
        let visible = area.clipped(columns: self.columns, rows: self.rows)
        guard !visible.isEmpty, self.halfCellsLeft >= 0 else { return }
        for row in visible.top..<visible.bottom {
            for column in visible.left..<visible.right {
                self.covered[row * self.columns + column] = Int32(truncatingIfNeeded: order)
            }
        }
    }

    /// Whether a later opaque box hides this half cell of what was painted at `order`. False outside the pane.
    func isHidden(column: Int, halfRow: Int, after order: Int) -> Bool {
        guard column >= 0, column < self.columns, halfRow >= 0, halfRow < self.rows * 2 else { return false }
        return self.hidden[halfRow * self.columns + column] > order
    }

    /// Whether both halves of a cell show a later opaque box. False outside the pane.
    func isPaintedOver(column: Int, row: Int, after order: Int) -> Bool {
        self.isHidden(column: column, halfRow: row * 2, after: order)
            && self.isHidden(column: column, halfRow: row * 2 + 1, after: order)
    }

    /// Whether a later opaque box covers the whole cell. False outside the pane.
    func isCovered(column: Int, row: Int, after order: Int) -> Bool {
        guard column >= 0, column < self.columns, row >= 0, row < self.rows else { return false }
        return self.covered[row * self.columns + column] > order
    }

    /// The colours of a cell of the pane.
    func halves(column: Int, row: Int) -> (upper: Colour, lower: Colour) {
        let upper = row * 2 * self.columns + column
        return (self.colours[upper], self.colours[upper + self.columns])
    }
}
