import PageView
import Terminal

/// Where the pane may lie over the shopper's viewport.
extension PageScale {
    /// The same scale, looking at another place.
    func looking(at origin: ViewPoint) -> PageScale {
        PageScale(
            cellWidth: self.cellWidth, cellHeight: self.cellHeight, origin: origin, size: self.size,
            extent: self.extent)
    }

    /// The same scale and place, over more of the page or less.
    func showing(_ extent: PageExtent) -> PageScale {
        PageScale(
            cellWidth: self.cellWidth, cellHeight: self.cellHeight, origin: self.origin, size: self.size,
            extent: extent)
    }

    /// What of `view` the pane may lie over, in px of the viewport.
    func bounds(in view: View) -> ViewRect {
        switch self.extent {
        case .viewport: view.viewportRect
        case .page: view.documentRect
        }
    }

    /// `pan` kept over `bounds`, whole cells from their start, so that text does not swim while panning.
    func clamped(_ pan: ViewPoint, to bounds: ViewRect) -> ViewPoint {
        // A whole number of cells must stay the same number, whatever the division makes of its last bit.
        func place(_ wanted: Double, from start: Double, _ extent: Double, cells: Int, cell: Double) -> Double {
            let most = max(extent - Double(cells) * cell, 0)
            return start + (min(max(wanted - start, 0), most) / cell - 1e-6).rounded(.up) * cell
        }
        return ViewPoint(
            x: place(pan.x, from: bounds.x, bounds.width, cells: self.size.columns, cell: self.cellWidth),
            y: place(pan.y, from: bounds.y, bounds.height, cells: self.size.rows, cell: self.cellHeight))
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
