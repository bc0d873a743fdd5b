import PageView
import Terminal

/// Says at the edges of scroll containers that there is more of their content, and about how many rows.
struct ScrollHint {
    /// What of the container is to be seen, in px of the viewport.
    var clip: ViewRect
    /// Rows of content above and below, at least one of them more than none.
    var above: Int
    var below: Int

    /// The hints of all containers in the pane. Content counts as far as it was sent.
    static func all(of view: View, scale: PageScale) -> [ScrollHint] {
        let scrollers = Set(view.layers.filter { $0.kind == .scroller }.map(\.id))
        guard !scrollers.isEmpty else { return [] }
        let placed = view.placedLayers()
        var ends: [Int: Double] = [:]
        for block in view.blocks where scrollers.contains(block.layer) {
            let end = block.items.reduce(0) { max($0, $1.rect.bottom) } + block.y
            ends[block.layer] = max(ends[block.layer] ?? 0, end)
        }
        return view.layers.compactMap { layer in
            guard scrollers.contains(layer.id), let place = placed[layer.id], place.clip.intersects(scale.region),
                !place.clip.isEmpty
            else { return nil }
            let end = place.origin.y + (ends[layer.id] ?? 0)
            func rows(_ px: Double) -> Int { PageScale.whole((px / scale.cellHeight).rounded(.down)) }
            let hint = ScrollHint(
                clip: place.clip, above: max(rows(layer.scrollY), 0), below: max(rows(end - place.clip.bottom), 0))
            return hint.above + hint.below > 0 ? hint : nil
        }
    }
}

extension PageCanvas {
    /// Puts `▴ n` and `▾ n` at the right ends of containers' edges, where no words stand.
    mutating func drawScrollHints(_ view: View) {
        for hint in ScrollHint.all(of: view, scale: self.ink.scale) {
            let cells = self.ink.cells(hint.clip)
            if hint.above > 0 { self.putHint("▴ \(hint.above)", right: cells.right, row: cells.top) }
            if hint.below > 0 { self.putHint("▾ \(hint.below)", right: cells.right, row: cells.bottom - 1) }
        }
    }

    private mutating func putHint(_ words: String, right: Int, row: Int) {
        let text = SafeText(words)
        let column = right - text.columns - 1
        let place = column..<(column + text.columns)
        guard row >= 0, row < self.screen.rows, column >= 0, place.upperBound <= self.screen.columns,
            !place.contains(where: { self.isInked(column: $0, row: row) })
        else { return }
        for cell in place {
            let ground = self.ink.planes.halves(column: cell, row: row).upper
            self.screen.setHalves(column: cell, row: row, upper: ground, lower: ground)
        }
        let ground = self.screen[column, row].background
        self.screen.put(
            text, column: column, row: row,
            style: Style(
                foreground: Self.readable(self.ink.theme.focus, on: ground), background: ground, attributes: .bold))
    }
}
