package import Wire

extension Desk {
    /// The queue as `rep` sees it: sessions with the rep's own seat, then waiting tickets in the order to serve, then
    /// other reps' sessions, oldest first; at most `PairingLimits.listingCountMax`.
    package func listing(for rep: RepKey, now: Instant) -> [TicketSummary] {
        guard let profile = self.reps[rep]?.profile else { return [] }
        let seen = self.tickets.values.filter { profile.serves($0.request.site) }
        let live = seen.filter { !$0.isWaiting }.sorted { $0.number < $1.number }
        let isMine: (Ticket) -> Bool = { ticket in
            ticket.seats.contains { $0.rep == rep || ($0.rep == nil && $0.principal == profile.principal) }
        }
        let ordered =
            live.filter(isMine)
            + self.waitingSessions.compactMap { self.tickets[$0] }.filter { profile.serves($0.request.site) }
            + live.filter { !isMine($0) }
        return ordered.prefix(self.limits.listingCountMax).map { ticket in
            Self.summary(ticket, profile, isMine: isMine(ticket), now: now)
        }
    }

    /// Waiting sessions in the order to serve.
    package var waitingSessions: [SessionID] {
        var turns: [ServingTurn] = []
        for ticket in self.tickets.values where ticket.isWaiting { turns.append(ticket.turn) }
        return turns.sorted().map(\.session)
    }

    /// Where a waiting ticket stands; nil when it does not wait.
    package func place(_ session: SessionID) -> TicketPlace? {
        let waiting = self.waitingSessions
        guard let index = waiting.firstIndex(of: session) else { return nil }
        return self.place(position: index + 1, waiting: waiting.count)
    }

    /// Tells what has changed, at most once in `PairingLimits.tellIntervalMin`; the rest waits for the deadline.
    mutating func told(_ now: Instant) -> [DeskAction] {
        guard self.isChanged else { return [] }
        if let toldAt = self.toldAt, now.duration(since: toldAt) < self.limits.tellIntervalMin { return [] }
        self.isChanged = false
        self.toldAt = now
        var actions: [DeskAction] = [.tellQueue]
        let waiting = self.waitingSessions
        for (index, session) in waiting.enumerated() {
            let place = self.place(position: index + 1, waiting: waiting.count)
            guard let ticket = self.tickets[session], !ticket.isShopperAway, ticket.placeTold != place else { continue }
            self.tickets[session]?.placeTold = place
            actions.append(.tellPlace(session, place))
        }
        return actions
    }

    /// The wait is the position times the mean time between the last tickets taken, as long as a rep is there.
    private func place(position: Int, waiting: Int) -> TicketPlace {
        var expected: Duration?
        if !self.reps.isEmpty, let first = self.takenAt.first, let last = self.takenAt.last,
            self.takenAt.count >= PairingLimits.waitSampleCountMin
        {
            expected = last.duration(since: first) / (self.takenAt.count - 1) * position
        }
        return TicketPlace(position: position, waiting: waiting, expectedWait: expected)
    }

    private static func summary(
        _ ticket: Ticket, _ profile: RepProfile, isMine: Bool, now: Instant
    ) -> TicketSummary {
        TicketSummary(
            session: ticket.request.session, site: ticket.request.site,
            state: ticket.isShopperAway ? .away : ticket.isWaiting ? .waiting : .live,
            waited: (ticket.firstSeatAt ?? now).duration(since: ticket.openedAt), page: ticket.page,
            reason: ticket.request.reason, continues: ticket.request.continues,
            reps: ticket.seats.prefix(PairingLimits.namesListedMax).map(\.name), isMine: isMine,
            isSpoken: profile.speaks(ticket.page.language))
    }
}
