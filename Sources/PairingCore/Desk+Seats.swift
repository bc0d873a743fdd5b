package import Wire

extension Desk {
    /// A rep asks for a seat in a session: to take a waiting ticket, to come back to a seat that is kept, or to join
    /// a rep who is there. Asking again for a seat that the rep has changes nothing and says nothing.
    ///
    /// Within `PairingLimits.raceDurationMax` after another principal took the ticket, the rep cannot have read that
    /// it is taken: then the answer is `taken`, never a seat that the rep did not mean to ask for.
    package mutating func accept(_ rep: RepKey, _ session: SessionID, now: Instant) -> [DeskAction] {
        guard let asking = self.reps[rep] else { return [] }
        guard let ticket = self.tickets[session], asking.profile.serves(ticket.request.site) else {
            return [.refuse(rep, session, .unknown)]
        }
        guard !ticket.seats.contains(where: { $0.rep == rep }) else { return [] }
        if let refusal = self.refusal(asking, ticket, now: now) { return [.refuse(rep, session, refusal)] }
        self.giveSeat(rep, asking.profile, session, now: now)
        return [.seat(rep, session, ticket.request.rights)] + self.told(now)
    }

    /// A rep is back on a new link and asks for a seat that it had on the lost one. Only a kept seat is given: a token
    /// takes no ticket and joins nobody.
    package mutating func resume(_ rep: RepKey, _ session: SessionID, now: Instant) -> [DeskAction] {
        guard let asking = self.reps[rep] else { return [] }
        let principal = asking.profile.principal
        guard let ticket = self.tickets[session], asking.profile.serves(ticket.request.site),
            ticket.seats.contains(where: { $0.rep == nil && $0.principal == principal }),
            !ticket.seats.contains(where: { $0.rep == rep })
        else { return [.refuse(rep, session, .unknown)] }
        guard asking.sessions.count < asking.profile.sessionCountMax else {
            return [.refuse(rep, session, .atCapacity(seatCountMax: asking.profile.sessionCountMax))]
        }
        self.giveSeat(rep, asking.profile, session, now: now)
        return [.seatBack(rep, session, ticket.request.rights)] + self.told(now)
    }

    private func refusal(_ asking: Rep, _ ticket: Ticket, now: Instant) -> DeskRefusal? {
        let profile = asking.profile
        let isComingBack = ticket.seats.contains { $0.rep == nil && $0.principal == profile.principal }
        if !ticket.isWaiting, !isComingBack {
            if let taken = ticket.taken, taken.principal != profile.principal {
                let ago = now.duration(since: taken.at)
                if ago < PairingLimits.raceDurationMax || !profile.mayJoin { return .taken(by: taken.name, ago: ago) }
            }
            guard ticket.seats.count < self.seatCountMax else { return .full(seatCountMax: self.seatCountMax) }
        }
        guard ticket.request.rights.contains(.view) else { return .notAllowed }
        guard asking.sessions.count < profile.sessionCountMax else {
            return .atCapacity(seatCountMax: profile.sessionCountMax)
        }
        return nil
    }

    private mutating func giveSeat(_ rep: RepKey, _ profile: RepProfile, _ session: SessionID, now: Instant) {
        guard var ticket = self.tickets[session] else { return }
        if ticket.isWaiting {
            ticket.taken = (now, profile.name, profile.principal)
            self.takenAt.append(now)
            if self.takenAt.count > PairingLimits.waitSampleCountMax { self.takenAt.removeFirst() }
        }
        ticket.firstSeatAt = ticket.firstSeatAt ?? now
        ticket.placeTold = nil
        if let kept = ticket.seats.firstIndex(where: { $0.rep == nil && $0.principal == profile.principal }) {
            ticket.seats[kept].rep = rep
            ticket.seats[kept].keptUntil = nil
            ticket.seats[kept].lostRep = nil
        } else {
            ticket.seats.append(Ticket.Seat(rep: rep, principal: profile.principal, name: profile.name))
        }
        self.keep(ticket)
        self.reps[rep]?.sessions.insert(session)
        self.isChanged = true
    }

    /// Takes the seats away that `isFree` names; the last one gone puts the ticket back to the front.
    /// The caller counts the rep's seats.
    mutating func freeSeats(
        _ session: SessionID, where isFree: (Ticket.Seat) -> Bool, into actions: inout [DeskAction]
    ) {
        guard var ticket = self.tickets[session] else { return }
        ticket.seats.removeAll(where: isFree)
        if ticket.seats.isEmpty {
            ticket.isReturned = true
            actions.append(.returned(session))
        }
        self.keep(ticket)
        self.isChanged = true
    }

    /// Names of the reps who are in the session now, first come first.
    package func repNames(_ session: SessionID) -> [String] {
        self.tickets[session]?.seats.filter { $0.rep != nil }.map(\.name) ?? []
    }
}

extension Ticket {
    /// Keeps a lost rep's seat, unless the same principal is already there on another link. Whether it is kept.
    mutating func keepSeat(of rep: RepKey, until deadline: Instant) -> Bool {
        guard let index = self.seats.firstIndex(where: { $0.rep == rep }) else { return false }
        let principal = self.seats[index].principal
        if self.seats.indices.contains(where: { $0 != index && self.seats[$0].principal == principal }) {
            self.seats.remove(at: index)
            return false
        }
        self.seats[index].rep = nil
        self.seats[index].keptUntil = deadline
        self.seats[index].lostRep = rep
        return true
    }
}
