internal import AuditCore
internal import PairingCore
internal import RelayCore
internal import WebSocketTransport
internal import Wire

/// Seats whose rep's link broke, at the loop of their session: kept for as long as the desk keeps them, and taken up
/// again over a link of whichever loop.
extension Relay {
    /// Whether the seat is there, over this link.
    static func holds(_ seat: SeatID, over link: LinkName, _ entry: SessionEntry) -> Bool {
        entry.holders.contains { $0.seat == seat && $0.link == link && !$0.isLost }
    }

    /// The link of a seat is lost. Old news of a seat that is on another link by now changes nothing.
    func seatLost(_ seat: SeatID, _ link: LinkName, _ entry: SessionEntry, now: Instant) {
        guard let index = entry.holders.firstIndex(where: { $0.seat == seat && $0.link == link && !$0.isLost }) else {
            return
        }
        entry.holders[index].isLost = true
        if self.isOwn(link) { self.links[link.link]?.heldSeats.removeAll { $0.outlet === entry } }
        entry.remove(seat)
        self.perform(on: entry, now: now) { core, outbox in core.seatLost(seat, now: now, into: &outbox) }
        if !self.isOwn(link) { self.seatLeftMirror(entry, on: link.loop, now: now) }
        let rep = entry.holders[index].rep
        self.record(.seatLost(seat: Int(seat.number)), by: self.actor(rep), entry)
        // As at the desk: who sits there over another link has no use for this one.
        guard entry.holders.contains(where: { $0.rep.principal == rep.principal && !$0.isLost }) else { return }
        self.vacate(seat, entry, why: "lost", now: now)
    }

    /// The desk keeps the login's seat no longer. It may know of the link's loss sooner than this loop.
    func seatGivenUp(_ login: RepKey, _ entry: SessionEntry, now: Instant) {
        guard let holder = entry.holders.first(where: { $0.rep.login == login }) else { return }
        self.seatLost(holder.seat, holder.link, entry, now: now)
        self.vacate(holder.seat, entry, why: "lost", now: now)
    }

    /// A rep is back for its seat, which it has again once that is on record. False when the seat is gone: it was given
    /// up for its slowness, so that the rep needs another.
    func seatReturns(
        _ name: LinkName, _ rep: LinkState.Rep, _ rights: Rights, _ back: SeatReturn, _ entry: SessionEntry,
        now: Instant
    ) -> Bool {
        if let holder = entry.holders.first(where: { $0.rep.login == back.login }) {
            self.seatLost(holder.seat, holder.link, entry, now: now)
        }
        guard let index = entry.holders.firstIndex(where: { $0.rep.login == back.login }) else { return false }
        let seat = entry.holders[index].seat
        entry.holders[index].rep = rep
        let record = AuditEntry(
            .seatBack(seat: Int(seat.number)), by: self.actor(rep), site: entry.siteKey, session: entry.id)
        guard self.recordAwaited(record, .seatBack(name, entry, seat, rep, rights, back.last)) else {
            self.refuseWish(name, .resume, entry.id, .audit, "\(CloseCode.auditUnavailable.sentence)", now: now)
            self.vacate(seat, entry, why: "audit", now: now)
            self.ask(.seatLeft(name, entry.id), now: now)
            return true
        }
        return true
    }

    /// The return is on record.
    func seatReturned(
        _ seat: SeatID, _ name: LinkName, _ entry: SessionEntry, _ rep: LinkState.Rep, _ rights: Rights,
        after last: FrameMark?, now: Instant
    ) {
        guard !entry.core.isEnded else {
            return self.refuseWish(name, .resume, entry.id, .unknown, "This session has just ended.", now: now)
        }
        // Another link may have taken the seat up meanwhile.
        guard let index = entry.holders.firstIndex(where: { $0.seat == seat && $0.rep.login == rep.login }) else {
            return
        }
        let own = self.isOwn(name) ? self.links[name.link] : nil
        if self.isOwn(name), own.map({ $0.isClosing }) ?? true {
            return self.record(.seatLost(seat: Int(seat.number)), by: self.actor(rep), entry)
        }
        entry.holders[index].link = name
        entry.holders[index].isLost = false
        let wantsCursor = entry.holders[index].wantsCursor
        let body = Self.seated(entry, rights, wantsCursor: wantsCursor)
        if let state = own {
            state.heldSeats.append(.init(outlet: entry, seat: seat))
            entry.add(seat, state)
            self.tell(state, .seated, session: entry.number, body)
            self.perform(on: entry, now: now) { core, outbox in
                _ = core.seatBack(seat, after: last, wantsCursor: wantsCursor, now: now, into: &outbox)
            }
        } else {
            let start = entry.fanOut.start(after: last)
            self.openMirror(entry, on: name.loop, from: start, now: now)
            self.send(
                .seated(
                    name.link, seat.number, session: entry.number, at: start, wantsCursor: wantsCursor, body: body),
                to: name.loop, now: now)
            self.perform(on: entry, now: now) { core, outbox in
                _ = core.seatBackMirrored(seat, now: now, into: &outbox)
            }
        }
        self.tellSeatsUnrecorded(entry, now: now)
    }
}
