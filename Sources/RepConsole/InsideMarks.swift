import PageView
import Terminal

/// Says at a scroll container's upper edge that the rep looks inside it, and where the shopper is in it.
struct InsideMarks {
    private static let wash: UInt8 = 24

    let session: OpenSession
    let view: View
    let scale: PageScale
    let pane: Rectangle
    var theme = PageTheme.dark

    func draw(on screen: inout Screen) {
        let placed = self.view.placedLayers()
        for layer in self.view.layers where layer.kind == .scroller {
            let isChosen = layer.id == self.session.insideLayer
            guard let clip = placed[layer.id]?.clip.intersection(self.scale.region), !clip.isEmpty,
                isChosen || self.session.inside[layer.id] != nil
            else { continue }
            self.draw(self.words(layer), over: clip, isChosen: isChosen, on: &screen)
        }
    }

    /// Where the shopper is in the container, in rows of the pane.
    private func words(_ layer: ViewLayer) -> String {
        let own = self.session.view?.layers.first { $0.id == layer.id }
        let rows = PageScale.whole((((own?.scrollY ?? 0) - layer.scrollY) / self.scale.cellHeight).rounded())
        if rows < 0 { return "▲ the shopper is \(Words.count(-rows, "row")) up" }
        if rows > 0 { return "▼ the shopper is \(Words.count(rows, "row")) down" }
        return "you look inside"
    }

    private func draw(_ words: String, over clip: ViewRect, isChosen: Bool, on screen: inout Screen) {
        let left = self.pane.column + self.scale.column(clip.x)
        let top = self.pane.row + PageScale.whole(self.scale.rowPlace(clip.y).rounded())
        let area = Rectangle(
            column: left, row: top, columns: self.pane.column + self.scale.column(clip.right) - left,
            rows: self.pane.row + PageScale.whole(self.scale.rowPlace(clip.bottom).rounded()) - top
        ).intersection(self.pane)
        guard !area.isEmpty else { return }
        if isChosen { screen.tint(area, with: self.theme.focus, alpha: Self.wash) }
        let text = SafeText(" \(words) · F follows ").truncated(toColumns: area.columns)
        let flag = Rectangle(column: area.endColumn - text.columns, row: area.row, columns: text.columns, rows: 1)
        screen.fill(flag, with: self.theme.shopper)
        screen.put(
            text, column: flag.column, row: flag.row,
            style: Style(foreground: Colour(rgb: 0xFFFFFF), background: self.theme.shopper, attributes: .bold),
            clip: area)
    }
}
