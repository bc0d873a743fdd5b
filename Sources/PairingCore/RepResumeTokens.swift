package import Wire

/// The one-use tokens with which a rep's terminal client takes its link up again without another signature.
///
/// Each login has one token, bound to the principal and the key that signed. It dies with its use, when the rep leaves,
/// or a seat's grace after its link was lost. It proves who the rep is and nothing more: what the rep may do is asked
/// again at every use. Pure; owned by one thread; entropy and hashing are the caller's.
package struct RepResumeTokens {
    /// Who logged in.
    package struct Holder: Equatable, Sendable {
        package let principal: String
        /// Of the key that signed the login.
        package let fingerprint: String

        /// Wraps a verified login.
        package init(principal: String, fingerprint: String) {
            self.principal = principal
            self.fingerprint = fingerprint
        }
    }

    /// What became of a token.
    package enum Outcome: Equatable, Sendable {
        /// Good, and spent by this.
        case resumed(Holder)
        /// The login is not known, or its grace has passed: the rep logs in as anyone does.
        case unknown
        /// The token was good once: a copy of it is about. Refused, and worth a record.
        case spent
        /// Never this login's token. Refused, and worth a record.
        case wrong
    }

    fileprivate struct Slot {
        let token: ResumeTokens.Token
        let holder: Holder
        var isSpent = false
        /// When it is forgotten; nil while the login's link is there.
        var forgottenAt: Instant?
    }

    private let limits: PairingLimits
    private var slots: [RepKey: Slot] = [:]

    /// No login. A token outlives its link by `PairingLimits.seatGraceDurationMax`, as seats do.
    package init(limits: PairingLimits) { self.limits = limits }

    /// Logins that are remembered.
    package var count: Int { self.slots.count }

    /// A login is good: `token` is what its link is told. False when as many are remembered as may be; then the rep is
    /// given none.
    package mutating func loggedIn(_ login: RepKey, _ holder: Holder, token: ResumeTokens.Token) -> Bool {
        precondition(self.slots[login] == nil, "a login is given one token")
        guard self.slots.count < self.limits.repTokenCountMax else { return false }
        self.slots[login] = Slot(token: token, holder: holder)
        return true
    }

    /// A link comes with the token of `login`, whose link may still be there: its loss has not been noticed yet.
    package mutating func resume(_ login: RepKey, token: ResumeTokens.Token, now: Instant) -> Outcome {
        guard let slot = self.slots[login], slot.forgottenAt.map({ now < $0 }) ?? true else { return .unknown }
        guard slot.token.isSame(as: token) else { return .wrong }
        guard !slot.isSpent else { return .spent }
        self.slots[login]?.isSpent = true
        self.slots[login]?.forgottenAt = now + self.limits.seatGraceDurationMax
        return .resumed(slot.holder)
    }

    /// The login's link is lost: the grace begins.
    package mutating func linkLost(_ login: RepKey, now: Instant) {
        guard self.slots[login]?.forgottenAt == nil else { return }
        self.slots[login]?.forgottenAt = now + self.limits.seatGraceDurationMax
    }

    /// The rep has left on purpose.
    package mutating func left(_ login: RepKey) { self.slots[login] = nil }

    /// Forgets the logins whose grace has passed.
    package mutating func deadlinePassed(now: Instant) {
        self.slots = self.slots.filter { $0.value.forgottenAt.map { now < $0 } ?? true }
    }

    /// When `deadlinePassed` has something to do; nil while every link is there.
    package var nextDeadline: Instant? { self.slots.values.compactMap(\.forgottenAt).min() }
}
