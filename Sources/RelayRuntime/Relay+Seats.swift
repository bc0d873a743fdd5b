internal import AuditCore
internal import AuditStore
internal import PairingCore
internal import RelayCore
internal import WebSocketTransport
internal import Wire

/// Seats that the desk has granted, at the loop of their session.
extension Relay {
    /// A seat takes effect when it is on record.
    func grantSeat(_ number: UInt32, _ name: LinkName, _ grant: SeatGrant, now: Instant) {
        guard let entry = self.sessions[number] else { return }
        let (rep, rights) = (grant.rep, grant.rights)
        if let back = grant.back, self.seatReturns(name, rep, rights, back, entry, now: now) { return }
        guard self.hasRoom(entry) || Self.lostSeat(of: rep, entry) != nil else {
            return self.refuseFull(name, entry, now: now)
        }
        let seat = SeatID(entry.nextSeat)
        entry.nextSeat += 1
        let isQueued = self.recordAwaited(
            AuditEntry(
                .seatJoined(
                    seat: Int(seat.number), rights: rights.words, without: grant.wantsCursor ? [] : ["cursor"]),
                by: self.actor(rep), site: entry.siteKey, session: entry.id),
            .seat(name, entry, seat, grant))
        guard isQueued else {
            self.refuseWish(name, .accept, entry.id, .audit, "\(CloseCode.auditUnavailable.sentence)", now: now)
            return self.ask(.seatLeft(name, entry.id), now: now)
        }
        if entry.holders.isEmpty, grant.back == nil {
            self.record(.ticketAccepted(ticket: UInt64(entry.core.number)), by: self.actor(rep), entry)
        }
    }

    func seatBecameDurable(
        _ name: LinkName, _ entry: SessionEntry, _ seat: SeatID, _ grant: SeatGrant, now: Instant
    ) {
        let (rep, wantsCursor) = (grant.rep, grant.wantsCursor)
        guard !entry.core.isEnded else {
            return self.refuseWish(name, .accept, entry.id, .unknown, "This session has just ended.", now: now)
        }
        let own = self.isOwn(name) ? self.links[name.link] : nil
        if self.isOwn(name), own.map({ $0.isClosing }) ?? true {
            // Granted on record and never used: the record says so too.
            return self.record(.seatLeft(seat: Int(seat.number), why: "lost"), by: .relay, entry)
        }
        // A rep that logged in anew and asked for its seat again has this one instead of the one that it lost. That one
        // goes afterwards, so that the capture goes on, unless there is no room for both.
        var lost = Self.lostSeat(of: rep, entry)
        if !self.hasRoom(entry), let seat = lost {
            self.vacate(seat, entry, why: "lost", now: now)
            lost = nil
        }
        guard self.hasRoom(entry) else {
            self.record(.seatLeft(seat: Int(seat.number), why: "full"), by: self.actor(rep), entry)
            return self.refuseFull(name, entry, now: now)
        }
        entry.holders.append(.init(seat: seat, wantsCursor: wantsCursor, link: name, rep: rep))
        let body = Self.seated(entry, grant.rights, wantsCursor: wantsCursor)
        if let state = own {
            state.heldSeats.append(.init(outlet: entry, seat: seat))
            entry.add(seat, state)
            self.tell(state, .seated, session: entry.number, body)
            self.perform(on: entry, now: now) { core, outbox in
                _ = core.join(seat, wantsCursor: wantsCursor, now: now, into: &outbox)
            }
        } else {
            let start = SeatStart.keyframe(notBefore: 0)
            self.openMirror(entry, on: name.loop, from: start, now: now)
            self.send(
                .seated(
                    name.link, seat.number, session: entry.number, at: start, wantsCursor: wantsCursor, body: body),
                to: name.loop, now: now)
            self.perform(on: entry, now: now) { core, outbox in _ = core.joinMirrored(seat, now: now, into: &outbox) }
        }
        self.tellSeatsUnrecorded(entry, now: now)
        if let lost { self.vacate(lost, entry, why: "lost", now: now) }
    }

    static func seated(_ entry: SessionEntry, _ rights: Rights, wantsCursor: Bool) -> [UInt8] {
        Seated(
            session: entry.id, number: entry.number, rights: rights.words, page: entry.page,
            state: entry.core.isShopperPresent ? .live : .away, cursor: wantsCursor
        ).body()
    }

    private func hasRoom(_ entry: SessionEntry) -> Bool { entry.core.seatCount < self.limits.session.seatCountMax }

    private static func lostSeat(of rep: LinkState.Rep, _ entry: SessionEntry) -> SeatID? {
        entry.holders.first { $0.isLost && $0.rep.principal == rep.principal }?.seat
    }

    private func refuseFull(_ name: LinkName, _ entry: SessionEntry, now: Instant) {
        self.refuseWish(name, .accept, entry.id, .full, "All seats of this session are taken.", now: now)
        self.ask(.seatLeft(name, entry.id), now: now)
    }
}
