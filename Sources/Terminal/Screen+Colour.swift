/// Drawing with colour only: fills, half cells, edges and washes.
extension Screen {
    /// One side of a cell, where a line an eighth of a cell thick may run.
    package enum Edge: UInt32, Sendable {
        /// `▏`
        case left = 0x258F
        /// `▎`: a quarter of a cell
        case thickLeft = 0x258E
        /// `▕`
        case right = 0x2595
        /// `▔`
        case top = 0x2594
        /// `▁`
        case bottom = 0x2581
    }

    /// Fills whole cells with a colour and erases what they showed.
    package mutating func fill(_ area: Rectangle, with colour: Colour) {
        let visible = area.intersection(self.bounds)
        let cell = Cell(.blank, foreground: .terminalDefault, background: colour, pixels: !colour.isDefault)
        for row in visible.row..<visible.endRow {
            for column in visible.column..<visible.endColumn {
                self.set(cell, column: column, row: row)
            }
        }
    }

    /// Paints one half of a cell: `halfRow` counts half cells from the top, so the grid is `columns` by `2 * rows`.
    ///
    /// Text in the cell is erased. `alpha` below 255 mixes with the colour that is there.
    package mutating func setHalf(column: Int, halfRow: Int, colour: Colour, alpha: UInt8 = 255) {
        let row = halfRow >> 1
        guard self.bounds.contains(column: column, row: row) else { return }
        var (upper, lower) = self.halves(column: column, row: row)
        if halfRow & 1 == 0 {
            upper = colour.blended(over: upper, alpha: alpha)
        } else {
            lower = colour.blended(over: lower, alpha: alpha)
        }
        self.setHalves(column: column, row: row, upper: upper, lower: lower)
    }

    /// Paints both halves of a cell and erases its text. Equal colours make a plain blank.
    package mutating func setHalves(column: Int, row: Int, upper: Colour, lower: Colour) {
        guard self.bounds.contains(column: column, row: row) else { return }
        let isPlain = upper == lower
        self.set(
            Cell(
                isPlain ? .blank : .upperHalf, foreground: isPlain ? .terminalDefault : upper, background: lower,
                pixels: !(isPlain && upper.isDefault)),
            column: column, row: row)
    }

    /// Paints the quarters of a cell, for pictures, and erases its text. A cell has two colours: the nearest are taken.
    package mutating func setQuarters(column: Int, row: Int, _ quarters: Quarters) {
        guard self.bounds.contains(column: column, row: row) else { return }
        let (mask, bright, dark) = quarters.reduced
        guard mask != 0, bright != dark else {
            return self.setHalves(column: column, row: row, upper: dark, lower: dark)
        }
        self.set(
            Cell(QuadrantGlyphs.glyph(mask), foreground: bright, background: dark, pixels: true),
            column: column, row: row)
    }

    /// The colours of a cell's halves: equal unless `setHalf` made them differ. Quarters count as their mean.
    package func halves(column: Int, row: Int) -> (upper: Colour, lower: Colour) {
        let cell = self[column, row]
        guard cell.isPixelPair else { return (cell.ground, cell.ground) }
        return switch cell.glyph {
        case .upperHalf: (cell.foreground, cell.background)
        case .lowerHalf: (cell.background, cell.foreground)
        default: (cell.ground, cell.ground)
        }
    }

    /// Draws as ink, of a cell's halves, the one that the cell to its right goes on with: the blocks of some fonts
    /// reach a pixel into the next cell, and a box would have notches at its corners.
    package mutating func turnHalves() {
        for row in 0..<self.rows {
            for column in 0..<max(self.columns - 1, 0) {
                let cell = self[column, row]
                guard cell.isPixelPair, cell.glyph == .upperHalf else { continue }
                let beside = self.halves(column: column + 1, row: row)
                if cell.foreground != beside.upper, cell.background == beside.lower {
                    self.set(
                        Cell(.lowerHalf, foreground: cell.background, background: cell.foreground, pixels: true),
                        column: column, row: row)
                }
            }
        }
    }

