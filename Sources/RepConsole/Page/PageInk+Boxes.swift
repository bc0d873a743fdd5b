import PageView
import Terminal

/// Boxes and pictures: grounds, borders, hatches.
extension PageInk {
    /// Paints a box. `label` is the line of words when the box is a button.
    mutating func add(_ box: ViewBox, _ placed: PlacedItem, label: Bool, order: Int) {
        let visible = placed.visible
        guard !visible.isEmpty else { return }
        if box.isHatched {
            self.addHatch(placed, words: "not shown", order: order)
            return
        }
        if label {
            let cells = self.snappedRows(placed.rect)
            self.fill(box.fill, rows: cells, placed, order: order)
            self.addEdges(self.borderOffWords(box.border, cells, placed.rect), cells: cells, placed, order: order)
            return
        }
        if self.isLine(placed.rect) {
            self.addLine(box.fill, placed, order: order)
        } else {
            self.fill(box.fill, placed, order: order)
        }
        if box.border.isPainted {
            self.addEdges(box.border, cells: self.edgeCells(placed.rect), placed, order: order)
        }
    }

    /// Paints a picture as its mean colour, with its words inside where room is left.
    mutating func add(_ image: ViewImage, _ placed: PlacedItem, order: Int) {
        guard !placed.visible.isEmpty else { return }
        switch image.kind {
        case .frame:
            self.addHatch(
                placed, words: image.alternative.isEmpty ? "frame, not shown" : "\(image.alternative), not shown",
                order: order)
            return
        case .icon, .svg:
            if placed.rect.width <= 40, placed.rect.height <= 40 {
                self.addIcon(image, placed, order: order)
                return
            }
        case .image, .canvas, .video: break
        }
        let colour = image.colour.isClear ? ViewColour(rgba: 0x8080_8038) : image.colour
        self.fill(colour, placed, order: order)
        self.addWords(image.alternative, colour: ViewColour(rgba: 0x5A64_72FF), placed, order: order)
    }

    private mutating func addIcon(_ image: ViewImage, _ placed: PlacedItem, order: Int) {
        let colour = image.colour.isClear ? ViewColour(rgba: 0x8080_80FF) : image.colour
        self.addCentred("◇", colour: colour, placed, order: order)
    }

    private mutating func addHatch(_ placed: PlacedItem, words: String, order: Int) {
        self.hatches.append(
            PageHatch(cells: self.cells(placed.visible), order: order))
        self.planes.cover(self.wholeCells(placed.visible), order: order)
        self.addWords(" \(words) ", colour: ViewColour(rgba: 0x5A64_72FF), placed, order: order)
    }

    /// Words in the middle of a picture or hatch, cut to it.
    private mutating func addWords(_ words: String, colour: ViewColour, _ placed: PlacedItem, order: Int) {
        let columns = self.cells(placed.visible).width - 2
        let text = SafeText(words)
        guard columns >= 6, text.columns > 0 else { return }
        self.addCentred(text.truncated(toColumns: columns), colour: colour, placed, order: order)
    }

    private mutating func addCentred(_ words: String, colour: ViewColour, _ placed: PlacedItem, order: Int) {
        self.addCentred(SafeText(words), colour: colour, placed, order: order)
    }

    private mutating func addCentred(_ text: SafeText, colour: ViewColour, _ placed: PlacedItem, order: Int) {
        let visible = placed.visible
        let middle = self.scale.rowPlace(visible.midY)
        let column = PageScale.whole((self.scale.columnPlace(visible.midX) - Double(text.columns) / 2).rounded())
        self.runs.append(
            PageRun(
                pieces: [InkPiece(text: text, offset: 0, colour: colour, attributes: [], isWord: false)],
                columns: text.columns, column: column, row: PageScale.whole(middle.rounded(.down)),
                fraction: middle - middle.rounded(.down), order: order, claim: .optional,
                bounds: 0..<self.scale.size.columns, left: visible.x, right: visible.right))
    }

    /// Fills the half cells of an item.
    private mutating func fill(_ colour: ViewColour, _ placed: PlacedItem, order: Int) {
        let alpha = Self.alpha(colour, placed.opacity)
        guard alpha > 0 else { return }
        let visible = placed.visible
        let halves = self.halves(visible)
        self.planes.fill(halves, Colour(rgb: colour.rgb), alpha: alpha, order: order)
        if alpha == 255 {
            self.planes.cover(self.wholeCells(visible), order: order)
        } else if self.washes.count < Self.washCountMax {
            self.washes.append(
                PageWash(halves: halves, colour: Colour(rgb: colour.rgb), alpha: alpha, order: order))
        }
    }

    /// Fills whole rows of cells, inside the item's clip.
    mutating func fill(_ colour: ViewColour, rows cells: GridRect, _ placed: PlacedItem, order: Int) {
        let alpha = Self.alpha(colour, placed.opacity)
        let clip = self.halves(placed.clip)
        let area = GridRect(
            left: max(cells.left, clip.left), top: max(cells.top * 2, clip.top), right: min(cells.right, clip.right),
            bottom: min(cells.bottom * 2, clip.bottom))
        self.planes.fill(area, Colour(rgb: colour.rgb), alpha: alpha, order: order)
        if alpha == 255 {
            self.planes.cover(self.wholeCells(placed.visible), order: order)
        }
    }

    /// Whether a rectangle is thinner than a half cell: a rule drawn as a box.
    private func isLine(_ rect: ViewRect) -> Bool {
        rect.height < self.scale.cellHeight / 4 || rect.width < self.scale.cellWidth / 2
    }

    private mutating func addLine(_ colour: ViewColour, _ placed: PlacedItem, order: Int) {
        let rect = placed.rect
        let edge = ViewEdge(width: 1, colour: colour)
        guard Self.alpha(colour, placed.opacity) > 0 else { return }
        var border = ViewBorder.none
        var cells = self.edgeCells(rect)
        if rect.height < self.scale.cellHeight / 4 {
            let place = self.scale.rowPlace(rect.midY)
            cells.top = PageScale.whole(place.rounded(.down))
            cells.bottom = cells.top + 1
            if place - place.rounded(.down) < 0.5 { border.top = edge } else { border.bottom = edge }
        } else {
            let place = self.scale.columnPlace(rect.midX)
            cells.left = PageScale.whole(place.rounded(.down))
            cells.right = cells.left + 1
            if place - place.rounded(.down) < 0.5 { border.left = edge } else { border.right = edge }
        }
        self.addEdges(border, cells: cells, placed, order: order)
    }

    /// The cells whose outer sides are nearest to a rectangle's sides; at least one.
    func edgeCells(_ rect: ViewRect) -> GridRect {
        var cells = self.cells(rect)
        cells.right = max(cells.right, cells.left + 1)
        cells.bottom = max(cells.bottom, cells.top + 1)
        return cells
    }

    /// A border without the sides that would run through the row of the words.
    func borderOffWords(_ border: ViewBorder, _ cells: GridRect, _ rect: ViewRect) -> ViewBorder {
        let row = self.scale.row(rect.midY)
        var result = border
        if row == cells.top { result.top = .none }
        if row == cells.bottom - 1 { result.bottom = .none }
        return result
    }

    /// Remembers borders of at least about a px; the sides that the page's clip cuts are left out.
    mutating func addEdges(_ border: ViewBorder, cells: GridRect, _ placed: PlacedItem, order: Int) {
        let clip = self.cells(placed.clip)
        self.edges.append(
            PageEdges(cells: cells, clip: clip, border: border, opacity: placed.opacity, order: order))
    }
}
