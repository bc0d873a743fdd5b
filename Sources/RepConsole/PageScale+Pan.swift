import PageView
import Terminal

/// Where the pane may lie over the shopper's viewport.
extension PageScale {
    /// The same scale, looking at another place.
    func looking(at origin: ViewPoint) -> PageScale {
        PageScale(cellWidth: self.cellWidth, cellHeight: self.cellHeight, origin: origin, size: self.size)
    }

    /// `pan` kept over a viewport, at whole cells, so that text does not swim while panning.
    func clamped(_ pan: ViewPoint, to viewport: ViewSize) -> ViewPoint {
        // A whole number of cells must stay the same number, whatever the division makes of its last bit.
        func place(_ wanted: Double, _ extent: Double, cells: Int, cell: Double) -> Double {
            let most = max(extent - Double(cells) * cell, 0)
            return (min(max(wanted, 0), most) / cell - 1e-6).rounded(.up) * cell
        }
        return ViewPoint(
            x: place(pan.x, viewport.width, cells: self.size.columns, cell: self.cellWidth),
            y: place(pan.y, viewport.height, cells: self.size.rows, cell: self.cellHeight))
    }

    /// `pan` moved just so far that `point` lies `margin` cells inside the pane.
    func pan(_ pan: ViewPoint, showing point: ViewPoint, margin: Int) -> ViewPoint {
        func moved(_ start: Double, _ place: Double, cells: Int, cell: Double) -> Double {
            let edge = Double(min(margin, (cells - 1) / 2)) * cell
            let last = start + Double(cells) * cell - edge - cell
            if place < start + edge { return place - edge }
            return place > last ? start + place - last : start
        }
        return ViewPoint(
            x: moved(pan.x, point.x, cells: self.size.columns, cell: self.cellWidth),
            y: moved(pan.y, point.y, cells: self.size.rows, cell: self.cellHeight))
    }
}
