internal import Terminal

/// Draws the replay's own lines: light on a band that no page's client has, so that a replay is never taken for live.
struct ReplayLines {
    private static let band = Colour(rgb: 0x3A2A55, role: .magenta)
    private static let letters = Colour(rgb: 0xE8E0F4, role: .brightWhite)

    let width: Int

    func draw(_ text: String, row: Int, on screen: inout Screen) {
        self.draw(text, Rectangle(column: 0, row: row, columns: self.width, rows: 1), on: &screen)
    }

    /// Lines in the upper right corner of the page.
    func draw(_ lines: [String], over screen: inout Screen) {
        let columns = min(self.width, 40)
        for (place, line) in lines.enumerated() {
            self.draw(
                line, Rectangle(column: self.width - columns, row: 2 + place, columns: columns, rows: 1), on: &screen)
        }
    }

    private func draw(_ text: String, _ area: Rectangle, on screen: inout Screen) {
        screen.fill(area, with: Self.band)
        screen.put(
            SafeText(text).truncated(toColumns: max(area.columns - 2, 0)), column: area.column + 1, row: area.row,
            style: Style(foreground: Self.letters, background: nil, attributes: []))
    }
}
