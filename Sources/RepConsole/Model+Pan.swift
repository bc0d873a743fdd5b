import PageView
import Terminal

/// How the page lies under the pane.
extension Model {
    /// Cells kept between the shopper's cursor and the pane's edge while following.
    private static let followMargin = 3

    /// Makes the scale anew after the view, the zoom or the window changed; the place looked at stays.
    mutating func rescale(at index: Int) {
        guard let view = self.sessions[index].view else { return }
        let pane = SessionScreen.pane(in: self.size)
        let scale = PageScale(
            zoom: self.sessions[index].zoom, view: view, size: ScreenSize(columns: pane.columns, rows: pane.rows),
            extent: self.sessions[index].isFollowing ? .viewport : .page)
        let origin = self.sessions[index].scale?.origin ?? ViewPoint(x: 0, y: 0)
        self.sessions[index].scale = scale.looking(at: scale.clamped(origin, to: scale.bounds(in: view)))
    }

    mutating func zoom(_ command: Command) {
        guard let index = self.shownIndex, let scale = self.sessions[index].scale else { return }
        switch command {
        case .fit: self.sessions[index].zoom = .fit
        case .zoomIn: self.sessions[index].zoom = .stepped(scale.cellWidth / Zoom.step)
        case .zoomOut: self.sessions[index].zoom = .stepped(scale.cellWidth * Zoom.step)
        case .readable, .help, .quit, .interrupt, .redraw, .suspend, .showQueue, .nextTab, .previousTab, .tab,
            .moveDown, .moveUp, .moveFirst, .moveLast, .movePageDown, .movePageUp, .accept, .panLeft, .panRight, .panUp,
            .panDown, .panPageUp, .panPageDown, .panTop, .panBottom, .lookInside, .find, .findNext, .findPrevious,
            .read, .follow, .tabs, .finer, .leave:
            self.sessions[index].zoom = .readable
        }
        self.rescale(at: index)
        self.followCursor(at: index)
    }

    mutating func pan(_ command: Command) {
        let pane = SessionScreen.pane(in: self.size)
        let far = 1_000_000
        switch command {
        case .panLeft: self.pan(columns: -8, rows: 0)
        case .panRight: self.pan(columns: 8, rows: 0)
        case .panUp: self.pan(columns: 0, rows: -3)
        case .panDown: self.pan(columns: 0, rows: 3)
        case .panPageUp: self.pan(columns: 0, rows: -max(pane.rows - 2, 1))
        case .panPageDown: self.pan(columns: 0, rows: max(pane.rows - 2, 1))
        case .panTop: self.pan(columns: 0, rows: -far)
        case .panBottom: self.pan(columns: 0, rows: far)
        case .help, .quit, .interrupt, .redraw, .suspend, .showQueue, .nextTab, .previousTab, .tab, .moveDown, .moveUp,
            .moveFirst, .moveLast, .movePageDown, .movePageUp, .accept, .fit, .readable, .zoomIn, .zoomOut, .lookInside,
            .find, .findNext, .findPrevious, .read, .follow, .tabs, .finer, .leave:
            break
        }
    }

    /// Moves by cells what the keys look round in: the chosen scroll container, else the page.
    private mutating func pan(columns: Int, rows: Int) {
        if let index = self.shownIndex, self.sessions[index].readerTop == nil,
            self.panInside(columns: columns, rows: rows, at: index)
        {
            return
        }
        self.panPage(columns: columns, rows: rows)
    }

    /// Moves the pane over the page by cells, past the shopper's viewport too. Looking elsewhere ends following.
    mutating func panPage(columns: Int, rows: Int) {
        guard let index = self.shownIndex, let scale = self.sessions[index].scale else { return }
        if let top = self.sessions[index].readerTop {
            self.sessions[index].readerTop = min(max(top + rows, 0), ReaderScreen.lineCountMax)
            return
        }
        let wanted = ViewPoint(
            x: scale.origin.x + Double(columns) * scale.cellWidth, y: scale.origin.y + Double(rows) * scale.cellHeight)
        self.lookFreely(at: wanted, index: index)
    }

    /// Looks at a place of the whole page, which ends following; nothing changes where the pane is there already.
    mutating func lookFreely(at origin: ViewPoint, index: Int) {
        guard let scale = self.sessions[index].scale else { return }
        self.sessions[index].scale = scale.showing(.page)
        if self.look(at: origin, index: index) {
            self.sessions[index].isFollowing = false
        } else {
            self.sessions[index].scale = scale
        }
    }

    mutating func toggleFollow() {
        guard let index = self.shownIndex else { return }
        if self.leaveInside(at: index), self.sessions[index].isFollowing { return }
        self.sessions[index].isFollowing.toggle()
        self.rescale(at: index)
        self.followCursor(at: index)
    }

    /// Moves the pane just so far that the shopper's cursor is in it.
    mutating func followCursor(at index: Int) {
        guard self.sessions[index].isFollowing, let point = self.sessions[index].cursor?.point,
            let scale = self.sessions[index].scale
        else { return }
        _ = self.look(at: scale.pan(scale.origin, showing: point, margin: Self.followMargin), index: index)
    }

    /// Moves the pane to a place of the page, or as near as there is page. Returns whether it moved.
    mutating func look(at origin: ViewPoint, index: Int) -> Bool {
        guard let view = self.sessions[index].view, let scale = self.sessions[index].scale else { return false }
        let place = scale.clamped(origin, to: scale.bounds(in: view))
        guard place != scale.origin else { return false }
        self.sessions[index].scale = scale.looking(at: place)
        return true
    }
}
