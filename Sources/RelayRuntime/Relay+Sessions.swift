internal import AuditCore
internal import AuditStore
internal import Logging
internal import Metrics
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
        var outbox = self.takeOutbox()
        fact(entry.core, &outbox)
        for action in outbox.actions {
            self.run(action, entry, frame, now: now)
        }
        self.outbox = outbox
        self.noteResyncs(entry.fanOut)
        // An ended session has no timer any more; one that is to be served has it set then, once a turn.
        if !entry.core.isEnded, !entry.share.isActive { self.timers.set(entry.timer, entry.core.nextDeadline) }
    }

    /// Taken, not borrowed: performing an action may feed another fact.
    func takeOutbox() -> Outbox {
        var outbox = Outbox()
        swap(&outbox, &self.outbox)
        outbox.removeAll()
        return outbox
    }

    private func run(_ action: SessionAction, _ entry: SessionEntry, _ frame: SharedFrame?, now: Instant) {
        switch action {
        case .wake: self.wake(entry)
        case .requestKeyframe:
            self.metrics.keyframeRequested()
            self.tellShopper(entry, .keyframeRequest, Array("{}".utf8), now: now)
        case .acknowledge(let talk): self.tellShopper(entry, .acknowledge, Acknowledge(talk: talk).body(), now: now)
        case .watch(let on): self.watchChanged(entry, on, now: now)
        case .presence(let state):
            self.tellSeats(entry, Presence(session: entry.core.id, state: state, page: entry.page), now: now)
        case .recordConsent(let consent): self.recordConsent(consent, entry, now: now)
        case .recordFrame(let index):
            guard let frame else { return }
            if self.parts.provesFrames {
                // False is on record as lost by the log itself.
                _ = self.parts.audit.frameAccepted(session: entry.core.id, index: index, frame: frame)
            }
            self.handOver(frame, index, entry, now: now)
        case .recordSent(let seat, let ranges): self.recordSent(seat, ranges, entry.id)
        case .closeShopper(let code): self.closeShopper(entry, code, now: now)
        case .closeSeat(let seat, let code): self.closeSeat(seat, code, entry, now: now)
        case .ended(let reason): self.ended(entry, reason, now: now)
        }
    }

    /// Whether anyone watches is told at once, for captures begin and end with it; who watches, once at the end of the
    /// turn, however many come and go in it.
    private func watchChanged(_ entry: SessionEntry, _ on: Bool, now: Instant) {
        if entry.watchTold == on {
            if !entry.isWatchDue { self.watchesDue.append(entry) }
            entry.isWatchDue = true
            self.areWatchesDue = true
        } else {
            self.tellWatch(entry, on, now: now)
        }
    }

    /// The end of a turn: shoppers are told who watches now.
    func tellWatches(now: Instant) {
        guard self.areWatchesDue else { return }
        self.areWatchesDue = false
        for entry in self.watchesDue where entry.isWatchDue {
            if entry.core.isEnded { continue }
            // A link that came in this turn has been told, or will be, as it is the first it hears of it.
            if let on = entry.watchTold { self.tellWatch(entry, on, now: now) }
        }
        self.watchesDue.removeAll(keepingCapacity: true)
    }

    func tellWatch(_ entry: SessionEntry, _ on: Bool, now: Instant) {
        entry.watchTold = on
        entry.isWatchDue = false
        self.tellShopper(
            entry, .watch, Watch(on: on, reps: Self.watching(entry), unrecorded: entry.isUnrecorded).body(), now: now)
    }

    /// Names of the first who sit in the core now: a seat that the core gives up for its slowness keeps its holder
    /// until `closeSeat`, which comes after the shopper is told.
    private static func watching(_ entry: SessionEntry) -> [String] {
        entry.holders.lazy.filter { entry.core.holds($0.seat) }.prefix(WireLimits.watchNamesMax).map(\.rep.name)
    }

    /// Frames may be due for the seats here: they are served at the end of this turn.
    func wake(_ outlet: Outlet) {
        outlet.noteDue()
        self.rounds.activate(outlet)
    }

    /// Tells the shopper something, if its link is up.
    func tellShopper(_ entry: SessionEntry, _ kind: FrameKind, _ body: [UInt8], now: Instant) {
        if let name = entry.shopper { self.tell(name, kind, body, now: now) }
    }

    /// Tells everyone who holds a seat.
    func tellSeats(_ entry: SessionEntry, _ presence: Presence, now: Instant) {
        let body = presence.body()
        for holder in entry.holders where !holder.isLost {
            self.tell(holder.link, .presence, session: entry.core.number, body, now: now)
        }
    }

    /// The shopper's fault: counted where its link is, recorded here.
    func closeShopper(_ entry: SessionEntry, _ code: CloseCode, now: Instant) {
        guard let name = entry.shopper else { return }
        if self.isOwn(name) {
            if let state = self.links[name.link] { self.refuseFrame(state, code) }
        } else {
            self.recordRefusedFrame(entry.id, site: entry.siteKey, code)
            self.send(.close(name.link, code), to: name.loop, now: now)
        }
    }

    /// The shopper's link is gone; the session waits for it.
    func shopperLost(_ entry: SessionEntry, now: Instant) {
        entry.shopper = nil
        self.record(.shopperLost, by: .shopper(), entry)
        self.perform(on: entry, now: now) { core, outbox in core.shopperLost(now: now, into: &outbox) }
        self.ask(.shopperLost(entry.core.id), now: now)
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
        if !self.isDraining {
            self.tellSeats(
                entry, Presence(session: entry.core.id, state: .ended, why: reason, receipt: self.receipt(of: entry)),
                now: now)
        }
        for place in entry.places { place.link.heldSeats.removeAll { $0.outlet === entry } }
        entry.removeAllPlaces()
        if let name = entry.shopper {
            if !self.isDraining {
                self.tellShopper(entry, .end, End(why: reason, receipt: self.receipt(of: entry)).body(), now: now)
            }
            self.send(.close(name.link, self.closeCode(reason)), to: name.loop, now: now)
        }
        entry.shopper = nil
        entry.ending = reason
        self.sessions[entry.core.number] = nil
        self.removeTimer(entry.timer)
        self.ask(.sessionEnded(entry.core.id), now: now)
        self.logger.info(
            "session ended", metadata: ["session": "\(entry.core.id)", "why": "\(reason.rawValue)"])
        self.checkUnrecordedOver()
        guard !entry.mirrors.isEmpty else { return self.recordEnd(entry) }
        // The record of the end waits for the mirrors' last ranges.
        entry.openMirrorCount = entry.mirrors.count
        self.endingSessions[entry.number] = entry
        for place in entry.mirrors {
            self.send(.mirrorEnded(session: entry.number, isOver: true), to: place.loop, now: now)
        }
    }

    /// Where the receipt of the session's end will be had; nil where its end gets none.
    private func receipt(of entry: SessionEntry) -> String? {
        guard self.parts.audit.givesReceipts, self.auditFailure == nil, !entry.isUnrecorded else { return nil }
        return ReceiptShelf.path(of: entry.id)
    }

    /// Everything that anyone was handed is on record: so is the end.
    func recordEnd(_ entry: SessionEntry) {
        guard let reason = entry.ending else { return }
        for holder in entry.holders {
            self.record(.seatLeft(seat: Int(holder.seat.number), why: "ended"), by: self.actor(holder.rep), entry)
        }
        entry.holders.removeAll()
        let actor = entry.endedBy.map { self.actor($0.rep) } ?? (reason == .shopper ? .shopper() : .relay)
        self.record(.sessionEnded(why: reason.rawValue), by: actor, entry)
    }

    /// With which code a session's end closes its shopper's link.
    private func closeCode(_ reason: EndReason) -> CloseCode {
        if self.isDraining { return .relayStopping }
        return self.auditFailure != nil && reason == .relay ? .auditUnavailable : .sessionEnded
    }

    /// The core has given the seat up, so its holder and its record end now and with the true reason: the link may take
    /// until `closeWaitMax` to go, and would then pass for lost.
    private func closeSeat(_ seat: SeatID, _ code: CloseCode, _ entry: SessionEntry, now: Instant) {
        guard let place = entry.places.first(where: { $0.seat == seat }) else { return }
        place.link.heldSeats.removeAll { $0.outlet === entry }
        self.vacate(seat, entry, why: "slow", now: now)
        // The stall is the link's: it holds every seat of this rep, and all come back with it. The desk hears of it
        // when the link is gone, and keeps the ticket for the rep meanwhile.
        self.close(place.link, code)
    }

    /// Takes a seat away from its holder, in the core, in the books and on record.
    func vacate(_ seat: SeatID, _ entry: SessionEntry, why: String, now: Instant) {
        guard let index = entry.holders.firstIndex(where: { $0.seat == seat }) else { return }
        let holder = entry.holders.remove(at: index)
        entry.remove(seat)
        self.perform(on: entry, now: now) { core, outbox in core.leave(seat, now: now, into: &outbox) }
        if !self.isOwn(holder.link), !holder.isLost { self.seatLeftMirror(entry, on: holder.link.loop, now: now) }
        self.record(.seatLeft(seat: Int(seat.number), why: why), by: self.actor(holder.rep), entry)
        // No other rep can take a seat.
        if self.auditFailure != nil, entry.holders.isEmpty, !entry.core.isEnded { self.end(entry, .relay, now: now) }
    }

    func actor(_ rep: LinkState.Rep) -> AuditActor { .rep(rep.principal, key: rep.fingerprint) }
}
