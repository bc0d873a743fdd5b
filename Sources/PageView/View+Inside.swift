/// Looking inside scroll containers without the shopper: what was sent of their content lies beyond their boxes.
extension View {
    /// The same view with some layers scrolled to other places, by layer id; ids of no layer are ignored.
    package func scrolled(to places: [Int: ViewPoint]) -> View {
        guard !places.isEmpty else { return self }
        var view = self
        for index in view.layers.indices {
            guard let place = places[view.layers[index].id] else { continue }
            view.layers[index].scrollX = place.x
            view.layers[index].scrollY = place.y
        }
        return view
    }

    /// The scroll containers whose box has `point` (px of the viewport), the innermost first.
    package func scrollers(at point: ViewPoint) -> [Int] {
        let placed = self.placedLayers()
        return self.layers.reversed().filter { $0.kind == .scroller && placed[$0.id]?.clip.contains(point) ?? false }
            .map(\.id)
    }

    /// Where a scroll container may be scrolled to so that nothing but what was sent of its content is in its box: the
    /// least place and the most, its present place always among them. Nil for what is no scroll container.
    package func scrollRange(of id: Int) -> (least: ViewPoint, most: ViewPoint)? {
        guard let layer = self.layers.first(where: { $0.id == id && $0.kind == .scroller }) else { return nil }
        let placed = self.placedLayers()
        let inner = self.content(of: id)
        guard let origin = placed[id]?.origin else { return nil }
        var content: ViewRect?
        func add(_ rect: ViewRect) {
            let before = content ?? rect
            let (x, y) = (min(before.x, rect.x), min(before.y, rect.y))
            content = ViewRect(
                x: x, y: y, width: max(before.right, rect.right) - x, height: max(before.bottom, rect.bottom) - y)
        }
        for block in self.blocks where inner.contains(block.layer) {
            guard let place = placed[block.layer] else { continue }
            for item in block.items where !item.rect.isEmpty {
                add(item.rect.moved(x: place.origin.x - origin.x + block.x, y: place.origin.y - origin.y + block.y))
            }
        }
        for nested in self.layers where nested.kind == .scroller && nested.id != id && inner.contains(nested.parent) {
            guard let place = placed[nested.parent] else { continue }
            add(nested.rect.moved(x: place.origin.x - origin.x, y: place.origin.y - origin.y))
        }
        let known = content ?? ViewRect(x: 0, y: 0, width: 0, height: 0)
        return (
            ViewPoint(x: min(max(known.x, 0), layer.scrollX), y: min(max(known.y, 0), layer.scrollY)),
            ViewPoint(
                x: max(known.right - layer.rect.width, layer.scrollX),
                y: max(known.bottom - layer.rect.height, layer.scrollY))
        )
    }

    /// The layers that scroll with a container's content: its own, and what is raised in it.
    private func content(of id: Int) -> Set<Int> {
        let byID = Dictionary(self.layers.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return Set(
            self.layers.map(\.id).filter { candidate in
                var layer = byID[candidate]
                while let next = layer, next.id != id {
                    guard next.kind == .raised else { return false }
                    layer = byID[next.parent]
                }
                return layer != nil
            })
    }
}
