package import Wire

/// The one-use tokens with which a shopper's page takes its session up again after navigation, reload or a lost
/// network.
///
/// A token is replaced at every use. The replaced one stays good until the first frame after `welcome` proves that
/// the page holds the new one. Entropy and hashing are the caller's: `Token` is 256 bits of whatever the caller
/// chose to keep (a hash of the token is wise). Pure; owned by one thread.
package struct ResumeTokens {
    /// 256 bits from a source that nobody can guess, or their hash.
    package struct Token: Hashable, Sendable {
        fileprivate let words: [UInt64]

        /// Joins four words.
        package init(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) {
            self.words = [first, second, third, fourth]
        }

        /// Takes the same time wherever two tokens differ.
        func isSame(as other: Token) -> Bool {
            var difference: UInt64 = 0
            for index in 0..<4 { difference |= self.words[index] ^ other.words[index] }
            return difference == 0
        }
    }

    /// What became of a token.
    package enum Outcome: Equatable, Sendable {
        /// The session goes on; the token given as `next` is the page's new one.
        case resumed
        /// The session is not known, or its window has passed.
        case unknown
        /// The token was good once: a copy of it is about (a duplicated tab, or a thief). Refused, and worth a report;
        /// the session stays with whoever holds the newer token.
        case reused
        /// Never a token of this session.
        case wrong
    }

    fileprivate struct Slot {
        /// What the page surely holds; nil until the first token is confirmed.
        var current: Token?
        /// Given out, not yet seen in use.
        var pending: Token?
        /// The last ones that were good, newest last.
        var spent: [Token] = []
        /// When the shopper's link was lost; nil while it is there.
        var lostAt: Instant?
    }

    /// How many spent tokens of a session are remembered, so that a copy is told from a guess.
    package static let spentCountMax = 8

    private let sessionCountMax: Int
    private let resumeDurationMax: Duration
    private var slots: [SessionID: Slot] = [:]

    /// No session yet, of at most `sessionCountMax`; each waits for its shopper for `resumeDurationMax`.
    package init(sessionCountMax: Int, resumeDurationMax: Duration) {
        self.sessionCountMax = sessionCountMax
        self.resumeDurationMax = resumeDurationMax
    }

    /// Sessions that are remembered.
    package var count: Int { self.slots.count }

    /// A new session gets its first token. False when the table is full or the session is already known.
    package mutating func sessionBegan(_ session: SessionID, token: Token) -> Bool {
        guard self.slots[session] == nil, self.slots.count < self.sessionCountMax else { return false }
        self.slots[session] = Slot(pending: token)
        return true
    }

    /// The first frame after `welcome` arrived: the page holds the token it was given last.
    package mutating func tokenConfirmed(_ session: SessionID) {
        guard var slot = self.slots[session], let pending = slot.pending else { return }
        if let current = slot.current { slot.spend(current) }
        slot.current = pending
        slot.pending = nil
        self.slots[session] = slot
    }

    /// A page comes with `token`. When it is good, `next` becomes the page's new token. A session whose link is still
    /// there may be taken up too: the old page has not been noticed to be gone.
    package mutating func resume(
        _ session: SessionID, token: Token, next: Token, now: Instant
    ) -> Outcome {
        guard var slot = self.slots[session], self.deadline(of: slot).map({ now < $0 }) ?? true else { return .unknown }
        let isCurrent = slot.current?.isSame(as: token) ?? false
        let isPending = slot.pending?.isSame(as: token) ?? false
        guard isCurrent || isPending else {
            return slot.spent.contains { $0.isSame(as: token) } ? .reused : .wrong
        }
        if isPending {
            // Its use proves that the page stored it.
            if let current = slot.current { slot.spend(current) }
            slot.current = token
        } else if let pending = slot.pending {
            // The page left before it stored this one; nobody honest will come with it.
            slot.spend(pending)
        }
        slot.pending = next
        slot.lostAt = nil
        self.slots[session] = slot
        return .resumed
    }

    /// The shopper's link is gone: the window opens.
    package mutating func linkLost(_ session: SessionID, now: Instant) {
        self.slots[session]?.lostAt = now
    }

    /// The session is over; its tokens are worth nothing.
    package mutating func sessionEnded(_ session: SessionID) {
        self.slots[session] = nil
    }

    /// Forgets the sessions whose window has passed and returns them, in order of their keys.
    package mutating func deadlinePassed(now: Instant) -> [SessionID] {
        let gone = self.slots.filter { self.deadline(of: $0.value).map { $0 <= now } ?? false }.keys
            .sorted { ($0.high, $0.low) < ($1.high, $1.low) }
        for session in gone { self.slots[session] = nil }
        return gone
    }

    /// When `deadlinePassed` has something to do; nil when every link is there.
    package var nextDeadline: Instant? { self.slots.values.compactMap { self.deadline(of: $0) }.min() }

    /// When the slot's window closes; nil while its shopper is there.
    private func deadline(of slot: Slot) -> Instant? { slot.lostAt.map { $0 + self.resumeDurationMax } }
}

extension ResumeTokens.Slot {
    fileprivate mutating func spend(_ token: ResumeTokens.Token) {
        self.spent.append(token)
        if self.spent.count > ResumeTokens.spentCountMax { self.spent.removeFirst() }
    }
}
