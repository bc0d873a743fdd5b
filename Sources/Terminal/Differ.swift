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

    package init(
        depth: ColourDepth = .truecolour, isSynchronised: Bool = false, joinsEmoji: Bool = true,
        widensSelectedEmoji: Bool = true, ambiguousIsWide: Bool = false
    ) {
        self.depth = depth
        self.isSynchronised = isSynchronised
        self.joinsEmoji = joinsEmoji
        self.widensSelectedEmoji = widensSelectedEmoji
        self.ambiguousIsWide = ambiguousIsWide
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
            let wasDoubtful = self.old.cells[first + column].glyph.clusterIndex != nil
            let isDoubtful = self.write(cell, encoded, column: column, row: row)
            column += max(Int(cell.width), 1)
            if isDoubtful || wasDoubtful {
                doubtfulEnd = max(doubtfulEnd, column + 2)
            }
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

    /// Writes one glyph. Returns whether terminals may disagree about its width.
    private mutating func write(_ cell: Cell, _ encoded: EncodedCell, column: Int, row: Int) -> Bool {
        self.move(to: Position(column: column, row: row))
        var pen = encoded.pen
        if encoded.glyph == .blank, pen.attributes.isDisjoint(with: .visibleOnBlank) {
            pen.foreground = self.pen.foreground
            pen.attributes = self.pen.attributes.isDisjoint(with: .visibleOnBlank) ? self.pen.attributes : []
        }
        self.setPen(pen)
        let isDoubtful: Bool
        if encoded.glyph.clusterIndex != nil {
            self.append(cluster: self.new.scalars(of: cell), width: cell.width)
            isDoubtful = true
        } else {
            self.out.append(scalar: encoded.glyph.code)
            isDoubtful =
                self.options.ambiguousIsWide && encoded.glyph.code > 0x7F
                && ScalarProperties(encoded.glyph.code).scalarClass == .ambiguous
        }
        let next = column + 1
        self.place = isDoubtful || cell.width != 1 || next >= self.new.columns ? nil : Position(column: next, row: row)
        return isDoubtful
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
