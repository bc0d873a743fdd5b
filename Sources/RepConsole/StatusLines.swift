import Terminal
import Wire

/// The last two lines: what is going on, and which keys help now.
enum StatusLines {
    /// `lost`: lines of the shown page that had no room.
    static func draw(_ model: Model, lost: [LostLines], into screen: inout Screen, theme: Theme) {
        var status = TextLine()
        status.left = self.status(of: model, theme: theme)
        if model.question == nil, let words = self.pointed(model, lost: lost) {
            status.right = [TextLine.Piece(words, theme.style(theme.text))]
        }
        status.draw(into: &screen, row: screen.rows - 2, background: theme.panel)
        self.drawHints(model, into: &screen, theme: theme)
    }

    private static func status(of model: Model, theme: Theme) -> [TextLine.Piece] {
        if let question = model.question {
            return [TextLine.Piece(self.words(question, model), theme.style(theme.warning, .bold))]
        }
        if let find = model.shown?.find {
            return self.pieces(of: find, theme: theme)
        }
        var pieces = self.standing(of: model, theme: theme)
        if let notice = model.notice {
            if !pieces.isEmpty { pieces.append(TextLine.Piece("  ", theme.style(theme.muted))) }
            pieces.append(
                TextLine.Piece(notice.text, theme.style(notice.isWarning ? theme.warning : theme.text)))
        }
        return pieces
    }

    private static func pieces(of find: PageFind, theme: Theme) -> [TextLine.Piece] {
        let count =
            find.words.isEmpty
            ? "type what to find" : find.matches.isEmpty ? "nowhere" : "\(find.index + 1) of \(find.matches.count)"
        let keys = find.isTyping ? "Enter done · Esc ends" : "n next · N before · Esc ends"
        return [
            TextLine.Piece("/" + find.words + (find.isTyping ? "▏" : ""), theme.style(theme.accent, .bold)),
            TextLine.Piece("  \(count)  ", theme.style(find.matches.isEmpty ? theme.warning : theme.text)),
            TextLine.Piece(keys, theme.style(theme.muted)),
        ]
    }

    /// What the rep clicked on or points at, what a live shopper points at, else where the shopper types.
    private static func pointed(_ model: Model, lost: [LostLines]) -> String? {
        guard let session = model.shown, !session.isStale, let view = session.view else { return nil }
        if let words = session.inspected?.words(in: session.shownView ?? view) { return "Here: " + words }
        if let words = model.hoverWords(lost: lost) { return words }
        if let point = session.cursor?.point, let words = PointedAt.words(for: point, in: view) {
            return "Cursor on " + words
        }
        return PointedAt.focus(in: view).map { "Typing in " + $0 }
    }

    private static func words(_ question: Model.Question, _ model: Model) -> String {
        switch question {
        case .leave: return "Leave this session? The shopper goes back to the queue.  y yes · any other key no"
        case .quit:
            let open = Words.count(model.sessions.count(where: \.isOpen), "session")
            return "Quit with \(open) open?  y yes · any other key no"
        }
    }

    /// What is true for as long as it is: the link's trouble first, then the shown session's.
    private static func standing(of model: Model, theme: Theme) -> [TextLine.Piece] {
        var pieces: [TextLine.Piece] = []
        switch model.link {
        case .dialling, .loggingIn:
            pieces.append(TextLine.Piece("Connecting to the relay …", theme.style(theme.warning)))
        case .pausing(_, let why): pieces.append(TextLine.Piece(why + " Coming back …", theme.style(theme.error)))
        case .refused(let why): pieces.append(TextLine.Piece(why, theme.style(theme.error, .bold)))
        case .ready: break
        }
        guard let session = model.shown else { return pieces }
        if !pieces.isEmpty { pieces.append(TextLine.Piece("  ", theme.style(theme.muted))) }
        pieces.append(self.presence(of: session, at: model.now.instant, theme: theme))
        if let receipt = session.receipt, !session.isOpen {
            pieces.append(TextLine.Piece("  Receipt: " + receipt, theme.style(theme.text)))
        }
        return pieces
    }

    private static func presence(of session: OpenSession, at now: Instant, theme: Theme) -> TextLine.Piece {
        func seen(_ since: Instant) -> String { "last seen \(Words.age(now.duration(since: since))) ago" }
        return switch session.presence {
        case .joining: TextLine.Piece("Joining …", theme.style(theme.warning))
        case .live where session.isUnrecorded:
            TextLine.Piece("Watching, not on record: the relay's audit log has failed", theme.style(theme.warning))
        case .live:
            session.view == nil
                ? TextLine.Piece("Waiting for the page …", theme.style(theme.warning))
                : TextLine.Piece("Watching: view only, typed values stay hidden", theme.style(theme.muted))
        case .away(let since): TextLine.Piece("The shopper is away · \(seen(since))", theme.style(theme.warning))
        case .unlinked(let since): TextLine.Piece(seen(since), theme.style(theme.error))
        case .searching(let since):
            TextLine.Piece("The relay was restarted · \(seen(since))", theme.style(theme.warning))
        case .ended(let why): TextLine.Piece("\(why)  x closes this tab", theme.style(theme.warning))
        }
    }

    private static func drawHints(_ model: Model, into screen: inout Screen, theme: Theme) {
        var line = TextLine()
        let place: KeyMap.Place = model.shownIndex == nil ? .queue : .session
        var room = screen.columns - 2
        for binding in KeyMap.standard.hints(in: place) {
            guard let hint = binding.hint, let sequence = binding.keys.first else { continue }
            let key = sequence.map(\.name).joined()
            let width = SafeText(key).columns + SafeText(hint).columns + 3
            guard width <= room else { continue }
            room -= width
            line.left.append(TextLine.Piece(key, theme.style(theme.accent, .bold)))
            line.left.append(TextLine.Piece(" " + hint + "  ", theme.style(theme.muted)))
        }
        line.draw(into: &screen, row: screen.rows - 1, background: theme.ground)
    }
}
