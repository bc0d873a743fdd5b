import Terminal

extension QueueScreen {
    /// Which columns of the queue a window has room for, and where.
    struct Columns {
        private static let gap = 2

        let waits: Range<Int>
        let state: Range<Int>
        let page: Range<Int>
        let why: Range<Int>
        let language: Range<Int>
        let reps: Range<Int>

        /// Narrow windows have no column for the reason (it stands below the list), then none for language and reps.
        init(width: Int) {
            self.waits = 1..<8
            self.state = 10..<17
            let start = 19
            let languageWidth = width >= 80 ? 5 : 0
            let repsWidth = width >= 110 ? 16 : 0
            let tail = [languageWidth, repsWidth].reduce(0) { $1 > 0 ? $0 + $1 + Self.gap : $0 }
            let flexible = max(width - 1 - start - tail, 1)
            let whyWidth = width >= 70 ? flexible / 2 - Self.gap : 0
            let pageWidth = whyWidth > 0 ? flexible - whyWidth - Self.gap : flexible
            self.page = start..<(start + pageWidth)
            self.why = Self.next(after: self.page, width: whyWidth)
            self.language = Self.next(after: whyWidth > 0 ? self.why : self.page, width: languageWidth)
            self.reps = Self.next(after: self.language, width: repsWidth)
        }

        private static func next(after range: Range<Int>, width: Int) -> Range<Int> {
            let start = range.upperBound + Self.gap
            return start..<(start + max(width, 0))
        }

        func drawHeads(into screen: inout Screen, row: Int, theme: Theme) {
            let style = theme.style(theme.muted, .underline)
            self.put("waits", in: self.waits, row, &screen, style, alignsRight: true)
            self.put("state", in: self.state, row, &screen, style)
            self.put("page", in: self.page, row, &screen, style)
            self.put("why", in: self.why, row, &screen, style)
            self.put("lang", in: self.language, row, &screen, style)
            self.put("reps", in: self.reps, row, &screen, style)
        }

        /// Puts text into a column, cut with `…`; nothing where the window has no such column.
        func put(
            _ text: String, in range: Range<Int>, _ row: Int, _ screen: inout Screen, _ style: Style,
            alignsRight: Bool = false
        ) {
            guard !range.isEmpty else { return }
            let cut = SafeText(text).truncated(toColumns: range.count)
            let column = alignsRight ? range.upperBound - cut.columns : range.lowerBound
            screen.put(cut, column: column, row: row, style: style)
        }
    }
}
