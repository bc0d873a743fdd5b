package import Terminal

/// Draws the model: a pure function, but for the painted page that it keeps.
package enum ConsoleView {
    /// The smallest window that shows something of use.
    package static let sizeMin = ScreenSize(columns: 46, rows: 16)

    /// The whole screen. `memo` saves painting a page that has not changed; it never changes what is shown.
    package static func draw(_ model: Model, memo: inout PageMemo) -> Screen {
        let theme = Theme.dark
        var screen = Screen(model.size)
        screen.clear(background: theme.ground)
        guard model.size.columns >= self.sizeMin.columns, model.size.rows >= self.sizeMin.rows else {
            self.drawTooSmall(into: &screen, theme: theme)
            return screen
        }
        if let page = model.helpPage {
            TabLine.draw(model, into: &screen, theme: theme)
            HelpScreen.draw(model, page: page, into: &screen, theme: theme)
            return screen
        }
        if let index = model.shownIndex {
            SessionScreen.draw(model, index: index, into: &screen, theme: theme, memo: &memo)
        } else {
            QueueScreen.draw(model, into: &screen, theme: theme)
        }
        TabLine.draw(model, into: &screen, theme: theme)
        StatusLines.draw(model, lost: memo.lost, into: &screen, theme: theme)
        return screen
    }

    private static func drawTooSmall(into screen: inout Screen, theme: Theme) {
        let words =
            ["Window too small:", "\(self.sizeMin.columns)×\(self.sizeMin.rows) cells are needed,"]
            + ["this is \(screen.columns)×\(screen.rows)."]
        for (row, text) in words.enumerated() {
            screen.put(
                SafeText(text).truncated(toColumns: screen.columns), column: 0, row: row,
                style: theme.style(theme.warning))
        }
    }
}
