import PageView
import Terminal

/// Says at the edges of scroll containers that there is more of their content, and about how much.
struct ScrollHint {
    /// How much there is beyond one edge.
    struct Rest: Equatable {
        /// Rows, or columns, of the pane.
        var cells: Int
        /// Whether what was sent ends there: there may be more.
        var mayBeMore = false

        /// `12`, or `12+`; empty for nothing.
        var words: String { self.cells > 0 ? "\(self.cells)\(self.mayBeMore ? "+" : "")" : "" }
    }

    /// What of the container is to be seen, in px of the viewport.
    var clip: ViewRect
    var above: Rest
    var below: Rest
    var left: Rest
    var right: Rest

    /// The hints of all containers in the pane. Content counts as far as it was sent, which is about one box beyond the
    /// edge.
    static func all(of view: View, scale: PageScale) -> [ScrollHint] {
        let scrollers = Set(view.layers.filter { $0.kind == .scroller }.map(\.id))
        guard !scrollers.isEmpty else { return [] }
        let placed = view.placedLayers()
        var ends: [Int: ViewPoint] = [:]
        for block in view.blocks where scrollers.contains(block.layer) {
            var end = ends[block.layer] ?? ViewPoint(x: 0, y: 0)
            for item in block.items {
                end.x = max(end.x, block.x + item.rect.right)
                end.y = max(end.y, block.y + item.rect.bottom)
            }
            ends[block.layer] = end
        }
        return view.layers.compactMap { layer in
            guard scrollers.contains(layer.id), let place = placed[layer.id], place.clip.intersects(scale.region),
                !place.clip.isEmpty
            else { return nil }
            let end = ends[layer.id] ?? ViewPoint(x: 0, y: 0)
            let (clip, origin) = (place.clip, place.origin)
            let hint = ScrollHint(
                clip: clip, above: Rest(layer.scrollY, of: scale.cellHeight),
                below: Rest(origin.y + end.y - clip.bottom, of: scale.cellHeight, box: clip.height),
                left: Rest(layer.scrollX, of: scale.cellWidth),
                right: Rest(origin.x + end.x - clip.right, of: scale.cellWidth, box: clip.width))
            return hint.isEmpty ? nil : hint
        }
    }

    private var isEmpty: Bool { [self.above, self.below, self.left, self.right].allSatisfy { $0.cells == 0 } }
}

extension ScrollHint.Rest {
    /// `px` beyond an edge in cells of `cell` px. From nine tenths of a `box` on, more may not have been sent.
    fileprivate init(_ px: Double, of cell: Double, box: Double? = nil) {
        self.init(
            cells: max(PageScale.whole((px / cell).rounded(.down)), 0),
            mayBeMore: box.map { px >= $0 * 0.9 } ?? false)
    }
}

extension PageCanvas {
    /// Puts `▴ n` and `▾ n` at the right ends of containers' edges, `◂ n` and `▸ n` at the ends of their middle row,
    /// where no words stand.
    mutating func drawScrollHints(_ view: View) {
        for hint in ScrollHint.all(of: view, scale: self.ink.scale) {
            let cells = self.ink.cells(hint.clip)
            let middle = (cells.top + cells.bottom - 1) / 2
            self.putHint("▴", hint.above, right: cells.right, row: cells.top)
            self.putHint("▾", hint.below, right: cells.right, row: cells.bottom - 1)
            self.putHint("▸", hint.right, right: cells.right, row: middle)
            self.putHint("◂", hint.left, left: cells.left, row: middle)
        }
    }

    private mutating func putHint(
        _ sign: String, _ rest: ScrollHint.Rest, left: Int? = nil, right: Int = 0, row: Int
    ) {
        guard rest.cells > 0 else { return }
        let text = SafeText("\(sign) \(rest.words)")
        let column = left.map { $0 + 1 } ?? right - text.columns - 1
        let place = column..<(column + text.columns)
        guard row >= 0, row < self.screen.rows, column >= 0, place.upperBound <= self.screen.columns,
            !place.contains(where: { self.isInked(column: $0, row: row) })
        else { return }
        self.putNote(text, column: column, row: row)
    }
}
