package import Wire

/// The queue of tickets and the reps who serve it.
///
/// Facts come in, actions go out; a ticket is given to exactly one rep however many ask at once. Pure, owned by one
/// thread; `now` never goes back.
package struct Desk {
    struct Rep {
        let profile: RepProfile
        /// Where the rep has a seat.
        var sessions: Set<SessionID> = []
    }

    /// Changed by `keep` and `forget` wherever a ticket's standing may change.
    var tickets: [SessionID: Ticket] = [:]
    /// The tickets that wait, in the order to serve.
    var waiting = TicketLine()
    /// The tickets with a seat taken or kept, oldest first.
    var live = TicketLine()
    /// Seats that were kept, the oldest first, and so by their deadlines, for all are kept equally long. Those that
    /// were given back or up meanwhile leave when they come to the front.
    var kept: [(until: Instant, session: SessionID)] = []
    var reps: [RepKey: Rep] = [:]
    var ticketNumber: UInt64 = 0
    /// When tickets were taken, newest last: the pace of the desk.
    var takenAt: [Instant] = []
    var isChanged = false
    var toldAt: Instant?
    /// Where in `waiting` the next telling of places begins, when the last one did not come to the end.
    var placesToldUpTo: Int?
    let limits: PairingLimits
    /// Seats of one session, as the session itself has them.
    let seatCountMax: Int

    /// Nobody waits, nobody serves. A session has `seatCountMax` seats.
    package init(limits: PairingLimits, seatCountMax: Int) {
        self.limits = limits
        self.seatCountMax = seatCountMax
    }

    /// Tickets that no rep has taken.
    package var waitingCount: Int { self.waiting.turns.count }

    /// Reps logged in.
    package var repCount: Int { self.reps.count }

    // Reps.

    /// A rep has logged in. The rep's links each count by themselves, also of one principal.
    package mutating func repArrived(_ rep: RepKey, _ profile: RepProfile, now: Instant) -> [DeskAction] {
        precondition(self.reps[rep] == nil, "a rep link arrives once")
        guard self.reps.count < self.limits.repCountMax else { return [.refuseRep(rep)] }
        self.reps[rep] = Rep(profile: profile)
        // A rep more changes no listing; the first one lets shoppers expect something.
        if self.reps.count == 1 { self.isChanged = true }
        return self.told(now)
    }

    /// A rep has gone on purpose: its seats are free at once.
    package mutating func repLeft(_ rep: RepKey, now: Instant) -> [DeskAction] {
        guard self.reps[rep] != nil else { return [] }
        var actions: [DeskAction] = []
        for session in self.sessions(of: rep) {
            self.freeSeats(session, where: { $0.rep == rep }, into: &actions)
        }
        self.reps[rep] = nil
        self.isChanged = true
        return actions + self.told(now)
    }

    /// A rep's link is lost: its seats are kept for the rep's principal for a while.
    package mutating func repLinkLost(_ rep: RepKey, now: Instant) -> [DeskAction] {
        guard self.reps[rep] != nil else { return [] }
        var actions: [DeskAction] = []
        let until = now + self.limits.seatGraceDurationMax
        for session in self.sessions(of: rep) {
            if self.tickets[session]?.keepSeat(of: rep, until: until) == true {
                self.kept.append((until, session))
            } else {
                actions.append(.seatGivenUp(rep, session))
            }
        }
        self.reps[rep] = nil
        self.isChanged = true
        return actions + self.told(now)
    }

    /// A rep leaves one session. Ignored when it has no seat there.
    package mutating func seatLeft(_ rep: RepKey, _ session: SessionID, now: Instant) -> [DeskAction] {
        guard let ticket = self.tickets[session], ticket.seats.contains(where: { $0.rep == rep }) else { return [] }
        var actions: [DeskAction] = []
        self.freeSeats(session, where: { $0.rep == rep }, into: &actions)
        self.reps[rep]?.sessions.remove(session)
        return actions + self.told(now)
    }

    // Shoppers.

    /// A shopper has agreed to be helped and waits.
    package mutating func ticketOpened(_ request: TicketRequest, now: Instant) -> [DeskAction] {
        precondition(self.tickets[request.session] == nil, "a session has one ticket")
        guard self.tickets.count < self.limits.sessionCountMax else { return [.refuseTicket(request.session)] }
        self.ticketNumber += 1
        self.keep(Ticket(request: request, page: request.page, number: self.ticketNumber, openedAt: now))
        self.isChanged = true
        return self.told(now)
    }

    /// The shopper is on another page of the same session.
    package mutating func pageChanged(
        _ session: SessionID, _ page: PageFacts, now: Instant
    ) -> [DeskAction] {
        let page = page.cleaned
        guard let ticket = self.tickets[session], ticket.page != page else { return [] }
        self.tickets[session]?.page = page
        self.isChanged = true
        return self.told(now)
    }

    /// The shopper's link is lost; the ticket keeps its place.
    package mutating func shopperLost(_ session: SessionID, now: Instant) -> [DeskAction] {
        self.shopper(session, isAway: true, now: now)
    }

    /// The shopper is back on a new link, which has not been told its place yet.
    package mutating func shopperReturned(_ session: SessionID, now: Instant) -> [DeskAction] {
        self.tickets[session]?.placeTold = nil
        return self.shopper(session, isAway: false, now: now)
    }

    /// The session is over, whoever ended it, or the shopper withdrew the ticket: every seat in it is free.
    package mutating func sessionEnded(_ session: SessionID, now: Instant) -> [DeskAction] {
        guard let ticket = self.forget(session) else { return [] }
        for seat in ticket.seats {
            if let rep = seat.rep { self.reps[rep]?.sessions.remove(session) }
        }
        self.isChanged = true
        return self.told(now)
    }

    /// Time has passed: seats that were kept too long are given up, and what changed is told.
    package mutating func deadlinePassed(now: Instant) -> [DeskAction] {
        var actions: [DeskAction] = []
        let over = Set(self.kept.prefix { $0.until <= now }.map(\.session)).filter { session in
            self.tickets[session]?.seats.contains { $0.isOver(now) } ?? false
        }
        for session in self.inOrder(over) {
            for seat in self.tickets[session]?.seats ?? [] where seat.isOver(now) {
                if let rep = seat.lostRep { actions.append(.seatGivenUp(rep, session)) }
            }
            self.freeSeats(session, where: { $0.isOver(now) }, into: &actions)
        }
        return actions + self.told(now)
    }

    /// When `deadlinePassed` has something to do; nil when only a fact can change anything.
    package var nextDeadline: Instant? {
        let kept = self.kept.first?.until
        guard self.isChanged || self.placesToldUpTo != nil, let toldAt = self.toldAt else { return kept }
        let telling = toldAt + self.limits.tellIntervalMin
        return min(kept ?? telling, telling)
    }

    private mutating func shopper(_ session: SessionID, isAway: Bool, now: Instant) -> [DeskAction] {
        guard self.tickets[session] != nil else { return [] }
        self.tickets[session]?.isShopperAway = isAway
        self.isChanged = true
        return self.told(now)
    }

    private func sessions(of rep: RepKey) -> [SessionID] {
        self.inOrder(self.reps[rep]?.sessions ?? [])
    }

    /// In the order of opening, so that no set's order reaches an action.
    func inOrder(_ sessions: Set<SessionID>) -> [SessionID] {
        sessions.compactMap { self.tickets[$0] }.sorted { $0.number < $1.number }.map(\.request.session)
    }
}

extension Ticket.Seat {
    fileprivate func isOver(_ now: Instant) -> Bool { self.keptUntil.map { $0 <= now } ?? false }
}
