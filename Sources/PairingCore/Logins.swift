package import Wire

/// The logins under way: one challenge a rep link, used once, and failures held against the address.
///
/// The signature is checked elsewhere, on another thread: `verify` asks for it, `verdictReached` brings the answer.
/// Pure, owned by one thread; entropy is the caller's.
package struct Logins {
    /// Where a link comes from: an IPv4 address, or the first 64 bits of an IPv6 address, as the caller packs it.
    package struct AddressKey: Hashable, Sendable {
        /// The packed address.
        package let bits: UInt64
        /// Wraps a packed address.
        package init(_ bits: UInt64) { self.bits = bits }
    }

    /// What the rep's `login` frame holds; sizes are those of the frame's limits.
    package struct Claim: Equatable, Sendable {
        package let principal: String
        package let nonce: [UInt8]
        package let counterNonce: [UInt8]
        package let relay: String
        /// Armoured SSHSIG, opaque here.
        package let signature: [UInt8]

        /// Takes the members as they came.
        package init(
            principal: String, nonce: [UInt8], counterNonce: [UInt8], relay: String, signature: [UInt8]
        ) {
            self.principal = principal
            self.nonce = nonce
            self.counterNonce = counterNonce
            self.relay = relay
            self.signature = signature
        }
    }

    /// What the check of the signature found.
    package enum Verdict: Equatable, Sendable {
        case verified(principal: String, fingerprint: String)
        /// In words, for the log.
        case refused(String)
    }

    /// What the logins want done.
    package enum Action: Equatable, Sendable {
        /// Send `challenge` with this nonce.
        case challenge(RepKey, nonce: [UInt8])
        /// Check the signature and bring a verdict, once.
        case verify(RepKey, Claim)
        /// The rep is in.
        case admit(RepKey, principal: String, fingerprint: String)
        /// Close the link with 4508 (4003 for `busy`, 4005 for `late`); the peer is not told more.
        case refuse(RepKey, Refusal)
    }

    /// Why a login failed, for the log and the audit.
    package enum Refusal: Equatable, Sendable {
        /// The address failed too often; it may try again after this time.
        case penalised(for: Duration)
        /// As many links as the daemon serves are between challenge and verdict.
        case busy
        /// No `login` in time.
        case late
        /// A second `login` on the link.
        case repeated
        /// Not the nonce of this link.
        case foreignNonce
        /// The rep dialled a name that is not this relay's.
        case foreignRelay
        /// A nonce of the rep that is not 32 bytes.
        case malformed
        /// The signature or the principal is refused; in words.
        case notVerified(String)
        /// A resume token that was used before.
        case tokenSpent
        /// A resume token that never was the login's.
        case tokenWrong
        /// A good token of someone who may not log in any more.
        case revoked
    }

    fileprivate enum Stage {
        case challenged(nonce: [UInt8], until: Instant)
        case verifying(Claim)
    }

    fileprivate struct Attempt {
        let address: AddressKey
        var stage: Stage
        /// A link may try one token.
        var hasTriedToken = false
    }

    private let relayNames: [String]
    private var attempts: [RepKey: Attempt] = [:]
    private var penalties: LoginPenalties
    private let limits: PairingLimits

    /// `relayNames` are the addresses under which reps may dial this relay.
    package init(relayNames: [String], limits: PairingLimits) {
        self.relayNames = relayNames
        self.limits = limits
        self.penalties = LoginPenalties(limits: limits)
    }

    /// Links between challenge and verdict.
    package var count: Int { self.attempts.count }

    /// A rep link has opened. `nonce` is 32 bytes from a source that nobody can guess.
    package mutating func linkOpened(
        _ link: RepKey, from address: AddressKey, nonce: [UInt8], now: Instant
    ) -> [Action] {
        precondition(nonce.count == 32 && self.attempts[link] == nil, "one challenge of 32 bytes a link")
        if let wait = self.penalties.wait(address, now: now) { return [.refuse(link, .penalised(for: wait))] }
        guard self.attempts.count < self.limits.challengeCountMax else { return [.refuse(link, .busy)] }
        let until = now + self.limits.loginDurationMax
        self.attempts[link] = Attempt(address: address, stage: .challenged(nonce: nonce, until: until))
        return [.challenge(link, nonce: nonce)]
    }

    /// The link's `login`. The challenge is spent whatever comes of it.
    package mutating func loginReceived(_ link: RepKey, _ claim: Claim, now: Instant) -> [Action] {
        guard var attempt = self.attempts[link] else { return [.refuse(link, .repeated)] }
        guard case .challenged(let nonce, let until) = attempt.stage else {
            return self.failed(link, .repeated, now: now)
        }
        guard now < until else { return self.failed(link, .late, now: now) }
        guard claim.nonce == nonce else { return self.failed(link, .foreignNonce, now: now) }
        guard claim.counterNonce.count == 32 else { return self.failed(link, .malformed, now: now) }
        guard self.relayNames.contains(where: { $0.utf8.elementsEqual(claim.relay.utf8) }) else {
            return self.failed(link, .foreignRelay, now: now)
        }
        if let wait = self.penalties.wait(attempt.address, now: now) {
            self.attempts[link] = nil
            return [.refuse(link, .penalised(for: wait))]
        }
        attempt.stage = .verifying(claim)
        self.attempts[link] = attempt
        return [.verify(link, claim)]
    }

    /// The link answers the challenge with a resume token. Empty when the token is to be looked at: the answer is
    /// `tokenFound`. The challenge stays open for a `login`.
    package mutating func tokenReceived(_ link: RepKey, now: Instant) -> [Action] {
        guard let attempt = self.attempts[link] else { return [.refuse(link, .repeated)] }
        guard case .challenged(_, let until) = attempt.stage, !attempt.hasTriedToken else {
            return self.failed(link, .repeated, now: now)
        }
        guard now < until else { return self.failed(link, .late, now: now) }
        if let wait = self.penalties.wait(attempt.address, now: now) {
            self.attempts[link] = nil
            return [.refuse(link, .penalised(for: wait))]
        }
        self.attempts[link]?.hasTriedToken = true
        return []
    }

    /// What became of the token after `tokenReceived`. An unknown one changes nothing: the rep logs in with its key.
    package mutating func tokenFound(
        _ link: RepKey, _ outcome: RepResumeTokens.Outcome, isStillAllowed: Bool, now: Instant
    ) -> [Action] {
        switch outcome {
        case .resumed(let holder):
            guard isStillAllowed else { return self.failed(link, .revoked, now: now) }
            guard self.attempts.removeValue(forKey: link) != nil else { return [] }
            return [.admit(link, principal: holder.principal, fingerprint: holder.fingerprint)]
        case .unknown: return []
        case .spent: return self.failed(link, .tokenSpent, now: now)
        case .wrong: return self.failed(link, .tokenWrong, now: now)
        }
    }

    /// The answer to `verify`. Ignored when the link has gone in the meantime.
    package mutating func verdictReached(_ link: RepKey, _ verdict: Verdict, now: Instant) -> [Action] {
        guard let attempt = self.attempts[link], case .verifying(let claim) = attempt.stage else { return [] }
        switch verdict {
        case .verified(let principal, let fingerprint):
            guard principal == claim.principal else {
                return self.failed(link, .notVerified("the verdict is another principal's"), now: now)
            }
            self.attempts[link] = nil
            return [.admit(link, principal: principal, fingerprint: fingerprint)]
        case .refused(let words):
            return self.failed(link, .notVerified(words), now: now)
        }
    }

    /// The link is gone. Its challenge is worth nothing any more; going away is no failure.
    package mutating func linkClosed(_ link: RepKey) { self.attempts[link] = nil }

    /// Refuses the links that brought no `login` in time, in the order of their numbers.
    package mutating func deadlinePassed(now: Instant) -> [Action] {
        let late = self.attempts.filter { $0.value.deadline.map { $0 <= now } ?? false }.keys.sorted()
        for link in late { self.attempts[link] = nil }
        return late.map { .refuse($0, .late) }
    }

    /// When `deadlinePassed` has something to do.
    package var nextDeadline: Instant? { self.attempts.values.compactMap(\.deadline).min() }

    private mutating func failed(_ link: RepKey, _ refusal: Refusal, now: Instant) -> [Action] {
        if let attempt = self.attempts.removeValue(forKey: link) {
            self.penalties.failed(attempt.address, now: now)
        }
        return [.refuse(link, refusal)]
    }
}

extension Logins.Attempt {
    fileprivate var deadline: Instant? {
        switch self.stage {
        case .challenged(_, let until): until
        case .verifying: nil
        }
    }
}
