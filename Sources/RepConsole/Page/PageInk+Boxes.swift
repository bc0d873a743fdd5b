import PageView
import Terminal

/// Boxes and pictures: grounds, borders, hatches.
extension PageInk {
    /// Boxes remembered for the lines in them; more on one screen is decoration.
    private static let frameCountMax = 1024

    /// Paints a box. `button` is where it stands when it is a button or a badge: round the row of its words.
    mutating func add(_ box: ViewBox, _ placed: PlacedItem, button: GridRect?, order: Int) {
        let visible = placed.visible
        guard !visible.isEmpty else { return }
        if box.isHatched {
            self.addHatch(placed, words: "not shown", order: order)
            return
        }
        let isFramed = box.border.isPainted && box.border.differs(from: box.fill)
        if let button {
            let halves = isFramed ? button.halves : self.buttonHalves(button, placed)
            self.fill(box.fill, halves: halves, placed, order: order)
            if let gradient = box.gradient { self.addGradient(gradient, halves: halves, placed) }
            if isFramed {
                self.addEdges(
                    box.border, cells: button, placed, order: order, labelRow: self.scale.row(placed.rect.midY))
            }
            return
        }
        if self.isLine(placed.rect) {
            self.addLine(box.fill, placed, order: order)
        } else {
            let halves = isFramed ? self.framedHalves(box.border, placed) : self.halves(placed.rect)
            self.fill(box.fill, halves: halves, placed, order: order)
            if let gradient = box.gradient { self.addGradient(gradient, halves: halves, placed) }
        }
        if box.border.isPainted {
            self.addEdges(box.border, cells: self.edgeCells(placed.rect), placed, order: order)
        }
        self.addFrame(box, placed)
    }

    /// Half rows round a button's row, in the button's columns.
    private func buttonHalves(_ button: GridRect, _ placed: PlacedItem) -> GridRect {
        var halves = self.snappedHalves(placed.rect)
        (halves.left, halves.right) = (button.left, button.right)
        return halves
    }

    /// A ground that ends where the border's lines run, which is between whole cells.
    private func framedHalves(_ border: ViewBorder, _ placed: PlacedItem) -> GridRect {
        let cells = self.edgeCells(placed.rect)
        var halves = self.halves(placed.rect)
        if border.top.isPainted { halves.top = cells.top * 2 }
        if border.bottom.isPainted { halves.bottom = cells.bottom * 2 }
        (halves.left, halves.right) = (cells.left, cells.right)
        return halves
    }

    private mutating func addFrame(_ box: ViewBox, _ placed: PlacedItem) {
        let isSeen = !box.fill.isClear || box.border.left.isPainted || box.border.right.isPainted
        guard isSeen, self.frames.count < Self.frameCountMax else { return }
        let cells = self.cells(placed.visible)
        self.frames.append((placed.rect, cells, box.border))
    }

    /// The columns inside the innermost box round a line; all of the pane outside boxes.
    func room(of line: ViewRect) -> Range<Int> {
        let pane = 0..<self.scale.size.columns
        let frame = self.frames.last { $0.rect.contains(line, slack: 2) }
        return frame.map { ($0.cells.left..<max($0.cells.left, $0.cells.right)).clamped(to: pane) } ?? pane
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
        if let colours = image.colours {
            self.addColours(colours, placed, order: order)
        } else {
            self.fill(
                image.colour.isClear ? ViewColour(rgba: 0x8080_8038) : image.colour, placed, order: order)
        }
        self.addWords(Self.label(of: image), colour: ViewColour(rgba: 0x5A64_72FF), placed, order: order)
    }

    /// What stands in a picture: its words; what it is, where nothing else would say so.
    private static func label(of image: ViewImage) -> String {
        switch image.kind {
        case .canvas: image.alternative.isEmpty ? "drawing" : "drawing: \(image.alternative)"
        case .video: image.alternative.isEmpty ? "▷ video" : "▷ \(image.alternative)"
        case .image, .svg, .icon, .frame: image.alternative
        }
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
        let text = SafeText(RightToLeft.line(words))
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
        self.fill(colour, halves: self.halves(placed.rect), placed, order: order)
    }

    /// Fills `halves` within the item's clip; what the item's own px cover is hidden by it.
    mutating func fill(_ colour: ViewColour, halves: GridRect, _ placed: PlacedItem, order: Int) {
        let alpha = Self.alpha(colour, placed.opacity)
        guard alpha > 0 else { return }
        let visible = placed.visible
        let area = halves.intersection(self.halves(placed.clip))
        self.planes.fill(area, Colour(rgb: colour.rgb), alpha: alpha)
        if alpha == 255 {
            self.planes.hide(self.halves(visible), order: order)
            self.planes.cover(self.wholeCells(visible), order: order)
        } else if self.washes.count < Self.washCountMax {
            self.washes.append(
                PageWash(halves: area, colour: Colour(rgb: colour.rgb), alpha: alpha, order: order))
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
            border.top = ViewEdge(width: min(rect.height, self.scale.cellHeight), colour: colour)
            cells.top = PageScale.whole(self.scale.rowPlace(rect.midY).rounded())
            cells.bottom = cells.top + 1
        } else {
            border.left = edge
            cells.left = PageScale.whole(self.scale.columnPlace(rect.midX).rounded())
            cells.right = cells.left + 1
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

    /// Remembers borders; the canvas leaves out the sides that the page's clip cuts.
    mutating func addEdges(
        _ border: ViewBorder, cells: GridRect, _ placed: PlacedItem, order: Int, labelRow: Int? = nil,
        isWholeOnly: Bool = false
    ) {
        let clip = self.cells(placed.clip)
        self.edges.append(
            PageEdges(
                cells: cells, clip: clip, border: border, opacity: placed.opacity, order: order, labelRow: labelRow,
                isWholeOnly: isWholeOnly))
    }
}

extension ViewBorder {
    /// Whether any side is to be told from a ground of `fill`.
    fileprivate func differs(from fill: ViewColour) -> Bool {
        [self.top, self.right, self.bottom, self.left].contains { $0.isPainted && $0.colour != fill }
    }
}
