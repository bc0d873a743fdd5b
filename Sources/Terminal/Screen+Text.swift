extension Screen {
    /// Puts one line of text with its left end at (`column`, `row`), inside `clip` and the screen.
    ///
    /// A wide glyph that an edge would cut becomes a blank. Returns the column after the text, clipped or not.
    @discardableResult
    package mutating func put(
        _ text: SafeText, column: Int, row: Int, style: Style = .plain, clip: Rectangle? = nil
    ) -> Int {
        let area = (clip ?? self.bounds).intersection(self.bounds)
        guard row >= area.row, row < area.endRow else { return column + text.columns }
        var place = column
        var start = 0
        for cluster in text.clusters {
            let end = Int(cluster.end)
            let width = Int(cluster.width)
            if place + width > area.column, place < area.endColumn {
                self.put(text.scalars[start..<end], width: width, column: place, row: row, style: style, clip: area)
            }
            place += width
            start = end
        }
        return place
    }

    /// Puts one line of text; filters it first. Keep a `SafeText` for text that is drawn again and again.
    @discardableResult
    package mutating func put(
        _ text: String, column: Int, row: Int, style: Style = .plain, clip: Rectangle? = nil
    ) -> Int {
        self.put(SafeText(text), column: column, row: row, style: style, clip: clip)
    }

    private mutating func put(
        _ scalars: ArraySlice<UInt32>, width: Int, column: Int, row: Int, style: Style, clip: Rectangle
    ) {
        let below = self[max(column, clip.column), row]
        let cell = Cell(
            .blank, foreground: style.foreground, background: style.background ?? below.ground,
            attributes: style.attributes, width: UInt8(width))
        self.place(cell, scalars: scalars, column: column, row: row, clip: clip)
    }

    /// The screen as lines of text, blanks at the ends of lines cut: for tests and plain output.
    package func lines() -> [String] {
        (0..<self.rows).map { self.line($0) }
    }

    /// The screen as text, a line break after each row but the last.
    package func text() -> String {
        self.lines().joined(separator: "\n")
    }

    /// The text of one cell: a blank for colour only, empty for the right half of a wide glyph.
    package func text(column: Int, row: Int) -> String {
        let cell = self[column, row]
        let scalars = cell.pixels == 1 ? [0x20] : self.scalars(of: cell)
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars.lazy.compactMap { Unicode.Scalar($0) })
        return String(text)
    }

    /// One row as text, blanks at its end cut. Cells that carry colour only are blanks.
    package func line(_ row: Int) -> String {
        var scalars = String.UnicodeScalarView()
        var kept = scalars
        for column in 0..<self.columns {
            let cell = self[column, row]
            let isInk = cell.glyph != .blank && cell.pixels == 0
            for scalar in isInk ? self.scalars(of: cell) : cell.width == 0 ? [] : [0x20] {
                scalars.append(Unicode.Scalar(scalar) ?? "\u{FFFD}")
            }
            if isInk {
                kept = scalars
            }
        }
        return String(kept)
    }
}
