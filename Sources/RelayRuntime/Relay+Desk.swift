internal import AuditCore
internal import Logging
internal import PairingCore
internal import RelayCore
internal import WebSocketTransport
internal import Wire

/// The desk's actions: seats, refusals, the queue and the shopper's place in it.
extension Relay {
    func run(_ actions: [DeskAction], now: Instant) {
        self.note(deadline: self.desk.nextDeadline)
        for action in actions {
            switch action {
            case .seat(let key, let session, let rights): self.grantSeat(key, session, rights, now: now)
            case .refuse(let key, let session, let refusal):
                guard let state = self.state(of: key) else { continue }
                self.refuseWish(state, .accept, session, refusal.reason, refusal.text)
            case .refuseRep(let key):
                if let state = self.state(of: key) { self.close(state, .overloaded) }
            case .refuseTicket(let session):
                guard let entry = self.sessionsByID[session] else { continue }
                entry.hasTicket = false
                if let state = entry.shopper.flatMap({ self.links[$0] }) { self.close(state, .overloaded) }
            case .returned(let session):
                self.logger.info("ticket is back in front of the queue", metadata: ["session": "\(session)"])
            case .tellQueue: self.isQueueChanged = true
            case .tellPlace(let session, let place):
                guard let entry = self.sessionsByID[session] else { continue }
                self.tellShopper(
                    entry, .place,
                    Place(position: UInt32(clamping: place.position), waiting: UInt32(clamping: place.waiting)).body())
            }
        }
    }

    /// A seat takes effect when it is on record.
    private func grantSeat(_ key: RepKey, _ session: SessionID, _ rights: Rights, now: Instant) {
        guard let state = self.state(of: key), let rep = state.rep, let entry = self.sessionsByID[session] else {
            return
        }
        let seat = SeatID(entry.nextSeat)
        entry.nextSeat += 1
        let isQueued = self.recordAwaited(
            AuditEntry(
                .seatJoined(seat: Int(seat.number), rights: rights.words), by: self.actor(rep), site: entry.site.key,
                session: session),
            .seat(state.id, entry, seat, rights))
        guard isQueued else {
            self.refuseWish(state, .accept, session, .audit, "\(CloseCode.auditUnavailable.sentence)")
            return self.run(self.desk.seatLeft(key, session, now: now), now: now)
        }
        if entry.holders.isEmpty {
            self.record(.ticketAccepted(ticket: UInt64(entry.core.number)), by: self.actor(rep), entry)
        }
    }

    func seatBecameDurable(_ link: LinkID, _ entry: SessionEntry, _ seat: SeatID, _ rights: Rights, now: Instant) {
        guard let state = self.links[link], !state.isClosing, let rep = state.rep, !entry.core.isEnded else {
            // Granted on record and never used: the record says so too.
            if !entry.core.isEnded {
                self.record(.seatLeft(seat: Int(seat.number), why: "lost"), by: .relay, entry)
            } else if let state = self.links[link] {
                self.refuseWish(state, .accept, entry.core.id, .unknown, "This session has just ended.")
            }
            return
        }
        entry.holders.append(.init(seat: seat, link: link, rep: rep))
        state.heldSeats.append(.init(entry: entry, seat: seat))
        self.tell(
            state, .seated, session: entry.core.number,
            Seated(
                session: entry.core.id, number: entry.core.number, rights: rights.words, page: entry.page,
                state: entry.core.isShopperPresent ? .live : .away
            ).body())
        var isSeated = true
        self.perform(on: entry, now: now) { core, outbox in isSeated = core.join(seat, now: now, into: &outbox) }
        guard !isSeated else { return }
        entry.holders.removeAll { $0.seat == seat }
        state.heldSeats.removeAll { $0.entry === entry }
        self.record(.seatLeft(seat: Int(seat.number), why: "full"), by: self.actor(rep), entry)
        self.refuseWish(state, .accept, entry.core.id, .full, "All seats of this session are taken.")
        self.run(self.desk.seatLeft(rep.key, entry.core.id, now: now), now: now)
    }

    /// The end of a turn: what changed in the queue is told once.
    func runDesk(now: Instant) {
        guard self.isQueueChanged else { return }
        self.isQueueChanged = false
        for key in self.repLinks.keys.sorted() { self.tellQueue(key, now: now) }
    }

    func tellQueue(_ key: RepKey, now: Instant) {
        guard let state = self.state(of: key), state.rep != nil else { return }
        let tickets = self.desk.listing(for: key, now: now).map { ticket in
            QueueEntry(
                session: ticket.session, site: ticket.site, state: ticket.state,
                waited: UInt32(clamping: ticket.waited.components.seconds),
                page: ticket.page, reason: ticket.reason, reps: ticket.reps, mine: ticket.isMine,
                continues: ticket.continues)
        }
        self.tell(state, .queue, Queue(tickets: tickets).body())
    }

    func deskDeadlinePassed(now: Instant) {
        self.loginDeadlinePassed(now: now)
        self.run(self.desk.deadlinePassed(now: now), now: now)
    }

    var nextDeskDeadline: Instant? {
        [self.desk.nextDeadline, self.logins.nextDeadline].compactMap(\.self).min()
    }
}
