import Wire

extension Model {
    /// Takes in one fact and returns what is to be done about it.
    package mutating func update(_ message: Message, at now: Moment) -> [Effect] {
        self.now = now
        let effects = self.effects(of: message)
        return effects + self.looksDue()
    }

    private mutating func effects(of message: Message) -> [Effect] {
        switch message {
        case .tick: return self.timePassed()
        case .key(let stroke):
            self.pointed = self.hover ?? self.pointed
            self.hover = nil
            return self.keyPressed(stroke)
        case .wheel(let lines, let position): return self.wheelTurned(lines: lines, at: position)
        case .click(let position): return self.clicked(position)
        case .hover(let position):
            self.hovered(position)
            return []
        case .focused(let hasFocus):
            self.hasFocus = hasFocus
            return []
        case .resized(let size):
            self.size = size
            self.pointed = nil
            for index in self.sessions.indices { self.rescale(at: index) }
            self.queue.keepSelectionVisible(lines: QueueScreen.lines(in: size))
            return []
        case .linkOpened:
            self.link = .loggingIn
            return []
        case .dialFailed(let why, let entropy): return self.dialFailed(why: why, entropy: entropy)
        case .linkClosed(let code, let entropy): return self.linkClosed(code: code, entropy: entropy)
        case .signed(let login): return self.link == .loggingIn ? [.send(.login(login))] : []
        case .signingFailed(let why): return [.quit(.loginNeeded(why: why))]
        case .control(let arrival): return self.controlArrived(arrival)
        case .page(let arrival): return self.pageArrived(arrival)
        case .cursor(let number, let captureTime, let point):
            self.cursorArrived(number: number, captureTime: captureTime, point: point)
            return []
        }
    }

    private mutating func timePassed() -> [Effect] {
        self.lastTickAt = self.now.instant
        if let notice = self.notice, notice.until <= self.now.instant {
            self.notice = nil
        }
        for index in self.sessions.indices {
            guard let press = self.sessions[index].press else { continue }
            if press.at + SessionMarks.pressDuration <= self.now.instant {
                self.sessions[index].press = nil
            }
        }
        if case .pausing(let until, _) = self.link, until <= self.now.instant {
            self.link = .dialling
        }
        return self.link.isReady ? self.resyncsDue() : []
    }
}
