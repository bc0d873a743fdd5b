import PageView
import Terminal

/// Looking inside a scroll container: its content moves in its box for the rep alone.
extension Model {
    /// Scrolls what is under the mouse inside the innermost container that has more that way. Returns whether one had.
    mutating func lookInside(rows: Int, at position: Position) -> Bool {
        guard let index = self.shownIndex, self.sessions[index].readerTop == nil,
            let scale = self.sessions[index].scale, let view = self.sessions[index].shownView
        else { return false }
        let pane = SessionScreen.pane(in: self.size)
        guard pane.contains(column: position.column, row: position.row) else { return false }
        let cell = Position(column: position.column - pane.column, row: position.row - pane.row)
        return view.scrollers(at: scale.point(at: cell)).contains { layer in
            self.scroll(layer, columns: 0, rows: rows, at: index)
        }
    }

    /// Moves the chosen container's content by cells; false while none is chosen.
    mutating func panInside(columns: Int, rows: Int, at index: Int) -> Bool {
        guard let layer = self.sessions[index].insideLayer else { return false }
        _ = self.scroll(layer, columns: columns, rows: rows, at: index)
        return true
    }

    /// Chooses the next container in the pane for the keys that look round; after the last, the page again.
    mutating func lookInsideNext() {
        guard let index = self.shownIndex, let view = self.sessions[index].shownView,
            let scale = self.sessions[index].scale
        else { return }
        let placed = view.placedLayers()
        let layers = view.layers.filter { layer in
            guard layer.kind == .scroller, let clip = placed[layer.id]?.clip, let range = view.scrollRange(of: layer.id)
            else { return false }
            return clip.intersects(scale.region) && range.least != range.most
        }.map(\.id)
        guard let chosen = self.sessions[index].insideLayer else {
            self.sessions[index].insideLayer = layers.first
            if layers.isEmpty { self.say("Nothing here scrolls on its own.") }
            return
        }
        let next = layers.firstIndex(of: chosen).map { $0 + 1 } ?? layers.count
        self.sessions[index].insideLayer = next < layers.count ? layers[next] : nil
    }

    /// Shows containers as the shopper has them. Returns whether any was not.
    mutating func leaveInside(at index: Int) -> Bool {
        let wasInside = !self.sessions[index].inside.isEmpty || self.sessions[index].insideLayer != nil
        self.sessions[index].insideLayer = nil
        self.setInside([:], at: index)
        return wasInside
    }

    /// Forgets containers that are gone, and keeps the others over what was sent of them.
    mutating func keepInside(at index: Int) {
        guard !self.sessions[index].inside.isEmpty || self.sessions[index].insideLayer != nil,
            let view = self.sessions[index].view
        else { return }
        let scrollers = Set(view.layers.filter { $0.kind == .scroller }.map(\.id))
        if let chosen = self.sessions[index].insideLayer, !scrollers.contains(chosen) {
            self.sessions[index].insideLayer = nil
        }
        var kept: [Int: ViewPoint] = [:]
        for (layer, place) in self.sessions[index].inside {
            guard let range = view.scrollRange(of: layer) else { continue }
            kept[layer] = Self.place(place, in: range)
        }
        self.setInside(kept, at: index)
    }

    private mutating func scroll(_ layer: Int, columns: Int, rows: Int, at index: Int) -> Bool {
        guard let view = self.sessions[index].view, let scale = self.sessions[index].scale,
            let range = view.scrollRange(of: layer),
            let now = self.sessions[index].shownView?.layers.first(where: { $0.id == layer })
        else { return false }
        let wanted = ViewPoint(
            x: now.scrollX + Double(columns) * scale.cellWidth, y: now.scrollY + Double(rows) * scale.cellHeight)
        let place = Self.place(wanted, in: range)
        guard place != ViewPoint(x: now.scrollX, y: now.scrollY) else { return false }
        var inside = self.sessions[index].inside
        inside[layer] = place
        self.setInside(inside, at: index)
        return true
    }

    private static func place(_ wanted: ViewPoint, in range: (least: ViewPoint, most: ViewPoint)) -> ViewPoint {
        ViewPoint(
            x: min(max(wanted.x, range.least.x), range.most.x), y: min(max(wanted.y, range.least.y), range.most.y))
    }

    private mutating func setInside(_ inside: [Int: ViewPoint], at index: Int) {
        guard self.sessions[index].inside != inside else { return }
        self.sessions[index].inside = inside
        self.viewChangeCount &+= 1
        self.sessions[index].revision = self.viewChangeCount
        if let view = self.sessions[index].shownView { self.sessions[index].find?.search(view) }
    }
}
