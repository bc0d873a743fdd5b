import PageView
import Terminal

/// What the rep's mouse is over, told in the status line: the shopper sees nothing of it.
extension Model {
    mutating func hovered(_ position: Position) {
        let pane = SessionScreen.pane(in: self.size)
        let isOnPage = self.shown?.scale != nil && self.shown?.readerTop == nil
        guard isOnPage, pane.contains(column: position.column, row: position.row) else {
            self.hover = nil
            self.pointed = nil
            return
        }
        self.hover = Position(column: position.column - pane.column, row: position.row - pane.row)
    }

    /// The words of what the mouse is over: lines that had no room where it is on their mark, else the thing painted
    /// there. Nil over plain ground and while no page is drawn.
    func hoverWords(lost: [LostLines]) -> String? {
        guard let hover = self.hover, let session = self.shown, session.readerTop == nil, let view = session.shownView,
            let scale = session.scale
        else { return nil }
        if let lines = lost.first(where: { $0.isAt(hover) }) {
            return "No room for: " + RightToLeft.line(lines.words)
        }
        return PointedAt.words(for: scale.point(at: hover), in: view, lettersMax: 160).map { "Here: " + $0 }
    }
}
