/// Rows that moved as a block, full width: the terminal can move them itself and only the new rows are written.
package struct ScrollHint: Equatable, Sendable {
    package let rows: Range<Int>
    /// Rows moved: positive when the content went up.
    package let distance: Int

    package init(rows: Range<Int>, distance: Int) {
        self.rows = rows
        self.distance = distance
    }
}

/// What the terminal shows now, and the way from there to the next screen.
///
/// A value owned by the thread that writes. Encode only when the last frame has gone out
/// (`TerminalDevice.isDrained`): a terminal that is behind then gets one frame with everything, in place of a
/// backlog.
package struct Display: Sendable {
    package var options: OutputOptions {
        didSet { if self.options != oldValue { self.invalidate() } }
    }
    private var shown: Screen?
    private var pictures = ShownPictures()

    package init(options: OutputOptions) {
        self.options = options
    }

    /// Appends the bytes that show `screen`; none when it is shown already. They must reach the terminal, or
    /// `invalidate()` be called.
    package mutating func append(_ screen: Screen, scroll: ScrollHint? = nil, into out: inout [UInt8]) {
        guard self.options.graphics != .blocks, !screen.pictures.isEmpty || !self.pictures.isEmpty else {
            return self.appendCells(screen, scroll: scroll, self.options, into: &out)
        }
        self.appendWithPictures(screen, into: &out)
    }

    private mutating func appendCells(
        _ screen: Screen, scroll: ScrollHint?, _ options: OutputOptions, into out: inout [UInt8]
    ) {
        let isScrolled = scroll.map { self.canScroll($0, to: screen) } ?? false
        if let scroll, isScrolled {
            self.appendScroll(scroll, into: &out)
        }
        let count = out.count
        Differ.append(from: self.shown, to: screen, options: options, into: &out)
        if isScrolled, out.count == count, options.isSynchronised {
            out.append(ascii: "\u{1B}[?2026l")
        }
        self.shown = screen
    }

    /// A frame with pictures: first their pixels, then the cells, so that what stands over a picture is written over
    /// it, and what it covers is not written at all.
    private mutating func appendWithPictures(_ screen: Screen, into out: inout [UInt8]) {
        var frame: [UInt8] = []
        if self.shown?.size != screen.size {
            frame.append(ascii: "\u{1B}[m\u{1B}[?25l\u{1B}[2J")
            self.pictures.used.forEach { self.delete(slot: $0, from: &frame) }
            self.pictures.removeAll()
        }
        var before = self.shown.flatMap { $0.size == screen.size ? $0 : nil } ?? Screen(screen.size)
        let (drawn, gone) = self.pictures.changes(from: before, to: screen, self.options.graphics)
        if !drawn.isEmpty, before.cursor != nil {
            frame.append(ascii: "\u{1B}[?25l")
            before.cursor = nil
        }
        for (slot, area) in gone {
            self.delete(slot: slot, from: &frame)
            before.forget(area)
        }
        for (slot, picture) in drawn where frame.count < ShownPictures.frameBytesMax {
            if self.draw(picture, slot: slot, to: &frame) {
                self.pictures.note(picture, slot: slot)
                before.coverPixels(of: picture.area, as: screen)
            }
        }
        var cells = screen
        if self.options.graphics == .kitty {
            self.pictures.areas.forEach { cells.blankPixels(in: $0) }
        }
        self.shown = before
        var options = self.options
        options.isSynchronised = options.isSynchronised && frame.isEmpty
        self.appendCells(cells, scroll: nil, options, into: &frame)
        guard self.options.isSynchronised, !options.isSynchronised else {
            out += frame
            return
        }
        out.append(ascii: "\u{1B}[?2026h")
        out += frame
        out.append(ascii: "\u{1B}[?2026l")
    }

    /// Writes a picture's pixels at its place. False, and nothing written, where they were too many bytes.
    private func draw(_ picture: ScreenPicture, slot: Int, to frame: inout [UInt8]) -> Bool {
        let start = frame.count
        frame.append(ascii: "\u{1B}[")
        frame.append(decimal: picture.area.row + 1)
        frame.append(0x3B)
        frame.append(decimal: picture.area.column + 1)
        frame.append(0x48)
        switch self.options.graphics {
        case .blocks: break
        case .kitty:
            KittyPicture.append(picture, slot: slot, to: &frame)
            return true
        case .sixel(let cell, let registers):
            if SixelPicture.append(picture, cell: cell, registers: registers, to: &frame) { return true }
        }
        frame.removeSubrange(start...)
        return false
    }

    /// A picture of pixels that cells are written over is gone by that; a numbered one must be deleted.
    private func delete(slot: Int, from frame: inout [UInt8]) {
        if self.options.graphics == .kitty { KittyPicture.appendDeletion(slot: slot, to: &frame) }
    }

    /// What takes the pictures off the terminal that writing over them does not: to be sent before it is given back.
    package var farewell: [UInt8] {
        var out: [UInt8] = []
        self.pictures.used.forEach { self.delete(slot: $0, from: &out) }
        return out
    }

    /// Forgets what the terminal shows, so that the next frame paints everything: after a resize, a stop, a redraw key.
    package mutating func invalidate() {
        self.shown = nil
    }

    private func canScroll(_ hint: ScrollHint, to screen: Screen) -> Bool {
        guard let shown = self.shown, shown.size == screen.size, hint.distance != 0 else { return false }
        return hint.rows.lowerBound >= 0 && hint.rows.upperBound <= screen.rows
            && abs(hint.distance) < hint.rows.count
    }

    /// `DECSTBM`, `SU` or `SD`, and the margins off again. The rows that come in are blank: the pen is reset between
    /// frames. Setting margins moves the cursor, so it is hidden until the differ has put it in its place.
    private mutating func appendScroll(_ hint: ScrollHint, into out: inout [UInt8]) {
        if self.options.isSynchronised {
            out.append(ascii: "\u{1B}[?2026h")
        }
        if self.shown?.cursor != nil {
            out.append(ascii: "\u{1B}[?25l")
            self.shown?.cursor = nil
        }
        out.append(ascii: "\u{1B}[")
        out.append(decimal: hint.rows.lowerBound + 1)
        out.append(0x3B)
        out.append(decimal: hint.rows.upperBound)
        out.append(0x72)
        out.append(csi: abs(hint.distance), hint.distance > 0 ? 0x53 : 0x54)
        out.append(ascii: "\u{1B}[r")
        self.shown?.scroll(hint.rows, by: hint.distance)
    }
}

