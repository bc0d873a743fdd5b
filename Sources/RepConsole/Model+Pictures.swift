import PageView
import Terminal
import Wire

/// Finer pictures: the rep points at one, and the shopper's page draws it anew for all who watch.
extension Model {
    /// Asks for a finer picture of what the mouse rests over, else of what was clicked on.
    mutating func askFiner(over hover: Position?) -> [Effect] {
        guard let session = self.shown, session.presence == .live, let number = session.number,
            let view = session.view, session.readerTop == nil
        else { return [] }
        let point = hover.flatMap { position in session.scale.map { $0.point(at: position) } }
        guard let image = Self.image(at: point, else: session.inspected, in: view) else {
            self.say("Point at a picture with the mouse, or click on it, for a finer one.")
            return []
        }
        guard let wanted = image.number else {
            self.say("The shopper's page does not let that picture be read.")
            return []
        }
        guard !image.isFine else {
            self.say("That is as fine as the picture comes.")
            return []
        }
        self.say("A finer picture is asked for.")
        return [.send(.ask(number: number, Ask(.picture(wanted))))]
    }

    /// The topmost picture at `point`, under words too; else the one that was clicked on.
    private static func image(at point: ViewPoint?, else inspected: Inspected?, in view: View) -> ViewImage? {
        for placed in view.placedItems(in: .everything).reversed() {
            guard case .image(let image) = placed.item else { continue }
            if let point {
                if placed.visible.contains(point) { return image }
            } else if let inspected, placed.block == inspected.block, placed.index == inspected.index {
                return image
            }
        }
        return nil
    }
}
