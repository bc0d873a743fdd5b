import Wire

/// Tickets come and go, and are accepted.
extension Model {
    mutating func queueArrived(_ queue: Queue) -> [Effect] {
        let known = Set(self.queue.rows.map(\.session))
        let rows = queue.tickets.map { self.row($0) }
        self.queue.replace(with: rows)
        self.queue.keepSelectionVisible(lines: QueueScreen.lines(in: self.size))
        var effects = self.continuations(in: rows)
        if let next = self.nextToAccept(in: rows) {
            effects += self.accept(next)
        }
        let isNews = rows.contains { $0.standing == .waiting && !known.contains($0.session) }
        return isNews && !self.hasFocus ? effects + [.bell] : effects
    }

    private func row(_ entry: QueueEntry) -> QueueRow {
        let isHeld = entry.mine || self.index(of: entry.session) != nil
        return QueueRow(
            session: entry.session, site: entry.site, standing: isHeld ? .mine : QueueRow.Standing(entry.state),
            waited: Int(entry.waited), toldAt: self.now.instant,
            url: entry.page.url, title: entry.page.title, language: entry.page.language, reason: entry.reason ?? "",
            reps: entry.reps,
            continues: entry.continues)
    }

    /// Tickets that go on from a session of this rep are accepted unasked: that is how a session is found again after
    /// the relay was restarted.
    private mutating func continuations(in rows: [QueueRow]) -> [Effect] {
        var effects: [Effect] = []
        for row in rows {
            guard let old = row.continues, self.index(of: row.session) == nil, let index = self.index(of: old),
                self.sessions[index].isOpen, self.sessions[index].number == nil
            else { continue }
            self.sessions[index].id = row.session
            self.sessions[index].presence = .joining
            effects.append(.send(.accept(row.session, cursor: self.wantsCursor)))
        }
        return effects
    }

    /// With `--accept-next`: an own session first, else the first that waits, while no session is open.
    private func nextToAccept(in rows: [QueueRow]) -> QueueRow? {
        guard self.acceptsNext, !self.sessions.contains(where: \.isOpen) else { return nil }
        return rows.first { $0.standing == .mine } ?? rows.first { $0.standing == .waiting }
    }

    /// Asks for a seat and opens a tab for it, or shows the tab that is open.
    mutating func accept(_ row: QueueRow) -> [Effect] {
        if let index = self.index(of: row.session), self.sessions[index].isOpen {
            self.show(.session(index))
            return []
        }
        guard row.standing != .gone else {
            self.say("That ticket has left the queue.", warning: true)
            return []
        }
        guard self.link.isReady else {
            self.say("There is no link to the relay; nothing can be accepted now.", warning: true)
            return []
        }
        self.sessions.removeAll { !$0.isOpen && $0.id == row.session }
        if self.sessions.count >= Self.tabCountMax {
            self.sessions.removeAll { !$0.isOpen }
        }
        guard self.sessions.count < Self.tabCountMax else {
            self.say("All \(Self.tabCountMax) tabs are in use; leave a session first.", warning: true)
            return []
        }
        self.sessions.append(OpenSession(id: row.session, url: row.url, title: row.title))
        self.show(.session(self.sessions.count - 1))
        return [.send(.accept(row.session, cursor: self.wantsCursor))]
    }

    mutating func seated(_ seated: Seated) {
        guard let index = self.index(of: seated.session) else { return }
        for other in self.sessions.indices where self.sessions[other].number == seated.number {
            self.sessions[other].number = nil
        }
        self.sessions[index].number = seated.number
        self.sessions[index].url = seated.page.url
        self.sessions[index].title = seated.page.title
        self.setState(seated.state, why: nil, at: index)
    }

    mutating func refused(_ refused: Refused) -> [Effect] {
        if refused.what == FrameKind.resume.name { return self.resumeRefused(refused) }
        self.acceptRefused(refused)
        return []
    }

    private mutating func acceptRefused(_ refused: Refused) {
        let text = refused.text.isEmpty ? Self.sentence(refused.why) : refused.text
        guard let session = refused.session, let index = self.index(of: session),
            self.sessions[index].number == nil
        else {
            self.say(text, warning: true)
            return
        }
        switch (self.sessions[index].presence, refused.why) {
        case (.unlinked(let since), .unknown):
            self.sessions[index].presence = .searching(since: since)
        case (.joining, _), (.live, _), (.away, _), (.unlinked, _), (.searching, _), (.ended, _):
            self.say(text, warning: true)
            if self.sessions[index].view == nil {
                self.close(at: index)
            } else {
                self.sessions[index].presence = .ended(why: text)
            }
        }
    }

    private static func sentence(_ why: RefusalReason) -> String {
        switch why {
        case .taken: "Another rep was first."
        case .unknown: "That session is over."
        case .capacity: "You hold as many sessions as you may; leave one first."
        case .full: "No seat is left."
        case .audit: "The audit log cannot be written, so nothing can be shown now."
        }
    }

    mutating func presenceArrived(_ presence: Presence) {
        guard let index = self.index(of: presence.session) else { return }
        if let page = presence.page {
            self.sessions[index].url = page.url
            self.sessions[index].title = page.title
        }
        self.sessions[index].receipt = presence.receipt.map { self.address(ofPath: $0) }
        if presence.unrecorded { self.sessions[index].isUnrecorded = true }
        self.setState(presence.state, why: presence.why, at: index)
    }

    /// What a browser would be told to open: the relay's address as the rep gave it, with the path of a page there.
    private func address(ofPath path: String) -> String {
        let host = self.relay.drop { $0 != ":" }.drop { $0 == ":" || $0 == "/" }.prefix { $0 != "/" }
        return (self.relay.hasPrefix("wss:") ? "https://" : "http://") + host + path
    }

    mutating func endArrived(_ end: End, number: UInt32) {
        guard let index = self.index(ofNumber: number) else { return }
        self.setState(.ended, why: end.why, at: index)
    }

    private mutating func setState(_ state: SessionState, why: EndReason?, at index: Int) {
        switch state {
        case .waiting, .live:
            self.sessions[index].presence = .live
        case .away:
            self.sessions[index].presence = .away(since: self.sessions[index].staleSince ?? self.now.instant)
            self.sessions[index].cursor = nil
        case .ended:
            self.sessions[index].presence = .ended(why: Self.sentence(why))
            self.sessions[index].number = nil
            self.sessions[index].cursor = nil
        }
    }

    private static func sentence(_ why: EndReason?) -> String {
        switch why {
        case .shopper?: "The shopper ended the session."
        case .rep?: "A rep ended the session."
        case .away?: "The shopper did not come back."
        case .relay?: "The relay ended the session."
        case nil: "The session is over."
        }
    }
}
