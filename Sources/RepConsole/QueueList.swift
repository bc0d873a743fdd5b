package import Wire

/// The queue as a list with a selected row that never jumps.
///
/// The selection is a session, not a place: when rows come and go, the list scrolls so that the selected row stays on
/// its line of the screen. A selected ticket that leaves the queue stays as a `gone` row, so that Enter can never
/// accept a ticket the rep did not mean.
package struct QueueList: Equatable, Sendable {
    /// Rows kept of one `queue` frame; a body of 64 KiB holds about 400 tickets.
    static let rowCountMax = 512

    package private(set) var rows: [QueueRow] = []
    package private(set) var selected: SessionID?
    /// The first row on the screen.
    package private(set) var top = 0

    package init() {}

    /// The selected row's place; nil when the queue is empty.
    package var selectedIndex: Int? { self.rows.firstIndex { $0.session == self.selected } }

    package var selectedRow: QueueRow? { self.selectedIndex.map { self.rows[$0] } }

    /// Shoppers who wait for a rep.
    package var waitingCount: Int { self.rows.count { $0.standing == .waiting } }

    /// Takes over the relay's list: the rep's own sessions first, otherwise in the order to serve.
    package mutating func replace(with fresh: [QueueRow]) {
        let kept = fresh.prefix(Self.rowCountMax)
        let line = (self.selectedIndex ?? 0) - self.top
        let ghost = self.departed(from: kept)
        self.rows = kept.filter { $0.standing == .mine } + kept.filter { $0.standing != .mine }
        if let ghost {
            self.rows.insert(ghost.row, at: min(ghost.index, self.rows.count))
        }
        guard let index = self.selectedIndex else {
            self.selected = self.rows.first?.session
            self.top = 0
            return
        }
        self.top = max(index - line, 0)
    }

    /// The selected row when it is no longer in `fresh`.
    private func departed(from fresh: ArraySlice<QueueRow>) -> (row: QueueRow, index: Int)? {
        guard let index = self.selectedIndex, !fresh.contains(where: { $0.session == self.selected }) else {
            return nil
        }
        var row = self.rows[index]
        // Its own session that is over is no surprise: nothing can be accepted by mistake there.
        guard row.standing != .mine else { return nil }
        row.standing = .gone
        return (row, index)
    }

    /// Moves the selection by `distance` rows, stopping at the ends; a gone row leaves the list.
    package mutating func move(by distance: Int) {
        guard let index = self.selectedIndex else { return }
        self.select(index: index + distance)
    }

    /// Selects the row at `index`, stopping at the ends; a gone row leaves the list.
    package mutating func select(index: Int) {
        guard !self.rows.isEmpty else { return }
        let bounded = min(max(index, 0), self.rows.count - 1)
        let target = self.rows[bounded].session
        if target != self.selected {
            self.rows.removeAll { $0.standing == .gone }
        }
        self.selected = self.rows.contains { $0.session == target } ? target : self.rows.first?.session
    }

    /// Scrolls no further than needed to have the selected row among `lines` lines and no blank lines below the last
    /// row.
    package mutating func keepSelectionVisible(lines: Int) {
        let count = max(lines, 1)
        guard let index = self.selectedIndex else {
            self.top = 0
            return
        }
        self.top = min(self.top, max(self.rows.count - count, 0))
        if index < self.top {
            self.top = index
        } else if index >= self.top + count {
            self.top = index - count + 1
        }
    }
}
