package import PageView
package import Terminal

/// What a pane may show.
package enum PageExtent: Equatable, Sendable {
    /// What the shopper sees.
    case viewport
    /// All of the page that was sent: the rep looks round it.
    case page
}

/// How px of the shopper's viewport and cells of the rep's page pane answer to each other.
package struct PageScale: Equatable, Sendable {
    /// Cell widths of the readable zoom, in px: below 6 text of 12 px no longer fits, above 9 half a page is out of
    /// sight.
    package static let readableCellWidths: ClosedRange<Double> = 6...9
    /// A row may be this much lower or higher than two cell widths where that shows the viewport whole.
    static let rowStretches: ClosedRange<Double> = 0.8...1.3

    /// How much wider a cell may be than half the font size for the viewport's whole width to be in the pane.
    static let coarserMax = 1.15

    /// In px; both above 0.
    package let cellWidth: Double
    package let cellHeight: Double
    /// The viewport place shown at the pane's top left.
    package let origin: ViewPoint
    package let size: ScreenSize
    package let extent: PageExtent

    /// The scale that `zoom` means for `view` in a pane of `size` cells, panned by `pan` px.
    package init(
        zoom: Zoom, view: View, pan: ViewPoint = ViewPoint(x: 0, y: 0), size: ScreenSize,
        extent: PageExtent = .viewport
    ) {
        let viewport = ViewSize(width: max(view.viewport.width, 1), height: max(view.viewport.height, 1))
        let width: Double
        switch zoom {
        case .fit: width = viewport.width / Double(size.columns)
        case .readable: width = Self.readableWidth(view, viewport, size)
        case .cell(let cell): width = cell
        }
        let cell = min(max(width, 1), 1000)
        let fitting = viewport.height / Double(size.rows)
        let isNear = zoom.mayStretch && Self.rowStretches.contains(fitting / (cell * 2))
        self.init(
            cellWidth: cell, cellHeight: isNear ? fitting : cell * 2, origin: pan, size: size,
            extent: extent)
    }

    /// A scale given outright.
    package init(
        cellWidth: Double, cellHeight: Double, origin: ViewPoint, size: ScreenSize, extent: PageExtent = .viewport
    ) {
        self.cellWidth = max(cellWidth, 0.1)
        self.cellHeight = max(cellHeight, 0.1)
        self.origin = origin
        self.size = size
        self.extent = extent
    }

    /// Half of the common font size; or the whole width of the viewport in the pane, where that is hardly coarser.
    /// Spare columns are used up: smaller cells leave more room for small print.
    private static func readableWidth(_ view: View, _ viewport: ViewSize, _ size: ScreenSize) -> Double {
        let range = Self.readableCellWidths
        let natural = min(max(view.commonTextSize / 2, range.lowerBound), range.upperBound)
        let fitting = viewport.width / Double(size.columns)
        return fitting <= natural * Self.coarserMax ? max(fitting, range.lowerBound) : natural
    }

    /// The part of the viewport's px plane that the pane shows.
    package var region: ViewRect {
        ViewRect(
            x: self.origin.x, y: self.origin.y, width: Double(self.size.columns) * self.cellWidth,
            height: Double(self.size.rows) * self.cellHeight)
    }

    /// The cell that shows `point` of the viewport; nil outside the pane.
    package func cell(at point: ViewPoint) -> Position? {
        guard self.region.contains(point) else { return nil }
        return Position(
            column: min(Self.whole(self.columnPlace(point.x).rounded(.down)), self.size.columns - 1),
            row: min(Self.whole(self.rowPlace(point.y).rounded(.down)), self.size.rows - 1))
    }

    /// The viewport px in the middle of a cell.
    package func point(at cell: Position) -> ViewPoint {
        ViewPoint(
            x: self.origin.x + (Double(cell.column) + 0.5) * self.cellWidth,
            y: self.origin.y + (Double(cell.row) + 0.5) * self.cellHeight)
    }

    /// The viewport x of a place in cells from the pane's left edge.
    func x(column: Double) -> Double { self.origin.x + column * self.cellWidth }

    /// The viewport y of a place in rows from the pane's top edge.
    func y(row: Double) -> Double { self.origin.y + row * self.cellHeight }

    /// A viewport x in cells from the pane's left edge, with its fraction.
    func columnPlace(_ x: Double) -> Double { (x - self.origin.x) / self.cellWidth }

    /// A viewport y in rows from the pane's top edge, with its fraction.
    func rowPlace(_ y: Double) -> Double { (y - self.origin.y) / self.cellHeight }

    /// The column border nearest to a viewport x.
    func column(_ x: Double) -> Int { Self.whole(self.columnPlace(x).rounded()) }

    /// The row that a viewport y is in.
    func row(_ y: Double) -> Int { Self.whole(self.rowPlace(y).rounded(.down)) }

    /// A whole number, brought into a range where sums cannot overflow: peers choose the coordinates.
    static func whole(_ value: Double) -> Int { Int(min(max(value, -1_000_000), 1_000_000)) }
}

extension Zoom {
    /// Whether rows may be a little higher or lower than twice the cell width, to show the viewport whole.
    fileprivate var mayStretch: Bool {
        switch self {
        case .fit, .readable: true
        case .cell: false
        }
    }
}
