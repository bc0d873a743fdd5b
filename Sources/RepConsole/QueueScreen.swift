import Terminal
import Wire

/// The queue: one ticket a line, what is known of the selected one below.
enum QueueScreen {
    /// Lines above the list: tabs, summary, column heads.
    private static let headLines = 3
    /// Lines below it: three of detail, status, hints.
    private static let footLines = 5

    /// How many tickets a window shows.
    static func lines(in size: ScreenSize) -> Int {
        max(size.rows - self.headLines - self.footLines, 1)
    }

    /// The ticket on a cell.
    static func rowIndex(at position: Position, of model: Model) -> Int? {
        let index = model.queue.top + position.row - self.headLines
        let isInList = (self.headLines..<(self.headLines + self.lines(in: model.size))).contains(position.row)
        return isInList && model.queue.rows.indices.contains(index) ? index : nil
    }

    static func draw(_ model: Model, into screen: inout Screen, theme: Theme) {
        let columns = Columns(width: screen.columns)
        self.drawSummary(model, into: &screen, theme: theme)
        columns.drawHeads(into: &screen, row: 2, theme: theme)
        let lines = self.lines(in: screen.size)
        for line in 0..<lines {
            let index = model.queue.top + line
            guard model.queue.rows.indices.contains(index) else { break }
            let row = model.queue.rows[index]
            let isSelected = row.session == model.queue.selected
            self.draw(
                row, columns, isSelected: isSelected, model, into: &screen, at: self.headLines + line, theme: theme)
        }
        if model.queue.rows.isEmpty {
            self.drawEmpty(model, into: &screen, theme: theme)
        }
        self.drawDetail(model, into: &screen, theme: theme)
    }

    private static func drawSummary(_ model: Model, into screen: inout Screen, theme: Theme) {
        let rows = model.queue.rows
        let waiting = rows.filter { $0.standing == .waiting }
        let longest = waiting.map { $0.waitedSeconds(at: model.now.instant) }.max() ?? 0
        var words = "\(waiting.count) waiting"
        if !waiting.isEmpty { words += " · longest \(Words.clock(seconds: longest))" }
        let served = rows.count { $0.standing == .live || $0.standing == .mine }
        if served > 0 { words += " · \(served) with reps" }
        var line = TextLine()
        line.left = [TextLine.Piece(words, theme.style(theme.muted))]
        let lines = self.lines(in: screen.size)
        let above = model.queue.top
        let below = max(rows.count - above - lines, 0)
        let more = [above > 0 ? "\(above) above ↑" : nil, below > 0 ? "\(below) below ↓" : nil].compactMap { $0 }
        line.right = [TextLine.Piece(more.joined(separator: "  "), theme.style(theme.warning))]
        line.draw(into: &screen, row: 1, background: theme.ground)
    }

    private static func drawEmpty(_ model: Model, into screen: inout Screen, theme: Theme) {
        let words =
            switch model.link {
            case .ready: "Nobody is waiting. Tickets appear here as shoppers ask for help."
            case .dialling, .loggingIn: "Connecting to \(model.relay) …"
            case .pausing(_, let why), .refused(let why): why
            }
        screen.put(
            SafeText(words).truncated(toColumns: screen.columns - 4), column: 2, row: self.headLines + 1,
            style: theme.style(theme.muted))
    }

    private static func draw(
        _ row: QueueRow, _ columns: Columns, isSelected: Bool, _ model: Model, into screen: inout Screen, at line: Int,
        theme: Theme
    ) {
        if isSelected {
            let area = Rectangle(column: 0, row: line, columns: screen.columns, rows: 1)
            screen.fill(area, with: Colour(rgb: 0x26324A, role: .blue))
            // The bar says "selected" where there is no colour.
            screen.put("▌", column: 0, row: line, style: theme.style(theme.accent, .bold))
        }
        let (standing, colour) = self.standing(row, model, theme: theme)
        let ink = row.standing == .gone ? theme.style(theme.muted, .strike) : theme.style(theme.text)
        columns.put(
            Words.clock(seconds: row.waitedSeconds(at: model.now.instant)), in: columns.waits, line, &screen,
            theme.style(row.standing == .waiting ? theme.warning : theme.muted), alignsRight: true)
        columns.put(standing, in: columns.state, line, &screen, theme.style(colour))
        columns.put(self.where(row), in: columns.page, line, &screen, ink)
        columns.put(row.reason, in: columns.why, line, &screen, ink)
        columns.put(row.language, in: columns.language, line, &screen, theme.style(theme.muted))
        columns.put(row.reps.joined(separator: ", "), in: columns.reps, line, &screen, theme.style(theme.muted))
    }

    private static func `where`(_ row: QueueRow) -> String {
        row.title.isEmpty ? Words.path(row.url) : "\(RightToLeft.line(row.title)) · \(Words.path(row.url))"
    }

    private static func standing(_ row: QueueRow, _ model: Model, theme: Theme) -> (String, Colour) {
        switch row.standing {
        case .waiting: ("waiting", theme.warning)
        case .mine:
            model.index(of: row.session) == nil ? ("yours", theme.accent) : ("open", theme.good)
        case .live: ("live", theme.good)
        case .away: ("away", theme.muted)
        case .gone: ("gone", theme.muted)
        }
    }

    /// Three lines on the selected ticket, where nothing is cut for want of a column.
    private static func drawDetail(_ model: Model, into screen: inout Screen, theme: Theme) {
        let top = screen.rows - self.footLines
        screen.fill(Rectangle(column: 0, row: top, columns: screen.columns, rows: 3), with: theme.panel)
        guard let row = model.queue.selectedRow else { return }
        let facts = [
            row.site, row.language, row.reps.isEmpty ? "no rep yet" : "with " + row.reps.joined(separator: ", "),
        ]
        let lines = [
            (row.reason.isEmpty ? "asked for help" : row.reason, theme.style(theme.text, .bold)),
            (
                Words.address(row.url) + (row.title.isEmpty ? "" : " · " + RightToLeft.line(row.title)),
                theme.style(theme.text)
            ),
            (facts.filter { !$0.isEmpty }.joined(separator: " · "), theme.style(theme.muted)),
        ]
        for (offset, line) in lines.enumerated() {
            screen.put(
                SafeText(line.0).truncated(toColumns: screen.columns - 2), column: 1, row: top + offset, style: line.1)
        }
    }
}
