internal import AuditCore
internal import Logging
internal import OpenSSH
internal import PairingCore
internal import Wire

/// Who logs in: challenges, verdicts, and what they mean.
extension FrontDesk {
    /// A rep link has opened: the first word is the relay's.
    func repOpened(_ name: LinkName, addressBits: UInt64, now: Instant) {
        self.lastRepNumber += 1
        let key = RepKey(self.lastRepNumber)
        self.repLinks[key] = name
        self.repKeys[name] = key
        self.run(
            self.logins.linkOpened(
                key, from: .init(addressBits), nonce: SystemEntropy.bytes(SSHLimits.nonceBytes), now: now), now: now)
    }

    func run(_ actions: [Logins.Action], now: Instant) {
        self.relay.noteDesk(deadline: self.nextDeadline)
        for action in actions {
            switch action {
            case .challenge(let key, let nonce):
                guard let name = self.repLinks[key] else { continue }
                let names = self.relay.parts.configuration.relayNames
                let challenge = Challenge(
                    nonce: Base64.encode(nonce), relay: names,
                    now: UInt32(truncatingIfNeeded: SystemClock.wallMicroseconds() / 1_000_000))
                self.relay.tell(name, .challenge, challenge.body(), now: now)
            case .verify(let key, let claim): self.verify(key, claim, now: now)
            case .admit(let key, let principal, let fingerprint): self.admit(key, principal, fingerprint, now: now)
            case .refuse(let key, let refusal): self.refuseLogin(key, refusal, now: now)
            }
        }
    }

    private func verify(_ key: RepKey, _ claim: Logins.Claim, now: Instant) {
        guard let name = self.repLinks[key] else { return }
        let challenge = try? LoginChallenge(
            relay: claim.relay, principal: claim.principal, nonce: claim.nonce, counterNonce: claim.counterNonce)
        guard let challenge else {
            return self.run(self.logins.verdictReached(key, .refused("malformed names"), now: now), now: now)
        }
        let isQueued = self.relay.parts.verifier.submit(
            .init(link: key, challenge: challenge, signature: claim.signature))
        if !isQueued { self.relay.send(.close(name.link, .overloaded), to: name.loop, now: now) }
    }

    /// The verifier's answer.
    func loginChecked(_ key: RepKey, _ verdict: LoginVerdict?, now: Instant) {
        guard self.repLinks[key] != nil else { return }
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
        guard let name = self.repLinks[key] else { return }
        guard let entry = self.relay.parts.configuration.reps.first(where: { $0.principal == principal }) else {
            return self.refuseLogin(key, .notVerified("no [[rep]] has this principal"), now: now)
        }
        let rep = LinkState.Rep(login: key, principal: principal, name: entry.name, fingerprint: fingerprint)
        let method = self.returns[key] == nil ? "sshsig" : "resume"
        let isQueued = self.relay.recordAwaited(
            AuditEntry(.loginAccepted(method: method), by: self.relay.actor(rep)), .login(key, rep))
        if !isQueued { self.relay.send(.close(name.link, .auditUnavailable), to: name.loop, now: now) }
    }

    /// The login that waited for the disk does not happen.
    func loginRefusedByAudit(_ key: RepKey, now: Instant) {
        guard let name = self.repLinks[key] else { return }
        self.relay.send(.close(name.link, .auditUnavailable), to: name.loop, now: now)
    }

    func loginBecameDurable(_ key: RepKey, _ rep: LinkState.Rep, now: Instant) {
        guard let name = self.repLinks[key] else { return }
        self.reps[key] = rep
        self.relay.send(.loggedIn(name.link, rep), to: name.loop, now: now)
        let ready = Ready(principal: rep.principal, name: rep.name, resume: self.drawToken(for: key, rep))
        self.relay.tell(name, .ready, ready.body(), now: now)
        let entry = self.relay.parts.configuration.reps.first { $0.principal == rep.principal }
        let profile = RepProfile(
            principal: rep.principal, name: rep.name, languages: entry?.languages ?? [], sites: entry?.sites ?? [],
            sessionCountMax: self.limits.seatsPerRepMax)
        self.run(self.desk.repArrived(key, profile, now: now), now: now)
        self.returnSeats(key, now: now)
        self.newcomers.append(key)
        self.hasNewcomers = true
        self.logger.info("rep logged in", metadata: ["principal": "\(rep.principal)", "key": "\(rep.fingerprint)"])
    }

    private func refuseLogin(_ key: RepKey, _ refusal: Logins.Refusal, now: Instant) {
        guard let name = self.repLinks[key] else { return }
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
            case .tokenSpent: (.loginRefused, "spent")
            case .tokenWrong: (.loginRefused, "token")
            case .revoked: (.loginRefused, "revoked")
            }
        let method =
            switch refusal {
            case .tokenSpent, .tokenWrong, .revoked: "resume"
            case .penalised, .busy, .late, .repeated, .foreignNonce, .foreignRelay, .malformed, .notVerified: "sshsig"
            }
        self.logger.notice("login refused", metadata: ["link": "\(name)", "reason": "\(Self.words(refusal))"])
        self.relay.record(AuditEntry(.loginRefused(method: method, reason: word), by: .relay))
        self.relay.send(.close(name.link, code), to: name.loop, now: now)
    }

    private static func words(_ refusal: Logins.Refusal) -> String {
        switch refusal {
        case .notVerified(let words): words
        case .foreignRelay: "the rep dialled a name that is not in relay_names"
        case .penalised, .busy, .late, .repeated, .foreignNonce, .malformed, .tokenSpent, .tokenWrong, .revoked:
            "\(refusal)"
        }
    }
}
