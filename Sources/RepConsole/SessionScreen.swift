import PageView
import Terminal
import Wire

/// One session: where the shopper is, and the page as the shopper sees it.
enum SessionScreen {
    /// Lines above the page: tabs, address.
    private static let headLines = 2
    /// Lines below it: status, hints.
    private static let footLines = 2

    /// Columns that an address needs to be recognised.
    private static let addressColumnsMin = 30

    /// Where the page is drawn in a window.
    static func pane(in size: ScreenSize) -> Rectangle {
        Rectangle(
            column: 0, row: self.headLines, columns: size.columns,
            rows: max(size.rows - self.headLines - self.footLines, 1))
    }

    static func draw(_ model: Model, index: Int, into screen: inout Screen, theme: Theme, memo: inout PageMemo) {
        let pane = self.pane(in: screen.size)
        self.drawPage(model, index: index, into: &screen, pane: pane, theme: theme, memo: &memo)
        if let (tabs, chosen) = model.tabChoice {
            TabChooser.draw(tabs, chosen: chosen, into: &screen, pane: pane, theme: theme)
        }
    }

    private static func drawPage(
        _ model: Model, index: Int, into screen: inout Screen, pane: Rectangle, theme: Theme, memo: inout PageMemo
    ) {
        let session = model.sessions[index]
        guard let view = session.shownView, let scale = session.scale else {
            self.drawFacts(model, index: index, into: &screen, theme: theme)
            self.drawWaiting(session, into: &screen, pane: pane, theme: theme)
            return
        }
        if let top = session.readerTop {
            self.drawFacts(model, index: index, into: &screen, theme: theme)
            let lines = memo.lines(view, of: session, columns: pane.columns)
            ReaderScreen.draw(lines, from: top, into: &screen, pane: pane, theme: theme)
            return
        }
        screen = memo.screen(view, of: session, scale: scale, size: screen.size, pane: pane)
        self.drawFacts(model, index: index, into: &screen, theme: theme)
        if let inspected = session.inspected {
            inspected.draw(on: &screen, view: view, scale: scale, pane: pane)
        }
        if let find = session.find {
            FindMarks(find: find, scale: scale, pane: pane, theme: theme).draw(on: &screen)
        }
        if scale.extent == .page {
            ElsewhereMarks(view: view, scale: scale, pane: pane).draw(on: &screen)
        }
        if !session.inside.isEmpty || session.insideLayer != nil {
            InsideMarks(session: session, view: view, scale: scale, pane: pane).draw(on: &screen)
        }
        if session.isStale {
            screen.add(.dim, to: pane)
            screen.tint(pane, with: theme.ground, alpha: 150)
        } else {
            let label = session.cursor.flatMap { PointedAt.label(for: $0.point, in: session.view ?? view) }
            PageOverlay(cursor: session.cursor?.point, name: label, press: session.press?.point)
                .draw(on: &screen, pane: pane, scale: scale)
        }
    }

    /// Address, viewport, zoom and follow.
    private static func drawFacts(_ model: Model, index: Int, into screen: inout Screen, theme: Theme) {
        let session = model.sessions[index]
        var line = TextLine()
        line.left = [TextLine.Piece(Words.address(session.url), theme.style(theme.text))]
        var facts: [String] = []
        if let count = session.view?.page.tabs.count, count > 0 {
            facts.append("\(Words.count(count, "other tab")), t lists")
        }
        if let view = session.view {
            facts.append("\(Int(view.viewport.width))×\(Int(view.viewport.height))")
        }
        if session.readerTop != nil {
            facts.append("reader")
        } else if let scale = session.scale {
            facts.append(self.zoomWords(session.zoom, scale))
        }
        let isInside = !session.inside.isEmpty || session.insideLayer != nil
        facts.append(
            isInside ? "looking inside, F follows" : session.isFollowing ? "follow on" : "looking round, F follows")
        // The address is what a rep looks for first: facts make room for it, the least needed first.
        while facts.count > 1, facts.reduce(0, { $0 + $1.count + 2 }) + self.addressColumnsMin > screen.columns {
            facts.removeFirst()
        }
        line.right = [
            TextLine.Piece(
                facts.joined(separator: "  "),
                theme.style(session.isFollowing && !isInside ? theme.muted : theme.warning))
        ]
        line.draw(into: &screen, row: 1, background: theme.panel)
    }

    private static func zoomWords(_ zoom: Zoom, _ scale: PageScale) -> String {
        let tenths = Int((scale.cellWidth * 10).rounded())
        let px = tenths % 10 == 0 ? "\(tenths / 10) px" : "\(tenths / 10).\(tenths % 10) px"
        return switch zoom {
        case .fit: "fit \(px)"
        case .readable: "readable \(px)"
        case .cell: px
        }
    }

    private static func drawWaiting(
        _ session: OpenSession, into screen: inout Screen, pane: Rectangle, theme: Theme
    ) {
        let words =
            switch session.presence {
            case .joining: "Joining the session …"
            case .live: "Waiting for the shopper's page …"
            case .away: "The shopper is away; the page appears when they are back."
            case .unlinked: "There is no link to the relay; the session is joined again when there is."
            case .searching: "The relay was restarted; the session goes on when the shopper's page comes back."
            case .ended(let why): why
            }
        screen.put(
            SafeText(words).truncated(toColumns: pane.columns - 4), column: 2, row: pane.row + 1,
            style: theme.style(theme.muted))
    }
}
