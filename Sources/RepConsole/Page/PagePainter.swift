package import PageView
package import Terminal

/// A page painted into cells.
package struct PagePaint: Sendable {
    /// As large as the pane.
    package var screen: Screen
    package var report: PageReport
    /// For the cursor, the mouse and hit tests, until the next paint.
    package var scale: PageScale
}

/// Paints a view into the cells of the rep's page pane: a pure function, a few milliseconds for a whole page.
///
/// Boxes are half cells of colour, text stands in rows nearest to its px, controls are drawn as characters. It runs
/// when the view, the zoom or the pane changes; what moves by itself (the shopper's cursor) is a `PageOverlay` on top.
package enum PagePainter {
    /// Paints what a pane of `size` cells shows of `view`.
    package static func paint(
        _ view: View, zoom: Zoom, pan: ViewPoint = ViewPoint(x: 0, y: 0), size: ScreenSize, theme: PageTheme = .dark
    ) -> PagePaint {
        self.paint(view, scale: PageScale(zoom: zoom, view: view, pan: pan, size: size), theme: theme)
    }

    /// Paints what `scale` shows of `view`.
    package static func paint(_ view: View, scale: PageScale, theme: PageTheme = .dark) -> PagePaint {
        let region = scale.region
        var ink = PageInk(scale: scale, theme: theme, ground: theme.outside)
        let ground = view.viewportRect.moved(x: 0, y: 0)
        ink.planes.fill(
            ink.halves(ground), Colour(rgb: view.ground.isClear ? 0xFFFFFF : view.ground.rgb), alpha: 255, order: 0)
        self.collect(view.placedItems(in: region), clip: ground, into: &ink)
        ink.addLines()
        let (placed, dropped) = RunPlacer.place(ink.runs, on: ink.planes, size: scale.size)
        var canvas = PageCanvas(ink: ink)
        canvas.drawGround()
        canvas.drawEdges()
        canvas.drawHatches()
        canvas.draw(placed)
        canvas.count(dropped: dropped)
        return PagePaint(screen: canvas.screen, report: canvas.report, scale: scale)
    }

    private static func collect(_ items: [PlacedItem], clip: ViewRect, into ink: inout PageInk) {
        for (index, item) in items.enumerated() {
            var placed = item
            placed.clip = placed.clip.intersection(clip)
            let order = index + 1
            switch placed.item {
            case .box(let box):
                ink.add(box, placed, label: self.label(of: index, in: items) != nil, order: order)
            case .text(let text):
                ink.lines.append((placed, text, order, self.button(of: index, text, in: items, ink)))
            case .masked(let masked): ink.add(masked, placed, order: order)
            case .image(let image): ink.add(image, placed, order: order)
            case .control(let control): ink.add(control, placed, order: order)
            }
        }
    }

    /// Items looked at to join a button's box and its words.
    private static let buttonReach = 4

    /// The label that makes the box at `index` a button: one of the next items of its block, inside it.
    private static func label(of index: Int, in items: [PlacedItem]) -> Int? {
        let box = items[index]
        for place in (index + 1)..<(index + 1 + self.buttonReach) where place < items.count {
            guard items[place].block == box.block else { return nil }
            if case .text(let text) = items[place].item, text.flags.contains(.label),
                box.rect.contains(items[place].rect, slack: 2), box.rect.height < text.size * 6
            {
                return place
            }
        }
        return nil
    }

    /// The cells of the button that the line at `index` labels.
    private static func button(
        of index: Int, _ text: ViewText, in items: [PlacedItem], _ ink: PageInk
    ) -> GridRect? {
        guard text.flags.contains(.label) else { return nil }
        for place in (max(index - self.buttonReach, 0)..<index).reversed() {
            guard items[place].block == items[index].block else { return nil }
            if case .box = items[place].item, self.label(of: place, in: items) == index {
                return ink.snappedRows(items[place].rect)
            }
        }
        return nil
    }
}
