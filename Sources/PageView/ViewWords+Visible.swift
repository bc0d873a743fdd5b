extension PlacedItem {
    /// Whether nothing painted before it shows through where it is.
    package var isOpaque: Bool {
        guard self.opacity >= 0.99 else { return false }
        switch self.item {
        case .box(let box): return box.fill.isOpaque || box.isHatched
        case .image(let image): return image.kind == .frame || image.kind == .video
        case .text, .masked, .control: return false
        }
    }
}

extension View {
    /// The words painted in `region` that nothing opaque painted later hides, in paint order: what a shopper can read
    /// there.
    ///
    /// A word counts when its middle is in the region and in its clip. Values of controls are left out.
    package func visibleWords(in region: ViewRect) -> [ViewWord] {
        let items = self.placedItems(in: region)
        let covers = items.enumerated().filter { $0.element.isOpaque }
        var words: [ViewWord] = []
        for (order, placed) in items.enumerated() {
            guard case .text(let text) = placed.item, !text.colour.isClear else { continue }
            let later = covers.filter { $0.offset > order && $0.element.visible.intersects(placed.rect) }
            for word in text.words(in: placed.rect) {
                let middle = ViewPoint(x: word.rect.midX, y: word.rect.midY)
                let isPainted = region.contains(middle) && placed.clip.contains(middle)
                if isPainted && !later.contains(where: { $0.element.visible.contains(middle) }) {
                    words.append(word)
                }
            }
        }
        return words
    }
}
