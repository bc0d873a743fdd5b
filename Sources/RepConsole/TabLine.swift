import Terminal
import Wire

/// The top line: the queue and the open sessions as tabs, the link's health at the right.
enum TabLine {
    /// What a click on some columns shows.
    struct Target: Equatable {
        let columns: Range<Int>
        let focus: Model.Focus
    }

    /// The widest that one tab's title grows.
    private static let titleColumnsMax = 20

    static func draw(_ model: Model, into screen: inout Screen, theme: Theme) {
        var line = TextLine()
        for tab in self.tabs(of: model, columns: screen.columns) {
            let style =
                tab.isShown
                ? Style(foreground: theme.ground, background: theme.accent, attributes: .bold)
                : theme.style(tab.isUrgent ? theme.warning : theme.text)
            line.left.append(TextLine.Piece(tab.text, style))
            line.left.append(TextLine.Piece(" ", theme.style(theme.text)))
        }
        line.right = self.health(of: model, theme: theme, isNarrow: screen.columns < 60)
        line.draw(into: &screen, row: 0, background: theme.panel)
    }

    /// The columns of each tab as `draw` lays them out.
    static func targets(of model: Model, columns: Int) -> [Target] {
        var targets: [Target] = []
        var column = 1
        for tab in self.tabs(of: model, columns: columns) {
            let width = SafeText(tab.text).columns
            targets.append(Target(columns: column..<(column + width), focus: tab.focus))
            column += width + 1
        }
        return targets
    }

    private struct Tab {
        let text: String
        let focus: Model.Focus
        let isShown: Bool
        let isUrgent: Bool
    }

    private static func tabs(of model: Model, columns: Int) -> [Tab] {
        let room = max(columns - 30, 12) / max(model.sessions.count, 1) - 5
        let titleColumns = min(max(room, 4), self.titleColumnsMax)
        let waiting = model.queue.waitingCount
        let queue = Tab(
            text: " Queue \(waiting) ", focus: .queue, isShown: model.shownIndex == nil, isUrgent: waiting > 0)
        return [queue]
            + model.sessions.enumerated().map { index, session in
                let name = session.title.isEmpty ? Words.path(session.url) : session.title
                let title = SafeText(RightToLeft.line(name)).truncated(toColumns: titleColumns).string
                let isShown = model.shownIndex == index
                return Tab(
                    text: " \(index + 1) \(title)\(session.hasNews && !isShown ? " ●" : "") ",
                    focus: .session(index), isShown: isShown, isUrgent: session.isStale)
            }
    }

    /// The rep's name and the link in words, shape and colour.
    private static func health(of model: Model, theme: Theme, isNarrow: Bool) -> [TextLine.Piece] {
        let name = model.repName.isEmpty ? model.principal : model.repName
        let (mark, words, colour): (String, String, Colour) =
            switch model.link {
            case .dialling: ("◐", "connecting", theme.warning)
            case .loggingIn: ("◐", "logging in", theme.warning)
            case .ready: ("●", self.readyWords(model), theme.good)
            case .pausing(let until, _):
                (
                    "○", "back in \(Words.age(until.duration(since: model.now.instant) + .milliseconds(999)))",
                    theme.error
                )
            case .refused: ("○", "no link", theme.error)
            }
        let who = isNarrow ? "" : name + " "
        return [
            TextLine.Piece(who, theme.style(theme.muted)),
            TextLine.Piece("\(mark) \(words)", theme.style(colour)),
        ]
    }

    /// `live 12 ms` where the clocks of both ends agree well enough to say so.
    private static func readyWords(_ model: Model) -> String {
        guard let session = model.shown, session.presence == .live, let delay = session.delay else { return "linked" }
        let believable: ClosedRange<Int64> = 0...60_000_000
        return believable.contains(delay) ? "live \(Words.delay(microseconds: delay))" : "live"
    }
}
