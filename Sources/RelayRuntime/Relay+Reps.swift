internal import AuditCore
internal import AuditStore
internal import Logging
internal import OpenSSH
internal import PairingCore
internal import RelayCore
internal import WebSocketTransport
internal import Wire

/// The rep's side: challenge, login, queue, seats.
extension Relay {
    /// The login is on record.
    func loggedIn(_ link: LinkID, _ rep: LinkState.Rep) {
        guard let state = self.links[link], !state.isClosing, case .rep(var side) = state.side else { return }
        side.stage = .ready(rep)
        state.side = .rep(side)
        self.endHandshake(state)
    }

    /// The handshake's deadline is met, or matters no more: its timer is free for others.
    func endHandshake(_ state: LinkState) {
        guard let timer = state.timer else { return }
        state.timer = nil
        self.removeTimer(timer)
    }

    func repControl(
        _ kind: FrameKind, _ header: FrameHeader, _ body: [UInt8], on state: LinkState, now: Instant
    ) throws(WireError) {
        if kind == .login {
            let login = try Login(body: body)
            let claim = Logins.Claim(
                principal: login.principal, nonce: Self.decode(login.nonce), counterNonce: Self.decode(login.cnonce),
                relay: login.relay, signature: Array(login.signature.utf8))
            return self.ask(.login(state.id, claim), now: now)
        }
        if kind == .resume { return self.ask(.repResume(state.id, try Resume(body: body)), now: now) }
        guard let rep = state.rep else { return self.refuseFrame(state, .outOfOrder) }
        switch kind {
        case .accept:
            let wish = try Accept(body: body)
            guard self.auditFailure == nil, self.parts.audit.state.allowsNewSessions else {
                return self.refuseWish(
                    self.name(state.id), .accept, wish.session, .audit, "\(CloseCode.auditUnavailable.sentence)",
                    now: now)
            }
            self.ask(.accept(state.id, wish), now: now)
        case .leave:
            let session = try Leave(body: body).session
            guard let held = state.heldSeats.first(where: { $0.outlet.id == session }) else { return }
            self.giveUp(held, state, why: "left", now: now)
            self.ask(.seatLeft(self.name(state.id), session), now: now)
        case .end:
            _ = try End(body: body)
            guard let held = Self.held(header.session, state) else { return }
            let number = held.outlet.number
            let loop = (held.outlet as? MirrorEntry)?.remote.loop ?? self.parts.index
            self.send(.repEnds(session: number, rep), to: loop, now: now)
        case .resync:
            guard let held = Self.held(header.session, state) else { return }
            if let entry = held.outlet as? SessionEntry {
                self.perform(on: entry, now: now) { core, outbox in
                    core.resyncAsked(held.seat, now: now, into: &outbox)
                }
            } else if let entry = held.outlet as? MirrorEntry {
                self.perform(on: entry, now: now) { core, outbox in core.resyncAsked(held.seat, into: &outbox) }
            }
        case .look: self.looked(try Look(body: body), at: header.session, state, now: now)
        case .ask: self.asked(try Ask(body: body), at: header.session, state, now: now)
        case .keyframe, .delta, .scroll, .press, .cursor, .consent, .hello, .welcome, .acknowledge, .watch,
            .keyframeRequest, .place, .challenge, .login, .ready, .queue, .seated, .refused, .presence, .resume,
            .answer:
            self.refuseFrame(state, .wrongRole)
        }
    }

    private static func held(_ number: UInt32, _ state: LinkState) -> LinkState.HeldSeat? {
        state.heldSeats.first { $0.outlet.number == number }
    }

    /// Bytes of a nonce; none when it is no base64, which no check accepts.
    private static func decode(_ text: String) -> [UInt8] {
        (try? Base64.decode(Array(text.utf8), bytesMax: 64)) ?? []
    }

    /// Takes a seat from its link, and tells its session.
    private func giveUp(_ held: LinkState.HeldSeat, _ state: LinkState, why: String, now: Instant) {
        if let entry = held.outlet as? SessionEntry {
            state.heldSeats.removeAll { $0.outlet === entry }
            self.vacate(held.seat, entry, why: why, now: now)
        } else if let entry = held.outlet as? MirrorEntry {
            self.leaveMirror(held, entry, state, now: now)
            self.send(
                .seatLeft(session: entry.number, held.seat.number, state.id, why: why), to: entry.remote.loop, now: now)
        }
    }

    /// The link of a seat is lost: its session keeps the seat.
    private func lose(_ held: LinkState.HeldSeat, _ state: LinkState, now: Instant) {
        if let entry = held.outlet as? SessionEntry {
            self.seatLost(held.seat, self.name(state.id), entry, now: now)
        } else if let entry = held.outlet as? MirrorEntry {
            self.leaveMirror(held, entry, state, now: now)
            self.send(.seatLost(session: entry.number, held.seat.number, state.id), to: entry.remote.loop, now: now)
        }
    }

    /// The rep is back on another link. The front desk knows this one no more.
    func repReplaced(_ link: LinkID, now: Instant) {
        guard let state = self.links[link] else { return }
        for held in state.heldSeats { self.lose(held, state, now: now) }
        state.heldSeats.removeAll()
        self.close(state, .replaced)
    }

    /// A rep's link is gone. One that closed with 1000 has left; any other may come back.
    func repLost(_ state: LinkState, _ close: LinkClose, now: Instant) {
        let hasLeft = close.side == .peer && close.code == 1000
        for held in state.heldSeats {
            // In the drain every session ends, and says so of its seats.
            if self.isDraining, let entry = held.outlet as? MirrorEntry {
                entry.remove(held.seat)
            } else if hasLeft {
                self.giveUp(held, state, why: "left", now: now)
            } else {
                self.lose(held, state, now: now)
            }
        }
        state.heldSeats.removeAll()
        self.ask(.repGone(state.id, hasLeft: hasLeft), now: now)
    }
}
