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
        let ground = scale.bounds(in: view)
        ink.planes.fill(
            ink.halves(ground), Colour(rgb: view.ground.isClear ? 0xFFFFFF : view.ground.rgb), alpha: 255)
        self.collect(self.items(of: view, in: region, scale.extent), into: &ink)
        ink.addLines()
        let (placed, dropped) = RunPlacer.place(ink.runs, on: ink.planes, size: scale.size)
        var canvas = PageCanvas(ink: ink)
        canvas.drawGround()
        canvas.drawHatches()
        canvas.draw(placed)
        canvas.drawEdges()
        canvas.drawScrollHints(view)
        if scale.extent == .page { canvas.drawUnsent(view) }
        canvas.count(dropped: dropped)
        canvas.drawLost(dropped)
        canvas.screen.turnHalves()
        canvas.addPictures()
        return PagePaint(screen: canvas.screen, report: canvas.report, scale: scale)
    }

    /// The items that paint in `region`, cut to what may be shown: what is fixed belongs to the shopper's viewport
    /// wherever the rep looks.
    private static func items(of view: View, in region: ViewRect, _ extent: PageExtent) -> [PlacedItem] {
        let floating = extent == .page ? view.floatingLayers() : []
        let (viewport, document) = (view.viewportRect, view.documentRect)
        return view.placedItems(in: region).map { item in
            let isInViewport = extent == .viewport || floating.contains(item.layer)
            var placed = item
            placed.clip = placed.clip.intersection(isInViewport ? viewport : document)
            return placed
        }
    }

    private static func collect(_ items: [PlacedItem], into ink: inout PageInk) {
        for (index, placed) in items.enumerated() {
            let order = index + 1
            switch placed.item {
            case .box(let box):
                ink.add(box, placed, button: self.button(of: index, in: items, ink), order: order)
            case .text(let text):
                let button = self.buttonLabelled(by: index, in: items, ink)
                ink.lines.append(
                    InkLine(
                        placed: placed, text: text, order: order, button: button, room: ink.room(of: placed.rect)))
            case .masked(let masked): ink.add(masked, placed, order: order)
            case .image(let image): ink.add(image, placed, order: order)
            case .control(let control): ink.add(control, placed, order: order)
            }
        }
    }

    /// Items looked at to join a button's box and its words.
    private static let buttonReach = 4
    /// Items looked at to tell a cell of a table from a badge: two rows of a wide table.
    private static let tableReach = 24
    /// Px between the cells of one table.
    private static let tableGapMax = 2.5

    /// Whether another bordered box of the block shares a side with the one at `index`: a cell of a table.
    private static func isTableCell(_ index: Int, in items: [PlacedItem]) -> Bool {
        let (own, block) = (items[index].rect, items[index].block)
        let near = max(index - self.tableReach, 0)..<min(index + self.tableReach + 1, items.count)
        return near.contains { place in
            guard place != index, items[place].block == block, case .box(let box) = items[place].item,
                box.border.isPainted
            else { return false }
            let other = items[place].rect
            let isBeside =
                abs(own.y - other.y) < 1 && abs(own.height - other.height) < 1
                && min(abs(own.right - other.x), abs(other.right - own.x)) <= self.tableGapMax
            let isBelow =
                abs(own.x - other.x) < 1 && abs(own.width - other.width) < 1
                && min(abs(own.bottom - other.y), abs(other.bottom - own.y)) <= self.tableGapMax
            return isBeside || isBelow
        }
    }

    /// The label that makes the box at `index` a button or a badge: one of the next items of its block, inside it.
    private static func label(of index: Int, in items: [PlacedItem]) -> Int? {
        guard case .box(let box) = items[index].item else { return nil }
        let rect = items[index].rect
        for place in (index + 1)..<(index + 1 + self.buttonReach) where place < items.count {
            guard items[place].block == items[index].block else { return nil }
            if case .text(let text) = items[place].item, rect.contains(items[place].rect, slack: 2) {
                let isNamed = text.flags.contains(.label) || text.flags.isSuperset(of: [.link, .centred])
                let isButton = isNamed && rect.height < text.size * 6
                let isBadge =
                    !(box.fill.isClear && !box.border.isPainted) && rect.height < text.size * 2.4
                    && rect.width < items[place].rect.width + text.size * 4
                return isButton || isBadge && !self.isTableCell(index, in: items) ? place : nil
            }
        }
        return nil
    }

    /// The cells of the box at `index` when it is a button or a badge: whole rows round its words, and wide enough for
    /// them.
    private static func button(of index: Int, in items: [PlacedItem], _ ink: PageInk) -> GridRect? {
        guard let place = self.label(of: index, in: items), case .text(let text) = items[place].item else { return nil }
        var cells = ink.snappedRows(items[index])
        let missing = min(SafeText(text.text).columns, ink.scale.size.columns) - cells.width
        if missing > 0, text.flags.contains(.label) {
            cells.left -= missing / 2
            cells.right += missing - missing / 2
        } else if missing > 0 {
            cells.right += missing
        }
        return cells
    }

    /// The cells of the button or badge in whose middle the line at `index` stands.
    private static func buttonLabelled(by index: Int, in items: [PlacedItem], _ ink: PageInk) -> GridRect? {
        for place in (max(index - self.buttonReach, 0)..<index).reversed() {
            guard items[place].block == items[index].block else { return nil }
            if case .box = items[place].item, self.label(of: place, in: items) == index,
                self.isCentred(items[index].rect, in: items[place].rect, ink.scale)
            {
                return self.button(of: place, in: items, ink)
            }
        }
        return nil
    }

    /// Whether a line stands in the middle of a box, give or take two cells.
    private static func isCentred(_ line: ViewRect, in box: ViewRect, _ scale: PageScale) -> Bool {
        abs(line.midX - box.midX) <= scale.cellWidth * 2
    }
}
