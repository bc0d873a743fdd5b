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
    /// A rep link has opened: the first word is the relay's.
    func challenge(_ state: LinkState, now: Instant) {
        self.lastRepNumber += 1
        let key = RepKey(self.lastRepNumber)
        state.repKey = key
        self.repLinks[key] = state.id
        self.run(
            self.logins.linkOpened(
                key, from: .init(state.peer.networkBits), nonce: SystemEntropy.bytes(SSHLimits.nonceBytes),
                now: now), now: now)
    }

    private func run(_ actions: [Logins.Action], now: Instant) {
        self.note(deadline: self.logins.nextDeadline)
        for action in actions {
            switch action {
            case .challenge(let key, let nonce):
                guard let state = self.state(of: key) else { continue }
                let names = self.parts.configuration.relayNames
                self.tell(
                    state, .challenge,
                    Challenge(
                        nonce: Base64.encode(nonce), relay: names,
                        now: UInt32(truncatingIfNeeded: SystemClock.wallMicroseconds() / 1_000_000)
                    ).body())
            case .verify(let key, let claim): self.verify(key, claim, now: now)
            case .admit(let key, let principal, let fingerprint): self.admit(key, principal, fingerprint, now: now)
            case .refuse(let key, let refusal): self.refuseLogin(key, refusal)
            }
        }
    }

    private func verify(_ key: RepKey, _ claim: Logins.Claim, now: Instant) {
        guard let state = self.state(of: key) else { return }
        let challenge = try? LoginChallenge(
            relay: claim.relay, principal: claim.principal, nonce: claim.nonce, counterNonce: claim.counterNonce)
        guard let challenge else {
            return self.run(self.logins.verdictReached(key, .refused("malformed names"), now: now), now: now)
        }
        let isQueued = self.parts.verifier.submit(
            .init(link: state.id, challenge: challenge, signature: claim.signature))
        if !isQueued {
            self.close(state, .overloaded)
        }
    }

    /// The verifier's answer.
    func loginChecked(_ link: LinkID, _ verdict: LoginVerdict?, now: Instant) {
        guard let state = self.links[link], let key = state.repKey else { return }
        let finding: Logins.Verdict =
            switch verdict {
            case .verified(let principal, let fingerprint): .verified(principal: principal, fingerprint: fingerprint)
            case .refused(let reason): .refused(reason.description)
            case nil: .refused("the signature cannot be read")
            }
        self.run(self.logins.verdictReached(key, finding, now: now), now: now)
    }

    /// The login is good; it takes effect when it is on record.
    private func admit(_ key: RepKey, _ principal: String, _ fingerprint: String, now: Instant) {
        guard let state = self.state(of: key) else { return }
        guard let entry = self.parts.configuration.reps.first(where: { $0.principal == principal }) else {
            return self.refuseLogin(key, .notVerified("no [[rep]] has this principal"))
        }
        let rep = LinkState.Rep(key: key, principal: principal, name: entry.name, fingerprint: fingerprint)
        let isQueued = self.recordAwaited(
            AuditEntry(.loginAccepted(method: "sshsig"), by: self.actor(rep)), .login(state.id, rep))
        if !isQueued { self.close(state, .auditUnavailable) }
    }

    func loginBecameDurable(_ link: LinkID, _ rep: LinkState.Rep, now: Instant) {
        guard let state = self.links[link], !state.isClosing, case .rep(var side) = state.side else { return }
        side.stage = .ready(rep)
        state.side = .rep(side)
        state.handshakeDue = nil
        self.tell(state, .ready, Ready(principal: rep.principal, name: rep.name).body())
        let entry = self.parts.configuration.reps.first { $0.principal == rep.principal }
        let profile = RepProfile(
            principal: rep.principal, name: rep.name, languages: entry?.languages ?? [], sites: entry?.sites ?? [],
            sessionCountMax: self.limits.seatsPerRepMax)
        self.run(self.desk.repArrived(rep.key, profile, now: now), now: now)
        self.tellQueue(rep.key, now: now)
        self.logger.info("rep logged in", metadata: ["principal": "\(rep.principal)", "key": "\(rep.fingerprint)"])
    }

    private func refuseLogin(_ key: RepKey, _ refusal: Logins.Refusal) {
        guard let state = self.state(of: key) else { return }
        let (code, word): (CloseCode, String) =
            switch refusal {
            case .penalised: (.loginRefused, "penalised")
            case .busy: (.overloaded, "busy")
            case .late: (.handshakeTimeout, "late")
            case .repeated: (.loginRefused, "repeated")
            case .foreignNonce: (.loginRefused, "nonce")
            case .foreignRelay: (.loginRefused, "relay")
            case .malformed: (.loginRefused, "malformed")
            case .notVerified: (.loginRefused, "signature")
            }
        self.logger.notice(
            "login refused", metadata: ["peer": "\(state.peer.text)", "reason": "\(Self.words(refusal))"])
        if code == .loginRefused { self.loop.penaliseForLogin(state.id) }
        self.record(AuditEntry(.loginRefused(method: "sshsig", reason: word), by: .relay))
        self.close(state, code)
    }

    private static func words(_ refusal: Logins.Refusal) -> String {
        switch refusal {
        case .notVerified(let words): words
        case .foreignRelay: "the rep dialled a name that is not in relay_names"
        case .penalised, .busy, .late, .repeated, .foreignNonce, .malformed: "\(refusal)"
        }
    }

    func repControl(
        _ kind: FrameKind, _ header: FrameHeader, _ body: [UInt8], on state: LinkState, now: Instant
    ) throws(WireError) {
        guard let key = state.repKey else { return }
        if kind == .login {
            let login = try Login(body: body)
            let claim = Logins.Claim(
                principal: login.principal, nonce: Self.decode(login.nonce), counterNonce: Self.decode(login.cnonce),
                relay: login.relay, signature: Array(login.signature.utf8))
            return self.run(self.logins.loginReceived(key, claim, now: now), now: now)
        }
        guard let rep = state.rep else { return self.refuseFrame(state, .outOfOrder) }
        switch kind {
        case .accept:
            let session = try SessionWish(body: body).session
            guard self.auditFailure == nil, self.parts.audit.state.allowsNewSessions else {
                return self.refuseWish(state, .accept, session, .audit, "\(CloseCode.auditUnavailable.sentence)")
            }
            self.run(self.desk.accept(key, session, now: now), now: now)
        case .leave:
            let session = try SessionWish(body: body).session
            guard let held = state.heldSeats.first(where: { $0.entry.core.id == session }) else { return }
            state.heldSeats.removeAll { $0.entry === held.entry }
            self.vacate(held, rep, why: "left", now: now)
            self.run(self.desk.seatLeft(key, session, now: now), now: now)
        case .end:
            _ = try End(body: body)
            guard let held = Self.held(header.session, state) else { return }
            held.entry.endedBy = rep
            self.end(held.entry, .rep, now: now)
        case .resync:
            guard let held = Self.held(header.session, state) else { return }
            self.perform(on: held.entry, now: now) { core, outbox in
                core.resyncAsked(held.seat, now: now, into: &outbox)
            }
        case .keyframe, .delta, .scroll, .press, .cursor, .consent, .hello, .welcome, .acknowledge, .watch,
            .keyframeRequest, .place, .challenge, .login, .ready, .queue, .seated, .refused, .presence:
            self.refuseFrame(state, .wrongRole)
        }
    }

    private static func held(_ number: UInt32, _ state: LinkState) -> LinkState.HeldSeat? {
        state.heldSeats.first { $0.entry.core.number == number }
    }

    /// Bytes of a nonce; none when it is no base64, which no check accepts.
    private static func decode(_ text: String) -> [UInt8] {
        (try? Base64.decode(Array(text.utf8), bytesMax: 64)) ?? []
    }

    /// A rep's link is gone. One that closed with 1000 has left; any other may come back.
    func repLost(_ state: LinkState, _ close: LinkClose, now: Instant) {
        guard let key = state.repKey else { return }
        self.repLinks[key] = nil
        self.logins.linkClosed(key)
        guard let rep = state.rep else { return }
        let hasLeft = close.side == .peer && close.code == 1000
        for held in state.heldSeats {
            self.vacate(held, rep, why: hasLeft ? "left" : "lost", now: now)
        }
        let actions =
            hasLeft
            ? self.desk.repLeft(key, now: now) : self.desk.repLinkLost(key, now: now)
        self.run(actions, now: now)
        self.record(AuditEntry(.loginEnded(why: hasLeft ? "left" : "lost"), by: self.actor(rep)))
    }

    func state(of key: RepKey) -> LinkState? {
        self.repLinks[key].flatMap { self.links[$0] }
    }

    func refuseWish(
        _ state: LinkState, _ kind: FrameKind, _ session: SessionID, _ why: RefusalReason, _ text: String
    ) {
        self.tell(state, .refused, Refused(what: kind, session: session, why: why, text: text).body())
    }

    func loginDeadlinePassed(now: Instant) {
        self.run(self.logins.deadlinePassed(now: now), now: now)
    }
}
