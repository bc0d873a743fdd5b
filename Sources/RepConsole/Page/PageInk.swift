import PageView
import Terminal

/// A border, or a line that a thin box paints: the sides of a rectangle of cells.
struct PageEdges {
    var cells: GridRect
    /// Cells outside are left alone: the clip of the page.
    var clip: GridRect
    var border: ViewBorder
    var opacity: Double
    var order: Int
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

/// All that one paint collects while it walks the items in paint order, before any ink has a place.
struct PageInk {
    /// Translucent boxes that change the colour of earlier ink; more than a few on one screen is decoration.
    static let washCountMax = 64

    let scale: PageScale
    let theme: PageTheme
    var planes: PagePlanes
    var runs: [PageRun] = []
    var edges: [PageEdges] = []
    var hatches: [PageHatch] = []
    var washes: [PageWash] = []
    /// Check boxes and radio buttons: they share the row of the words beside them.
    var marks: [(block: Int, rect: ViewRect, run: Int)] = []
    /// Text lines wait until all boxes are known: only then is it known which words are hidden.
    var lines: [(placed: PlacedItem, text: ViewText, order: Int, button: GridRect?)] = []

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

    /// Whole rows round the row in which a control's or button's words stand.
    func snappedRows(_ rect: ViewRect) -> GridRect {
        var cells = self.cells(rect)
        let row = self.scale.row(rect.midY)
        cells.top = min(cells.top, row)
        cells.bottom = max(cells.bottom, row + 1)
        if rect.height < self.scale.cellHeight * 1.9 {
            (cells.top, cells.bottom) = (row, row + 1)
        }
        return cells
    }

    /// A colour's alpha under a layer's opacity.
    static func alpha(_ colour: ViewColour, _ opacity: Double) -> UInt8 {
        UInt8(min(max((Double(colour.alpha) * opacity).rounded(), 0), 255))
    }
}
