import PageView
import Terminal

/// Parts of the page that nobody has sent yet.
extension PageCanvas {
    /// Hatches blank cells of the document outside all that was captured: an empty place would say that nothing is
    /// there.
    mutating func drawUnsent(_ view: View) {
        let scale = self.ink.scale
        let (document, reached) = (view.documentRect, view.reached)
        let mark = SafeText("░")
        for row in 0..<self.screen.rows {
            for column in 0..<self.screen.columns {
                let point = scale.point(at: Position(column: column, row: row))
                guard document.contains(point), !reached.contains(where: { $0.contains(point) }),
                    !self.isInked(column: column, row: row)
                else { continue }
                let ground = self.ink.planes.halves(column: column, row: row).upper
                let grey = Colour(rgb: ground.luminance >= 110 ? 0x404850 : 0xC0C8D0)
                self.screen.put(
                    mark, column: column, row: row,
                    style: Style(foreground: grey.blended(over: ground, alpha: 90), background: ground))
            }
        }
    }
}
