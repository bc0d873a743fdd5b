/// What the differ may use of the terminal.
package struct OutputOptions: Equatable, Sendable {
    package var depth: ColourDepth
    /// Wrap each frame in mode 2026, so that the terminal shows it whole.
    package var isSynchronised: Bool
    /// Whether the terminal draws a ZWJ sequence as one picture; else its first emoji alone is written.
    package var joinsEmoji: Bool
    /// Whether the terminal gives a symbol with U+FE0F two columns; else it is written without.
    package var widensSelectedEmoji: Bool
    /// Whether the terminal gives East Asian Ambiguous scalars two columns; the cursor is then addressed after each.
    package var ambiguousIsWide: Bool
    /// How the screen's pictures are shown; used by `Display`.
    package var graphics: TerminalGraphics

    package init(
        depth: ColourDepth = .truecolour, isSynchronised: Bool = false, joinsEmoji: Bool = true,
        widensSelectedEmoji: Bool = true, ambiguousIsWide: Bool = false, graphics: TerminalGraphics = .blocks
    ) {
        self.depth = depth
        self.isSynchronised = isSynchronised
        self.joinsEmoji = joinsEmoji
        self.widensSelectedEmoji = widensSelectedEmoji
        self.ambiguousIsWide = ambiguousIsWide
        self.graphics = graphics
    }
}

