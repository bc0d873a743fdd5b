internal import AuditCore
internal import AuditStore
internal import Logging
internal import OpenSSH
internal import PairingCore
internal import RelayCore
internal import WebSocketTransport
internal import Wire

/// Sessions: feeding their cores and performing what the cores want done.
extension Relay {
    /// Runs one fact through a session's core, then performs the actions. `frame` is the frame that the fact is about.
    func perform(
        on entry: SessionEntry, frame: SharedFrame? = nil, now: Instant, _ fact: (Session, inout Outbox) -> Void
    ) {
        // Taken, not borrowed: performing an action may feed another fact.
        var outbox = self.outbox
        self.outbox = Outbox()
        outbox.removeAll()
        fact(entry.core, &outbox)
        for action in outbox.actions {
            self.run(action, entry, frame, now: now)
        }
        self.outbox = outbox
        self.note(deadline: entry.core.nextDeadline)
    }

    private func run(_ action: SessionAction, _ entry: SessionEntry, _ frame: SharedFrame?, now: Instant) {
        switch action {
        case .wake: self.wake(entry)
        case .requestKeyframe: self.tellShopper(entry, .keyframeRequest, Array("{}".utf8))
        case .acknowledge(let talk): self.tellShopper(entry, .acknowledge, Acknowledge(talk: talk).body())
        case .watch(let on):
            self.tellShopper(entry, .watch, Watch(on: on, reps: Self.watching(entry)).body())
        case .presence(let state):
            self.tellSeats(entry, Presence(session: entry.core.id, state: state, page: entry.page))
        case .recordConsent(let consent): self.recordConsent(consent, entry, now: now)
        case .recordFrame(let index):
            // False is on record as lost by the log itself.
            if let frame { _ = self.parts.audit.frameAccepted(session: entry.core.id, index: index, frame: frame) }
        case .recordSent(let seat, let ranges): self.recordSent(seat, ranges, entry)
        case .closeShopper(let code):
            if let state = entry.shopper.flatMap({ self.links[$0] }) { self.refuseFrame(state, code) }
        case .closeSeat(let seat, let code): self.closeSeat(seat, code, entry, now: now)
        case .ended(let reason): self.ended(entry, reason, now: now)
        }
    }

    /// Names of those who sit in the core now: a seat that the core gives up for its slowness keeps its holder until
    /// `closeSeat`, which comes after the shopper is told.
    private static func watching(_ entry: SessionEntry) -> [String] {
        var seats: Set<SeatID> = []
        entry.core.forEachSeat { seats.insert($0) }
        return entry.holders.filter { seats.contains($0.seat) }.map(\.rep.name)
    }

    private func wake(_ entry: SessionEntry) {
        guard !entry.isAwake else { return }
        entry.isAwake = true
        self.awakeSessions.append(entry)
    }

    /// Tells the shopper something, if its link is up.
    func tellShopper(_ entry: SessionEntry, _ kind: FrameKind, _ body: [UInt8]) {
        guard let state = entry.shopper.flatMap({ self.links[$0] }) else { return }
        self.tell(state, kind, body)
    }

    /// Tells everyone who holds a seat.
    func tellSeats(_ entry: SessionEntry, _ presence: Presence) {
        let body = presence.body()
        for holder in entry.holders {
            if let state = self.links[holder.link] { self.tell(state, .presence, session: entry.core.number, body) }
        }
    }

    /// The shopper's link is gone; the session waits for it.
    func shopperLost(_ entry: SessionEntry, now: Instant) {
        entry.shopper = nil
        self.tokens.linkLost(entry.core.id, now: now)
        self.record(.shopperLost, by: .shopper(), entry)
        self.perform(on: entry, now: now) { core, outbox in core.shopperLost(now: now, into: &outbox) }
        if entry.hasTicket { self.run(self.desk.shopperLost(entry.core.id, now: now), now: now) }
        if entry.core.consent != .given {
            // Nothing was agreed and nothing is kept: there is nothing to come back to.
            self.end(entry, .shopper, now: now)
        }
    }

    func end(_ entry: SessionEntry, _ reason: EndReason, now: Instant) {
        self.perform(on: entry, now: now) { core, outbox in core.endAsked(by: reason, now: now, into: &outbox) }
    }

    /// The core has ended: tell everyone, record it, forget it.
    private func ended(_ entry: SessionEntry, _ reason: EndReason, now: Instant) {
        // A relay that stops says so by its close code, which asks everyone to come back; an `end` would be the last
        // word.
        if !self.isDraining { self.tellSeats(entry, Presence(session: entry.core.id, state: .ended, why: reason)) }
        for holder in entry.holders {
            self.record(.seatLeft(seat: Int(holder.seat.number), why: "ended"), by: self.actor(holder.rep), entry)
            self.links[holder.link]?.heldSeats.removeAll { $0.entry === entry }
        }
        entry.holders.removeAll()
        let actor = entry.endedBy.map { self.actor($0) } ?? (reason == .shopper ? .shopper() : .relay)
        self.record(.sessionEnded(why: reason.rawValue), by: actor, entry)
        if let state = entry.shopper.flatMap({ self.links[$0] }) {
            if !self.isDraining { self.tell(state, .end, End(why: reason).body()) }
            self.close(state, self.closeCode)
        }
        entry.shopper = nil
        self.sessions[entry.core.number] = nil
        self.sessionsByID[entry.core.id] = nil
        self.tokens.sessionEnded(entry.core.id)
        if entry.hasTicket {
            entry.hasTicket = false
            self.run(self.desk.sessionEnded(entry.core.id, now: now), now: now)
        }
        self.logger.info(
            "session ended", metadata: ["session": "\(entry.core.id)", "why": "\(reason.rawValue)"])
    }

    /// With which code a session's end closes its shopper's link.
    private var closeCode: CloseCode {
        if self.isDraining { return .relayStopping }
        return self.auditFailure == nil ? .sessionEnded : .auditUnavailable
    }

    /// The core has given the seat up, so its holder and its record end now and with the true reason: the link may take
    /// until `closeWaitMax` to go, and would then pass for lost.
    private func closeSeat(_ seat: SeatID, _ code: CloseCode, _ entry: SessionEntry, now: Instant) {
        guard let holder = entry.holders.first(where: { $0.seat == seat }), let state = self.links[holder.link] else {
            return
        }
        entry.holders.removeAll { $0.seat == seat }
        state.heldSeats.removeAll { $0.entry === entry }
        self.record(.seatLeft(seat: Int(seat.number), why: "slow"), by: self.actor(holder.rep), entry)
        // The stall is the link's: it holds every seat of this rep, and all come back with it. The desk hears of it
        // when the link is gone, and keeps the ticket for the rep meanwhile.
        self.close(state, code)
    }

    /// Takes a seat away from its holder, in the core, in the books and on record.
    func vacate(_ held: LinkState.HeldSeat, _ rep: LinkState.Rep, why: String, now: Instant) {
        held.entry.holders.removeAll { $0.seat == held.seat }
        self.perform(on: held.entry, now: now) { core, outbox in core.leave(held.seat, now: now, into: &outbox) }
        self.record(.seatLeft(seat: Int(held.seat.number), why: why), by: self.actor(rep), held.entry)
    }

    func actor(_ rep: LinkState.Rep) -> AuditActor { .rep(rep.principal, key: rep.fingerprint) }
}
