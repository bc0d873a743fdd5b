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

    package init(options: OutputOptions) {
        self.options = options
    }

    /// Appends the bytes that show `screen`; none when it is shown already. They must reach the terminal, or
    /// `invalidate()` be called.
    package mutating func append(_ screen: Screen, scroll: ScrollHint? = nil, into out: inout [UInt8]) {
        let isScrolled = scroll.map { self.canScroll($0, to: screen) } ?? false
        if let scroll, isScrolled {
            self.appendScroll(scroll, into: &out)
        }
        let count = out.count
        Differ.append(from: self.shown, to: screen, options: self.options, into: &out)
        if isScrolled, out.count == count, self.options.isSynchronised {
            out.append(ascii: "\u{1B}[?2026l")
        }
        self.shown = screen
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
