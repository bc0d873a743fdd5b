package import Wire

extension Desk {
    /// The queue as `rep` sees it: sessions with the rep's own seat, then waiting tickets in the order to serve, then
    /// other reps' sessions, oldest first; at most `PairingLimits.listingCountMax`.
    package func listing(for rep: RepKey, now: Instant) -> [TicketSummary] {
        var telling = QueueTelling(self)
        return telling.lines(for: rep).compactMap { self.summary($0, for: rep, now: now) }
    }

    /// Waiting sessions in the order to serve.
    package var waitingSessions: [SessionID] { self.waiting.turns.map(\.session) }

    /// Where a waiting ticket stands; nil when it does not wait.
    package func place(_ session: SessionID) -> TicketPlace? {
        guard let ticket = self.tickets[session], ticket.isWaiting else { return nil }
        return self.place(position: self.waiting.place(of: ticket.turn) + 1, pace: self.pace)
    }

    /// Tells what has changed, at most once in `PairingLimits.tellIntervalMin`; the rest waits for the deadline.
    mutating func told(_ now: Instant) -> [DeskAction] {
        self.pruneKept()
        guard self.isChanged || self.placesToldUpTo != nil else { return [] }
        if let toldAt = self.toldAt, now.duration(since: toldAt) < self.limits.tellIntervalMin { return [] }
        var actions: [DeskAction] = self.isChanged ? [.tellQueue] : []
        self.isChanged = false
        self.toldAt = now
        self.tellPlaces(into: &actions)
        return actions
    }

    /// Tells the places that have changed, in the order to serve. A long queue is told in parts: whoever comes after
    /// `PairingLimits.placesToldMax` others is told the next time.
    private mutating func tellPlaces(into actions: inout [DeskAction]) {
        let count = self.waiting.turns.count
        let start = self.placesToldUpTo ?? 0
        self.placesToldUpTo = nil
        let pace = self.pace
        var told = 0
        for step in 0..<count {
            let index = (start + step) % count
            let session = self.waiting.turns[index].session
            let place = self.place(position: index + 1, pace: pace)
            guard let ticket = self.tickets.index(forKey: session), !self.tickets.values[ticket].isShopperAway,
                self.tickets.values[ticket].placeTold != place
            else { continue }
            guard told < PairingLimits.placesToldMax else {
                self.placesToldUpTo = index
                return
            }
            told += 1
            self.tickets.values[ticket].placeTold = place
            actions.append(.tellPlace(session, place))
        }
    }

    /// The mean time between the last tickets taken, as long as a rep is there.
    private var pace: Duration? {
        guard !self.reps.isEmpty, let first = self.takenAt.first, let last = self.takenAt.last,
            self.takenAt.count >= PairingLimits.waitSampleCountMin
        else { return nil }
        return last.duration(since: first) / (self.takenAt.count - 1)
    }

    /// The wait is the position times the pace.
    private func place(position: Int, pace: Duration?) -> TicketPlace {
        TicketPlace(position: position, waiting: self.waiting.turns.count, expectedWait: pace.map { $0 * position })
    }

    /// A line of the queue for a rep; nil when the ticket or the rep is gone.
    package func summary(_ line: QueueTelling.Line, for rep: RepKey, now: Instant) -> TicketSummary? {
        guard let ticket = self.tickets[line.session], let profile = self.reps[rep]?.profile else { return nil }
        return TicketSummary(
            session: ticket.request.session, site: ticket.request.site,
            state: ticket.isShopperAway ? .away : ticket.isWaiting ? .waiting : .live,
            waited: (ticket.firstSeatAt ?? now).duration(since: ticket.openedAt), page: ticket.page,
            reason: ticket.request.reason, continues: ticket.request.continues,
            reps: ticket.seats.prefix(PairingLimits.namesListedMax).map(\.name), isMine: line.isMine,
            isSpoken: profile.speaks(ticket.page.language))
    }
}
