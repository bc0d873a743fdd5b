import Terminal
import Wire

/// Keys and the mouse.
extension Model {
    private var place: KeyMap.Place {
        switch self.focus {
        case .queue: .queue
        case .session: .session
        }
    }

    mutating func keyPressed(_ stroke: Stroke) -> [Effect] {
        if let question = self.question {
            return self.answered(question, with: stroke)
        }
        if let page = self.helpPage {
            return self.turnHelp(from: page, with: stroke)
        }
        if let (tabs, chosen) = self.tabChoice {
            return self.chooseTab(tabs, chosen, with: stroke)
        }
        if let index = self.shownIndex, self.findTakes(stroke, at: index) {
            return []
        }
        let pending = self.pendingStroke
        self.pendingStroke = nil
        switch KeyMap.standard.match(stroke, after: pending, in: self.place) {
        case .command(let command): return self.perform(command)
        case .pending:
            self.pendingStroke = stroke
            return []
        case .nothing: return []
        }
    }

    /// `?` or Space turns to the next page of the help; any other key, or the last page's turn, closes it.
    private mutating func turnHelp(from page: Int, with stroke: Stroke) -> [Effect] {
        let turns = [.character("?"), .character(" "), Stroke(.help), Stroke(.pageDown)].contains(stroke)
        let next = page + 1
        self.helpPage = turns && next < HelpScreen.pageCount(of: self) ? next : nil
        return stroke == .control("c") ? self.perform(.interrupt) : []
    }

    /// `y`, or the key that asked, says yes; any other key says no.
    private mutating func answered(_ question: Question, with stroke: Stroke) -> [Effect] {
        self.question = nil
        switch question {
        case .leave(let session):
            guard stroke == .character("y") || stroke == .character("x") else { return [] }
            return self.leave(session)
        case .quit:
            let isYes = stroke == .character("y") || stroke == .character("q") || stroke == .control("c")
            return isYes ? self.leaveAll() + [.quit(.done)] : []
        }
    }

    /// A rep who quits on purpose gives the shoppers back at once, without the grace of a lost link.
    private func leaveAll() -> [Effect] {
        guard self.link.isReady else { return [] }
        return self.sessions.filter(\.isOpen).map { .send(.leave($0.id)) }
    }

    mutating func perform(_ command: Command) -> [Effect] {
        switch command {
        case .help: self.helpPage = 0
        case .quit: return self.quit()
        case .interrupt: return self.interrupt()
        case .redraw: return [.redraw]
        case .suspend: return [.suspend]
        case .showQueue: self.show(.queue)
        case .nextTab: self.cycle(by: 1)
        case .previousTab: self.cycle(by: -1)
        case .tab(let index): if self.sessions.indices.contains(index) { self.show(.session(index)) }
        case .moveDown, .moveUp, .moveFirst, .moveLast, .movePageDown, .movePageUp: self.moveSelection(command)
        case .accept: return self.queue.selectedRow.map { self.accept($0) } ?? []
        case .fit, .readable, .zoomIn, .zoomOut: self.zoom(command)
        case .panLeft, .panRight, .panUp, .panDown, .panPageUp, .panPageDown, .panTop, .panBottom: self.pan(command)
        case .lookInside: self.lookInsideNext()
        case .follow: self.toggleFollow()
        case .tabs: self.showTabs()
        case .finer: return self.askFiner(over: self.pointed)
        case .find, .findNext, .findPrevious: self.find(command)
        case .read: self.toggleReader()
        case .leave: return self.askToLeave()
        }
        return []
    }

    private mutating func quit() -> [Effect] {
        guard self.sessions.contains(where: \.isOpen) else { return [.quit(.done)] }
        self.question = .quit
        return []
    }

    /// The first Ctrl-C only warns: it must never drop a shopper by accident.
    private mutating func interrupt() -> [Effect] {
        if let before = self.interruptedAt, self.now.instant <= before + Self.interruptDuration {
            return [.quit(.done)]
        }
        self.interruptedAt = self.now.instant
        self.say("Press Ctrl-C again to quit.")
        return []
    }

    private mutating func moveSelection(_ command: Command) {
        let lines = QueueScreen.lines(in: self.size)
        let page = max(lines - 1, 1)
        switch command {
        case .moveDown: self.queue.move(by: 1)
        case .moveUp: self.queue.move(by: -1)
        case .moveFirst: self.queue.select(index: 0)
        case .movePageDown: self.queue.move(by: page)
        case .movePageUp: self.queue.move(by: -page)
        case .moveLast: self.queue.select(index: self.queue.rows.count - 1)
        case .help, .quit, .interrupt, .redraw, .suspend, .showQueue, .nextTab, .previousTab, .tab, .accept, .fit,
            .readable, .zoomIn, .zoomOut, .panLeft, .panRight, .panUp, .panDown, .panPageUp, .panPageDown, .panTop,
            .panBottom, .lookInside, .find, .findNext, .findPrevious, .read, .follow, .tabs, .finer, .leave:
            break
        }
        self.queue.keepSelectionVisible(lines: lines)
    }

    /// Shows a tab; its news is seen.
    mutating func show(_ focus: Focus) {
        self.focus = focus
        guard let index = self.shownIndex else { return }
        self.sessions[index].hasNews = false
    }

    /// The queue is the first of the tabs.
    private mutating func cycle(by step: Int) {
        let count = self.sessions.count + 1
        let place = ((self.shownIndex ?? -1) + 1 + step + count) % count
        self.show(place == 0 ? .queue : .session(place - 1))
    }

    private mutating func askToLeave() -> [Effect] {
        guard let index = self.shownIndex else { return [] }
        guard self.sessions[index].isOpen else {
            self.close(at: index)
            return []
        }
        self.question = .leave(self.sessions[index].id)
        return []
    }

    private mutating func leave(_ session: SessionID) -> [Effect] {
        guard let index = self.index(of: session) else { return [] }
        let isSeated = self.sessions[index].isOpen && self.link.isReady
        self.close(at: index)
        self.say("You left the session.")
        return isSeated ? [.send(.leave(session))] : []
    }

    /// Closes a tab; the one before it is shown.
    mutating func close(at index: Int) {
        self.sessions.remove(at: index)
        guard case .session(let shown) = self.focus, shown >= index else { return }
        self.show(self.sessions.isEmpty ? .queue : .session(max(shown - 1, 0)))
    }

    /// The wheel over a scroll container looks inside it, as far as it has more that way.
    mutating func wheelTurned(lines: Int, at position: Position) -> [Effect] {
        guard self.helpPage == nil, self.question == nil else { return [] }
        switch self.focus {
        case .queue:
            self.queue.move(by: lines.signum())
            self.queue.keepSelectionVisible(lines: QueueScreen.lines(in: self.size))
        case .session:
            if !self.lookInside(rows: lines, at: position) { self.panPage(columns: 0, rows: lines) }
        }
        return []
    }

    /// A click selects a tab or a row; it never accepts.
    mutating func clicked(_ position: Position) -> [Effect] {
        guard self.helpPage == nil, self.question == nil else { return [] }
        if position.row == 0 {
            let target = TabLine.targets(of: self, columns: self.size.columns)
                .first { $0.columns.contains(position.column) }
            if let target { self.show(target.focus) }
        } else if self.focus == .queue, let index = QueueScreen.rowIndex(at: position, of: self) {
            self.queue.select(index: index)
        } else {
            self.inspect(at: position)
        }
        return []
    }
}
