/// What of the document is in the view: the viewport, what is round it, and what reps asked for.
extension View {
    /// How far the document is scrolled, in px.
    package var documentScroll: ViewPoint {
        guard let flow = self.layers.first(where: { $0.kind == .flow }) else { return ViewPoint(x: 0, y: 0) }
        return ViewPoint(x: flow.scrollX, y: flow.scrollY)
    }

    /// The whole document, in px of the viewport; never less than the viewport.
    package var documentRect: ViewRect {
        let scroll = self.documentScroll
        let (left, top) = (min(-scroll.x, 0), min(-scroll.y, 0))
        return ViewRect(
            x: left, y: top, width: max(self.size.width - scroll.x, self.viewport.width) - left,
            height: max(self.size.height - scroll.y, self.viewport.height) - top)
    }

    /// The layers that stand still while the document scrolls: what is fixed or on top, and what is in them.
    package func floatingLayers() -> Set<Int> {
        let byID = Dictionary(self.layers.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return Set(
            self.layers.map(\.id).filter { id in
                var layer = byID[id]
                while let next = layer, next.kind != .flow {
                    if next.kind == .fixed || next.kind == .top { return true }
                    layer = byID[next.parent]
                }
                return false
            })
    }

    /// The captured parts of the document, in px of the viewport; the viewport is the first.
    package var reached: [ViewRect] {
        let scroll = self.documentScroll
        return [self.viewportRect] + self.reach.map { $0.moved(x: -scroll.x, y: -scroll.y) }
    }

    /// Whether all of `region` that is in the document was captured, as far as rows of the whole width tell.
    package func reaches(_ region: ViewRect) -> Bool {
        let wanted = region.intersection(self.documentRect)
        guard !wanted.isEmpty else { return true }
        let reached = self.reached.filter { $0.x <= wanted.x + 1 && $0.right >= wanted.right - 1 }
        var top = wanted.y
        while let next = reached.filter({ $0.y <= top + 1 && $0.bottom > top + 1 }).map(\.bottom).max() {
            guard next < wanted.bottom - 1 else { return true }
            top = next
        }
        return false
    }
}
