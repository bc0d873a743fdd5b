import PageView
import Terminal

/// A border, or a line that a thin box paints: the sides of a rectangle of cells.
struct PageEdges {
    /// The lines run along the sides of these cells, in them or in the cells beyond.
    var cells: GridRect
    /// Sides that run outside are left out: the clip of the page.
    var clip: GridRect
    var border: ViewBorder
    var opacity: Double
    var order: Int
    /// The row of a label that the box was made higher for; other ink in the rows above and below takes them back.
    var labelRow: Int?
    /// Whether all sides are left out where words are in the way of one.
    var isWholeOnly = false
}

/// A region drawn as a hatch: blocked by the site, or a frame whose content nobody sends.
struct PageHatch {
    var cells: GridRect
    var order: Int
}

/// A translucent box: what was painted before it shows through, paler.
struct PageWash {
    var halves: GridRect
    var colour: Colour
    var alpha: UInt8
    var order: Int
}

/// A line of text that waits for its place.
struct InkLine {
    var placed: PlacedItem
    var text: ViewText
    var order: Int
    /// The cells of the button or badge that it labels.
    var button: GridRect?
    /// The columns inside the innermost box round it.
    var room: Range<Int>
}

/// All that one paint collects while it walks the items in paint order, before any ink has a place.
struct PageInk {
    /// Translucent boxes that change the colour of earlier ink; more than a few on one screen is decoration.
    static let washCountMax = 64

    /// Px between a box and one in it from which on their borders are apart.
    private static let gapMin = 4.0

    let scale: PageScale
    let theme: PageTheme
    var planes: PagePlanes
    var runs: [PageRun] = []
    var edges: [PageEdges] = []
    var hatches: [PageHatch] = []
    var washes: [PageWash] = []
    /// Check boxes and radio buttons: they share the row of the words beside them.
    var marks: [(layer: Int, rect: ViewRect, run: Int)] = []
    /// Text lines wait until all boxes are known: only then is it known which words are hidden.
    var lines: [InkLine] = []
    /// How many columns off their px the lines of a column of text begin together, by their place in paint order.
    var leans: [Int: Int] = [:]
    /// Pictures of more than one colour, in paint order.
    var pictures: [PagePicture] = []
    /// Boxes that a line may stand in, in paint order: their px and their cells.
    var frames: [(rect: ViewRect, cells: GridRect, border: ViewBorder)] = []

    init(scale: PageScale, theme: PageTheme, ground: Colour) {
        self.scale = scale
        self.theme = theme
        self.planes = PagePlanes(size: scale.size, ground: ground)
    }

    /// The cells nearest to a rectangle of the viewport.
    func cells(_ rect: ViewRect) -> GridRect {
        GridRect(
            left: self.scale.column(rect.x), top: PageScale.whole(self.scale.rowPlace(rect.y).rounded()),
            right: self.scale.column(rect.right), bottom: PageScale.whole(self.scale.rowPlace(rect.bottom).rounded()))
    }

    /// The half cells nearest to a rectangle of the viewport; rows count half rows.
    func halves(_ rect: ViewRect) -> GridRect {
        GridRect(
            left: self.scale.column(rect.x), top: PageScale.whole((self.scale.rowPlace(rect.y) * 2).rounded()),
            right: self.scale.column(rect.right),
            bottom: PageScale.whole((self.scale.rowPlace(rect.bottom) * 2).rounded()))
    }

    /// The cells that a rectangle of the viewport covers whole.
    func wholeCells(_ rect: ViewRect) -> GridRect {
        let slack = 0.05
        return GridRect(
            left: PageScale.whole((self.scale.columnPlace(rect.x) - slack).rounded(.up)),
            top: PageScale.whole((self.scale.rowPlace(rect.y) - slack).rounded(.up)),
            right: PageScale.whole((self.scale.columnPlace(rect.right) + slack).rounded(.down)),
            bottom: PageScale.whole((self.scale.rowPlace(rect.bottom) + slack).rounded(.down)))
    }

    /// Whole rows round the row in which a control's or button's words stand, as many above as below, but inside the
    /// box that it stands in.
    func snappedRows(_ placed: PlacedItem) -> GridRect {
        var cells = self.cells(placed.rect)
        let row = self.scale.row(placed.rect.midY)
        let height = min(placed.rect.height / self.scale.cellHeight, Double(self.scale.size.rows))
        let rest = max(PageScale.whole(((height - 1) / 2).rounded()), 0)
        (cells.top, cells.bottom) = (row - rest, row + rest + 1)
        guard rest > 0, let frame = self.frames.last(where: { $0.rect.contains(placed.rect) }) else { return cells }
        let above = frame.border.top.isPainted && placed.rect.y - frame.rect.y >= Self.gapMin ? 1 : 0
        let below = frame.border.bottom.isPainted && frame.rect.bottom - placed.rect.bottom >= Self.gapMin ? 1 : 0
        cells.top = min(max(cells.top, frame.cells.top + above), row)
        cells.bottom = max(min(cells.bottom, frame.cells.bottom - below), row + 1)
        return cells
    }

    /// The same in half rows, for what has a ground and no border.
    func snappedHalves(_ rect: ViewRect) -> GridRect {
        var halves = self.halves(rect)
        let row = self.scale.row(rect.midY)
        let height = min(rect.height / self.scale.cellHeight, Double(self.scale.size.rows))
        let rest = PageScale.whole((height - 1).rounded())
        (halves.top, halves.bottom) = (row * 2 - max(rest, 0), row * 2 + 2 + max(rest, 0))
        return halves
    }

    /// A colour's alpha under a layer's opacity.
    static func alpha(_ colour: ViewColour, _ opacity: Double) -> UInt8 {
        UInt8(min(max((Double(colour.alpha) * opacity).rounded(), 0), 255))
    }
}
