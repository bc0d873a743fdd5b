internal import AuditCore
internal import PairingCore
internal import RelayCore
internal import WebSocketTransport
internal import Wire

/// Mirrors: other loops' sessions with seats here, and this loop's sessions with seats there.
///
/// A mirror lives from the owner's `mirrorBegan` to its `mirrorEnded`, whatever the seats do meanwhile: both are in the
/// owner's one stream of mail, so that both ends agree on what was handed over.
extension Relay {
    // At the session's loop.

    /// Makes sure that the loop has a mirror: with the frames from the newest keyframe on, or from the one where a seat
    /// goes on when that is before it.
    func openMirror(_ entry: SessionEntry, on loop: Int, from start: SeatStart, now: Instant) {
        if let place = entry.mirrors.firstIndex(where: { $0.loop == loop }) {
            entry.mirrors[place].seatCount += 1
            return
        }
        entry.mirrors.append(.init(loop: loop, seatCount: 1))
        let first = entry.fanOut.mirrorStart(for: start)
        self.send(.mirrorBegan(self.remote(entry), index: first), to: loop, now: now)
        entry.fanOut.forEachFrame(from: first) { index, kind, frame in
            self.send(.frame(session: entry.number, index: index, kind, frame), to: loop, now: now)
        }
    }

    func remote(_ entry: SessionEntry) -> RemoteSession {
        RemoteSession(loop: self.parts.index, number: entry.number, id: entry.id, site: entry.siteKey)
    }

    /// Hands an accepted frame over, once a loop.
    func handOver(_ frame: SharedFrame, _ index: UInt64, _ entry: SessionEntry, now: Instant) {
        guard entry.hasMirrors else { return }
        // The second byte of the header; the core has accepted the frame, so the kind is known.
        guard let kind = unsafe frame.withBytes({ unsafe FrameKind(rawValue: $0[1]) }) else { return }
        for place in entry.mirrors.indices {
            if entry.mirrors[place].isBroken {
                guard kind == .keyframe else { continue }
                entry.mirrors[place].isBroken = false
            }
            self.send(
                .frame(session: entry.number, index: index, kind, frame), to: entry.mirrors[place].loop, now: now)
        }
    }

    /// A seat of the loop is gone; the last one takes the mirror with it.
    func seatLeftMirror(_ entry: SessionEntry, on loop: Int, now: Instant) {
        guard let place = entry.mirrors.firstIndex(where: { $0.loop == loop }) else { return }
        entry.mirrors[place].seatCount -= 1
        guard entry.mirrors[place].seatCount == 0 else { return }
        entry.mirrors.remove(at: place)
        self.send(.mirrorEnded(session: entry.number, isOver: false), to: loop, now: now)
    }

    /// A mirror of an ended session has everything on record; after the last one the session's end is recorded.
    func mirrorClosed(_ number: UInt32) {
        guard let entry = self.endingSessions[number] else { return }
        entry.openMirrorCount -= 1
        guard entry.openMirrorCount == 0 else { return }
        self.endingSessions[number] = nil
        self.recordEnd(entry)
        self.checkDrained()
    }

    // At the loop of the seats.

    func mirrorBegan(_ remote: RemoteSession, _ index: UInt64) {
        let entry = MirrorEntry(
            remote, core: Mirror(sharing: self.sessionLimits, next: index), timer: self.addTimer(.mirror(remote.number))
        )
        self.mirrors[remote.number] = entry
    }

    /// A granted seat takes effect, if its link is still there.
    func seated(
        _ link: LinkID, _ seat: SeatID, _ number: UInt32, at start: SeatStart, wantsCursor: Bool, _ body: [UInt8],
        now: Instant
    ) {
        guard let entry = self.mirrors[number] else { return }
        if let old = entry.places.first(where: { $0.seat == seat }) {
            // Its rep is back before the loss of the old link was noticed here.
            self.leaveMirror(.init(outlet: entry, seat: seat), entry, old.link, now: now)
        }
        guard let state = self.links[link], !state.isClosing, state.rep != nil else {
            return self.send(.seatLost(session: number, seat.number, link), to: entry.remote.loop, now: now)
        }
        self.tell(state, .seated, session: number, body)
        state.heldSeats.append(.init(outlet: entry, seat: seat))
        entry.add(seat, state)
        self.perform(on: entry, now: now) { core, outbox in
            core.join(seat, at: start, wantsCursor: wantsCursor, now: now, into: &outbox)
        }
    }

    /// Takes a seat from its link; what it was handed is on record before the session's loop hears of it.
    func leaveMirror(_ held: LinkState.HeldSeat, _ entry: MirrorEntry, _ state: LinkState, now: Instant) {
        state.heldSeats.removeAll { $0.outlet === entry }
        entry.remove(held.seat)
        self.perform(on: entry, now: now) { core, outbox in core.leave(held.seat, into: &outbox) }
    }

    /// The owner lets the mirror go. What its seats were handed is on record before the owner hears of it.
    func mirrorEnded(_ number: UInt32, isOver: Bool, now: Instant) {
        guard let entry = self.mirrors[number] else { return }
        self.perform(on: entry, now: now) { core, outbox in core.end(into: &outbox) }
        for place in entry.places { place.link.heldSeats.removeAll { $0.outlet === entry } }
        entry.removeAllPlaces()
        self.removeTimer(entry.timer)
        entry.isClosed = true
        self.mirrors[number] = nil
        if isOver { self.send(.mirrorClosed(session: number), to: entry.remote.loop, now: now) }
    }

    /// Runs one fact through a mirror, then performs the actions.
    func perform(on entry: MirrorEntry, now: Instant, _ fact: (Mirror, inout Outbox) -> Void) {
        var outbox = self.takeOutbox()
        fact(entry.core, &outbox)
        for action in outbox.actions {
            switch action {
            case .wake: self.wake(entry)
            case .requestKeyframe: self.send(.keyframeWanted(session: entry.number), to: entry.remote.loop, now: now)
            case .recordSent(let seat, let ranges): self.recordSent(seat, ranges, entry.id)
            case .closeSeat(let seat, let code):
                guard let place = entry.places.first(where: { $0.seat == seat }) else { continue }
                entry.remove(seat)
                place.link.heldSeats.removeAll { $0.outlet === entry }
                self.send(
                    .seatLeft(session: entry.number, seat.number, place.link.id, why: "slow"), to: entry.remote.loop,
                    now: now)
                // The stall is the link's: it holds every seat of this rep, and all come back with it.
                self.close(place.link, code)
            case .acknowledge, .watch, .presence, .recordConsent, .recordFrame, .closeShopper, .ended:
                preconditionFailure("a mirror knows no shopper")
            }
        }
        self.outbox = outbox
        self.noteResyncs(entry.fanOut)
        if !entry.share.isActive { self.timers.set(entry.timer, entry.fanOut.nextDeadline) }
    }
}
