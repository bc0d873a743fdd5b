/// What is painted at a point.
package struct ViewHit: Sendable {
    package var placed: PlacedItem
    /// What to call it in the status line: a control's name, a button's or a link's words, a picture's alternative;
    /// empty for plain areas.
    package var name: String
}

extension View {
    /// The topmost thing painted at `point` (px of the viewport); nil over the bare ground.
    package func hit(at point: ViewPoint) -> ViewHit? {
        let spot = ViewRect(x: point.x, y: point.y, width: 0, height: 0)
        let items = self.placedItems(in: spot)
        guard
            let top = items.last(where: {
                $0.rect.contains(point) && $0.clip.contains(point) && Self.isPainted($0.item)
            })
        else { return nil }
        return ViewHit(placed: top, name: self.name(of: top))
    }

    private static func isPainted(_ item: ViewItem) -> Bool {
        switch item {
        case .box(let box): !box.fill.isClear || box.isHatched || box.border.isPainted
        case .text, .masked, .image, .control: true
        }
    }

    private func name(of placed: PlacedItem) -> String {
        switch placed.item {
        case .text(let text): text.text
        case .masked(let masked): masked.kind == .private ? "hidden text" : "hidden \(masked.kind.rawValue)"
        case .image(let image): image.alternative
        case .control(let control): control.name.isEmpty ? control.hint : control.name
        case .box(let box): box.isHatched ? "hidden by the site" : self.label(in: placed)
        }
    }

    /// The words of the button that a box paints: the first label of its block that lies in the box.
    private func label(in placed: PlacedItem) -> String {
        guard let block = self.blocks.first(where: { $0.id == placed.block }),
            case .box(let box) = block.items[placed.index]
        else { return "" }
        for case .text(let text) in block.items[(placed.index + 1)...]
        where text.flags.contains(.label) && box.rect.contains(text.rect, slack: 2) {
            return text.text
        }
        return ""
    }
}
