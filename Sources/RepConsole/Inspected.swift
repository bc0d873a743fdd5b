import PageView
import Terminal

/// A thing on the page that the rep clicked on: it is tinted, and the status line tells all its words, also those that
/// had no room. The shopper sees nothing of it.
struct Inspected: Equatable, Sendable {
    private static let lettersMax = 160
    private static let tint: UInt8 = 80

    /// Its place among the view's blocks: it stays with its thing when the page moves.
    let block: Int
    let index: Int

    private func placed(in view: View) -> PlacedItem? {
        view.placedItems(in: .everything).first { $0.block == self.block && $0.index == self.index }
    }

    /// `Add to basket, button`; nil once it is gone.
    func words(in view: View) -> String? {
        guard let placed = self.placed(in: view) else { return nil }
        let middle = ViewPoint(x: placed.visible.midX, y: placed.visible.midY)
        return PointedAt.words(for: middle, in: view, lettersMax: Self.lettersMax)
    }

    func draw(on screen: inout Screen, view: View, scale: PageScale, pane: Rectangle) {
        guard let rect = self.placed(in: view)?.visible, !rect.isEmpty else { return }
        let left = scale.column(rect.x)
        let top = scale.row(rect.y + min(rect.height, scale.cellHeight) / 2)
        let bottom = scale.row(rect.bottom - min(rect.height, scale.cellHeight) / 2)
        let area = Rectangle(
            column: pane.column + left, row: pane.row + top, columns: max(scale.column(rect.right) - left, 1),
            rows: max(bottom - top + 1, 1))
        screen.tint(area.intersection(pane), with: PageTheme.dark.focus, alpha: Self.tint)
    }
}

extension Model {
    /// Tells what is at a cell of the page; a click on nothing, or on the same thing, ends it.
    mutating func inspect(at position: Position) {
        guard let index = self.shownIndex, self.sessions[index].readerTop == nil,
            let view = self.sessions[index].shownView,
            let scale = self.sessions[index].scale
        else { return }
        let pane = SessionScreen.pane(in: self.size)
        guard pane.contains(column: position.column, row: position.row) else { return }
        let cell = Position(column: position.column - pane.column, row: position.row - pane.row)
        let hit = view.hit(at: scale.point(at: cell))
        let found = hit.flatMap { $0.name.isEmpty ? nil : Inspected(block: $0.placed.block, index: $0.placed.index) }
        self.pointed = nil
        self.sessions[index].inspected = found == self.sessions[index].inspected ? nil : found
    }
}