    /// Fills a rectangle of half cells (`row` and `rows` of `area` count half cells), erasing the text of the cells
    /// it touches.
    package mutating func fillHalves(_ area: Rectangle, with colour: Colour, alpha: UInt8 = 255) {
        let grid = Rectangle(column: 0, row: 0, columns: self.columns, rows: self.rows * 2)
        let visible = area.intersection(grid)
        for halfRow in visible.row..<visible.endRow {
            for column in visible.column..<visible.endColumn {
                self.setHalf(column: column, halfRow: halfRow, colour: colour, alpha: alpha)
            }
        }
    }

    /// Draws a thin line along one side of a cell that shows no ink. Returns false, and draws nothing, where there is
    /// ink, or an upright line would run over two colours. A level line over two keeps the one that it lies in.
    @discardableResult
    package mutating func putEdge(_ edge: Edge, column: Int, row: Int, colour: Colour) -> Bool {
        guard self.bounds.contains(column: column, row: row) else { return false }
        let cell = self[column, row]
        guard cell.isBlank || cell.isPixelPair else { return false }
        let (upper, lower) = self.halves(column: column, row: row)
        let ground: Colour
        switch edge {
        case .top: ground = upper
        case .bottom: ground = lower
        case .left, .thickLeft, .right:
            guard upper == lower else { return false }
            ground = upper
        }
        self.set(
            Cell(Glyph(scalar: edge.rawValue), foreground: colour, background: ground), column: column, row: row)
        return true
    }

    /// Draws an upright line through the level one that the cell shows. A cell has one sign: the level line goes on as
    /// an underline where it runs at the foot of the cell, else it has a gap of one column, which is less to see than
    /// an upright with a row missing. Does nothing where no level line is.
    package mutating func joinEdge(_ edge: Edge, column: Int, row: Int, colour: Colour) {
        guard self.bounds.contains(column: column, row: row) else { return }
        let shown = self.edge(column: column, row: row)
        guard shown == .top || shown == .bottom else { return }
        self.set(
            Cell(
                Glyph(scalar: edge.rawValue), foreground: colour, background: self[column, row].background,
                attributes: shown == .bottom ? .underline : []),
            column: column, row: row)
    }

    /// The side along which a cell shows a line; nil where it shows none.
    package func edge(column: Int, row: Int) -> Edge? { Edge(rawValue: self[column, row].glyph.code) }

    /// Draws a frame of thin lines along the inner edges of `area`, where there is no ink.
    package mutating func putEdges(around area: Rectangle, colour: Colour) {
        guard !area.isEmpty else { return }
        let visible = area.intersection(self.bounds)
        for row in visible.row..<visible.endRow {
            self.putEdge(.left, column: area.column, row: row, colour: colour)
            self.putEdge(.right, column: area.endColumn - 1, row: row, colour: colour)
        }
        for column in visible.column..<visible.endColumn {
            self.putEdge(.top, column: column, row: area.row, colour: colour)
            self.putEdge(.bottom, column: column, row: area.endRow - 1, colour: colour)
        }
    }

    /// Washes cells with a colour without touching their ink: both grounds are mixed, text keeps its own colour.
    package mutating func tint(_ area: Rectangle, with colour: Colour, alpha: UInt8 = 255) {
        self.restyle(area) { cell in
            if cell.isPixelPair {
                cell.foreground = colour.blended(over: cell.foreground, alpha: alpha)
            }
            cell.background = colour.blended(over: cell.background, alpha: alpha)
        }
    }

    /// Adds attributes to the cells of an area (`.dim` over an old view, `.reverse` on a chosen row).
    package mutating func add(_ attributes: Attributes, to area: Rectangle) {
        self.restyle(area) { $0.attributes.formUnion(attributes) }
    }

    /// Changes looks in an area; the other half of a wide glyph at its edge follows, so that both stay alike.
    private mutating func restyle(_ area: Rectangle, _ change: (inout Cell) -> Void) {
        let visible = area.intersection(self.bounds)
        guard !visible.isEmpty else { return }
        for row in visible.row..<visible.endRow {
            let first = self[visible.column, row].width == 0 ? visible.column - 1 : visible.column
            let end = self[visible.endColumn - 1, row].width == 2 ? visible.endColumn + 1 : visible.endColumn
            for column in first..<end {
                self.update(column: column, row: row, change)
            }
        }
    }
}
