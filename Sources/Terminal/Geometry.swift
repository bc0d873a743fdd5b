/// A size in cells; both are at least 1.
package struct ScreenSize: Equatable, Hashable, Sendable {
    /// The widest screen kept: past any real window, and 16 MB of cells together with `rowsMax`.
    package static let columnsMax = 2000
    /// The tallest screen kept.
    package static let rowsMax = 500

    package let columns: Int
    package let rows: Int

    /// A size, brought between 1 and the limits: terminals report 0 by 0 when they do not know.
    package init(columns: Int, rows: Int) {
        self.columns = min(max(columns, 1), Self.columnsMax)
        self.rows = min(max(rows, 1), Self.rowsMax)
    }
}

/// A cell's place, counted from 0 at the top left.
package struct Position: Equatable, Hashable, Sendable {
    package var column: Int
    package var row: Int

    package init(column: Int, row: Int) {
        self.column = column
        self.row = row
    }
}

/// A rectangle of cells; it may reach outside a screen, where nothing is painted.
package struct Rectangle: Equatable, Hashable, Sendable {
    package var column: Int
    package var row: Int
    package var columns: Int
    package var rows: Int

    package init(column: Int, row: Int, columns: Int, rows: Int) {
        self.column = column
        self.row = row
        self.columns = max(columns, 0)
        self.rows = max(rows, 0)
    }

    /// The first column to the right of it.
    package var endColumn: Int { self.column + self.columns }
    /// The first row below it.
    package var endRow: Int { self.row + self.rows }

    package var isEmpty: Bool { self.columns == 0 || self.rows == 0 }

    /// Whether the cell lies in it.
    package func contains(column: Int, row: Int) -> Bool {
        column >= self.column && column < self.endColumn && row >= self.row && row < self.endRow
    }

    /// The cells in both; empty when they do not meet.
    package func intersection(_ other: Rectangle) -> Rectangle {
        let left = max(self.column, other.column)
        let top = max(self.row, other.row)
        return Rectangle(
            column: left, row: top, columns: min(self.endColumn, other.endColumn) - left,
            rows: min(self.endRow, other.endRow) - top)
    }
}