/// Turns the difference of two screens into the bytes that take a terminal from one to the other.
///
/// Each frame starts and ends with a reset pen and assumes nothing of the cursor's place. After any glyph that
/// terminals measure differently the cursor is addressed anew and the cells behind it are written again. One frame's
/// worker; not kept.
package struct Differ {
    /// Shorter runs of blanks cost no more when written: `ECH` and the step over it take eight bytes or so.
    private static let eraseRunMin = 8

    private let options: OutputOptions
    private let old: Screen
    private let new: Screen
    private let sameClusters: Bool
    private var out: [UInt8] = []
    private var pen = Pen.reset
    /// Where the terminal's cursor certainly is; nil after a glyph of doubtful width and at the right margin.
    private var place: Position?

    /// Appends to `out` the bytes that turn `old`, as the terminal shows it, into `new`: none when they show the same.
    ///
    /// With `old` nil or of another size the terminal is erased and painted whole.
    package static func append(
        from old: Screen?, to new: Screen, options: OutputOptions, into out: inout [UInt8]
    ) {
        let known = old.flatMap { $0.size == new.size ? $0 : nil }
        var differ = Differ(old: known ?? Screen(new.size), new: new, options: options)
        swap(&differ.out, &out)
        differ.appendFrame(isWhole: known == nil)
        swap(&differ.out, &out)
    }

    private init(old: Screen, new: Screen, options: OutputOptions) {
        self.old = old
        self.new = new
        self.options = options
        self.sameClusters = old.clusters == new.clusters
    }

    private mutating func appendFrame(isWhole: Bool) {
        let start = self.out.count
        if self.options.isSynchronised {
            self.out.append(ascii: "\u{1B}[?2026h")
        }
        if isWhole {
            self.out.append(ascii: "\u{1B}[m\u{1B}[?25l\u{1B}[2J")
        } else if self.old.cursor != nil {
            self.out.append(ascii: "\u{1B}[?25l")
        }
        let paintStart = self.out.count
        for row in 0..<self.new.rows where !self.rowIsSame(row) {
            self.appendRow(row)
        }
        self.setPen(.reset)
        let isPainted = isWhole || self.out.count > paintStart
        guard isPainted || self.old.cursor != self.new.cursor else {
            self.out.removeSubrange(start...)
            return
        }
        if let cursor = self.new.cursor, self.new.bounds.contains(column: cursor.column, row: cursor.row) {
            self.move(to: cursor)
            self.out.append(ascii: "\u{1B}[?25h")
        }
        if self.options.isSynchronised {
            self.out.append(ascii: "\u{1B}[?2026l")
        }
    }

    /// Compares two rows as bytes. Cluster glyphs are numbers in a store, so different stores need the slow way.
    private func rowIsSame(_ row: Int) -> Bool {
        let range = row * self.new.columns..<(row + 1) * self.new.columns
        guard self.sameClusters else {
            return range.allSatisfy { !self.isChanged($0) }
        }
        return unsafe self.old.cells.withUnsafeBytes { old in
            unsafe self.new.cells.withUnsafeBytes { new in
                let size = MemoryLayout<Cell>.stride
                for offset in stride(from: range.lowerBound * size, to: range.upperBound * size, by: 8) {
                    let before = unsafe old.load(fromByteOffset: offset, as: UInt64.self)
                    let after = unsafe new.load(fromByteOffset: offset, as: UInt64.self)
                    guard before == after else { return false }
                }
                return true
            }
        }
    }

    private func isChanged(_ index: Int) -> Bool {
        let before = self.old.cells[index]
        let after = self.new.cells[index]
        if self.sameClusters || after.glyph.clusterIndex == nil {
            return before != after
        }
        return !self.old.shows(before, sameAs: after, of: self.new)
    }

    private mutating func appendRow(_ row: Int) {
        let columns = self.new.columns
        let first = row * columns
        var column = 0
        // Cells before this column are written though unchanged: a glyph of doubtful width may have spilt over them.
        var doubtfulEnd = 0
        while column < columns {
            guard column < doubtfulEnd || self.isChanged(first + column) else {
                column += 1
                continue
            }
            if self.new.cells[first + column].width == 0, column > 0 {
                column -= 1
            }
            let cell = self.new.cells[first + column]
            let encoded = EncodedCell(cell, depth: self.options.depth)
            if encoded.isErased, let end = self.erase(from: column, row: row) {
                column = end
                continue
            }
            let oldReach = self.reach(of: self.old.cells[first + column], in: self.old)
            let reach = self.write(cell, encoded, column: column, row: row)
            doubtfulEnd = max(doubtfulEnd, column + max(reach, oldReach))
            column += max(Int(cell.width), 1)
        }
    }

    /// Erases a run of blanks with the default ground. Returns where it ends; nil when writing blanks is as short.
    private mutating func erase(from column: Int, row: Int) -> Int? {
        let columns = self.new.columns
        var end = column + 1
        while end < columns, EncodedCell(self.new.cells[row * columns + end], depth: self.options.depth).isErased {
            end += 1
        }
        let reachesMargin = end == columns
        guard end - column >= (reachesMargin ? 4 : Self.eraseRunMin) else { return nil }
        self.move(to: Position(column: column, row: row))
        self.setPen(.reset)
        if reachesMargin {
            self.out.append(ascii: "\u{1B}[K")
        } else {
            self.out.append(csi: end - column, 0x58)
        }
        return end
    }

    /// Writes one glyph. Returns how many columns the terminal may have taken for it; 0 where that is sure.
    private mutating func write(_ cell: Cell, _ encoded: EncodedCell, column: Int, row: Int) -> Int {
        self.move(to: Position(column: column, row: row))
        var pen = encoded.pen
        if encoded.glyph == .blank, pen.attributes.isDisjoint(with: .visibleOnBlank) {
            pen.foreground = self.pen.foreground
            pen.attributes = self.pen.attributes.isDisjoint(with: .visibleOnBlank) ? self.pen.attributes : []
        }
        self.setPen(pen)
        let reach = encoded.glyph == cell.glyph ? self.reach(of: cell, in: self.new) : 0
        if reach > 0, cell.width == 2 {
            // A terminal that takes it for narrow leaves the second column as it is: it is blank by then.
            self.out.append(ascii: "  ")
            self.place = nil
            self.move(to: Position(column: column, row: row))
        }
        if encoded.glyph.clusterIndex != nil {
            let room = self.new.columns - column
            let scalars = self.new.scalars(of: cell)
            self.append(cluster: reach > room ? self.sure(scalars) : scalars, width: cell.width)
        } else {
            self.out.append(scalar: encoded.glyph.code)
        }
        let next = column + 1
        self.place = reach > 0 || cell.width != 1 || next >= self.new.columns ? nil : Position(column: next, row: row)
        return reach
    }

    /// How many columns a terminal may take for a cell: all scalars of a cluster side by side, two for a letter whose
    /// width terminals disagree about; 0 where they agree.
    private func reach(of cell: Cell, in screen: Screen) -> Int {
        if cell.glyph.clusterIndex != nil {
            return screen.scalars(of: cell).count * 2
        }
        let code = cell.glyph.code
        guard code > 0x7F else { return 0 }
        let isSure =
            cell.width == 2
            ? Self.isSurelyWide(code)
            : Self.isSurelyNarrow(code)
                && !(self.options.ambiguousIsWide && ScalarProperties(code).scalarClass == .ambiguous)
        return isSure ? 0 : 2
    }

    /// Scripts and signs that terminals of any age give one column: Latin, Greek, Cyrillic, Hebrew letters,
    /// punctuation, currencies, arrows, mathematics, boxes, blocks, shapes.
    private static func isSurelyNarrow(_ code: UInt32) -> Bool {
        switch code {
        case 0x20..<0x300, 0x370..<0x483, 0x48A...0x556, 0x561...0x587, 0x5D0...0x5EA, 0x1E00...0x1FFE,
            0x2010...0x2027, 0x2030...0x205E, 0x2070...0x20BF, 0x2100...0x2319, 0x2320...0x23E8, 0x2400...0x25FC,
            0xFFFD:
            true
        default: false
        }
    }

    /// Wide in every version of East Asian Width that a terminal may follow: CJK, kana, Hangul, full-width forms.
    static func isSurelyWide(_ code: UInt32) -> Bool {
        switch code {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x3247, 0x3250...0x4DB5, 0x4E00...0x9FA5, 0xA000...0xA4C6,
            0xAC00...0xD7A3, 0xF900...0xFAD9, 0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x2A6D6:
            true
        default: false
        }
    }

    /// A cluster at the right margin: its first scalar with the marks that every terminal puts on it.
    private func sure(_ cluster: ArraySlice<UInt32>) -> ArraySlice<UInt32> {
        let marks = cluster.dropFirst().prefix { (0x300...0x36F).contains($0) }
        return cluster.prefix(1 + marks.count)
    }

    /// Writes a cluster in the form that the terminal draws in `width` columns.
    private mutating func append(cluster: ArraySlice<UInt32>, width: UInt8) {
        var columns = 0
        for scalar in cluster {
            if scalar == SafeText.joiner, !self.options.joinsEmoji {
                break
            }
            if scalar == SafeText.emojiSelector, !self.options.widensSelectedEmoji {
                continue
            }
            if columns == 0 {
                columns = ScalarProperties(scalar).scalarClass == .wide ? 2 : 1
            }
            self.out.append(scalar: scalar)
        }
        if cluster.contains(SafeText.emojiSelector), !self.options.widensSelectedEmoji, columns < width {
            self.out.append(0x20)
        }
    }

    private mutating func move(to target: Position) {
        defer { self.place = target }
        if let place = self.place, place.row == target.row, place.column <= target.column {
            if place.column < target.column {
                self.out.append(csi: target.column - place.column, 0x43)
            }
            return
        }
        self.out.append(ascii: "\u{1B}[")
        self.out.append(decimal: target.row + 1)
        if target.column > 0 {
            self.out.append(0x3B)
            self.out.append(decimal: target.column + 1)
        }
        self.out.append(0x48)
    }

    private mutating func setPen(_ next: Pen) {
        self.pen.append(changeTo: next, to: &self.out)
        self.pen = next
    }
}
