import Terminal

/// All keys that hold here, from the key map, over as many pages as the window needs.
enum HelpScreen {
    private static let keyColumns = 16
    private static let columnWidth = 46
    /// Tabs, title and a blank line above; a blank line below.
    private static let frameLines = 4

    /// A key and what it does.
    private struct Line {
        let keys: String
        let words: String
    }

    /// How many pages the help of the shown tab has.
    static func pageCount(of model: Model) -> Int {
        let capacity = self.capacity(of: model.size)
        return (self.lines(of: model).count + capacity - 1) / capacity
    }

    static func draw(_ model: Model, page: Int, into screen: inout Screen, theme: Theme) {
        screen.fill(Rectangle(column: 0, row: 1, columns: screen.columns, rows: screen.rows - 1), with: theme.panel)
        let pageCount = self.pageCount(of: model)
        let place = model.shownIndex == nil ? "queue" : "session"
        let turn = page + 1 < pageCount ? "? next page" : "any key closes"
        screen.put(
            "Keys · \(place) · \(page + 1) of \(pageCount) · \(turn)", column: 2, row: 1,
            style: theme.style(theme.accent, .bold))
        let capacity = self.capacity(of: screen.size)
        let rows = self.rows(of: screen.size)
        for (index, line) in self.lines(of: model).dropFirst(page * capacity).prefix(capacity).enumerated() {
            self.draw(
                line, column: 2 + index / rows * self.columnWidth, row: 3 + index % rows, into: &screen, theme: theme)
        }
    }

    private static func draw(_ line: Line, column: Int, row: Int, into screen: inout Screen, theme: Theme) {
        let room = min(screen.columns - column - self.keyColumns - 1, self.columnWidth - self.keyColumns - 2)
        screen.put(
            SafeText(line.keys).truncated(toColumns: self.keyColumns - 1), column: column, row: row,
            style: theme.style(theme.text, .bold))
        screen.put(
            SafeText(line.words).truncated(toColumns: max(room, 1)), column: column + self.keyColumns, row: row,
            style: theme.style(theme.muted))
    }

    private static func rows(of size: ScreenSize) -> Int { max(size.rows - self.frameLines, 1) }

    private static func capacity(of size: ScreenSize) -> Int {
        self.rows(of: size) * max((size.columns - 2) / self.columnWidth, 1)
    }

    private static func lines(of model: Model) -> [Line] {
        let place: KeyMap.Place = model.shownIndex == nil ? .queue : .session
        let bindings = KeyMap.standard.bindings
        return (bindings.filter { $0.place == place } + bindings.filter { $0.place == .everywhere })
            .compactMap { self.line($0) }
    }

    private static func line(_ binding: KeyMap.Binding) -> Line? {
        if case .tab(let index) = binding.command {
            // Nine lines that say the same are one line.
            return index == 0 ? Line(keys: "1…9  Alt-1…9", words: "session by its number") : nil
        }
        return Line(keys: binding.keys.map { $0.map(\.name).joined() }.joined(separator: "  "), words: binding.words)
    }
}