extension Screen {
    /// Makes the cells of an area unlike any other, so that they are written again.
    fileprivate mutating func forget(_ area: Rectangle) {
        self.change(area) { cell, _ in cell.foreground = .unknown }
    }

    /// Takes the cells of `other` that show colour only: pixels lie over them. The others are to be written again.
    fileprivate mutating func coverPixels(of area: Rectangle, as other: Screen) {
        self.change(area) { cell, place in
            let shown = other[place.column, place.row]
            if shown.pixels == 1 {
                cell = shown
            } else {
                cell.foreground = .unknown
            }
        }
    }

    /// Blanks cells that show colour only, which would hide what lies under the text.
    fileprivate mutating func blankPixels(in area: Rectangle) {
        self.change(area) { cell, _ in
            guard cell.isPixelPair else { return }
            cell = Cell(.blank, foreground: .terminalDefault, background: cell.ground, pixels: true)
        }
    }

    private mutating func change(_ area: Rectangle, _ change: (inout Cell, Position) -> Void) {
        let visible = area.intersection(self.bounds)
        for row in visible.row..<visible.endRow {
            for column in visible.column..<visible.endColumn {
                self.update(column: column, row: row) { change(&$0, Position(column: column, row: row)) }
            }
        }
    }

    /// Moves rows up (`distance` positive) or down inside `rows`; the rows that come in are blank.
    package mutating func scroll(_ rows: Range<Int>, by distance: Int) {
        let visible = rows.clamped(to: 0..<self.rows)
        let order = distance > 0 ? Array(visible) : visible.reversed()
        for row in order {
            let source = row + distance
            for column in 0..<self.columns {
                let cell = visible.contains(source) ? self[column, source] : .blank
                self.update(column: column, row: row) { $0 = cell }
            }
        }
    }
}
