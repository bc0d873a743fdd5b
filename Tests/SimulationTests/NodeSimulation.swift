import PairingCore
import RelayCore
import Support
import Wire

/// A whole relay of several loops: sessions, mirrors with slow mail between them, reps on any loop, pages that leave
/// and come back, floods, jumps of the clock, a crash of the daemon and its drain; driven by one seed.
///
/// After every step the invariants of `Protocol/wire.md` are checked from outside. Owned by its test.
final class NodeSimulation {
    var random: SplitMix64
    let limits: RelayLimits
    let loopCount: Int
    var now = Instant(nanoseconds: 1_000_000_000)
    let shelf = BlockShelf()
    var sessions: [SimulatedSession] = []
    var tokens: ResumeTokens
    let pairing: PairingLimits
    var repTokens: RepResumeTokens
    /// Logins whose token was used.
    var spentLogins: [SimulatedLogin] = []
    /// What is on disk, whatever becomes of the daemon: sessions whose consent it holds.
    var consentLog: Set<SessionID> = []
    var isHealing = false
    var serial: UInt64 = 0
    var sessionsEver: UInt64 = 0
    var tokensEver: UInt64 = 0
    /// How far the clock went in this step.
    var elapsed = Duration.zero

    var delivered = 0
    var mirrored = 0
    var holes = 0
    var resumed = 0
    var crashes = 0
    var breaks = 0
    var returns = 0
    /// Returns that went on from the ring.
    var replays = 0
    /// Tokens that came again, and seats that nobody came back for in time.
    var copies = 0
    var late = 0

    static let holder = RepResumeTokens.Holder(principal: "ana", fingerprint: "SHA256:a")
    static let sessionCountMax = 6
    static let mailFrameCountMax = 40

    init(seed: UInt64) {
        var random = SplitMix64(seed: seed &* 0x9E37 &+ 11)
        var limits = RelayLimits()
        limits.ringFrameCountMax = Int.random(in: 8...200, using: &random)
        limits.ringBytesMax = Int.random(in: 6000...100_000, using: &random)
        limits.seatBehindBytesMax = limits.ringBytesMax / Int.random(in: 1...4, using: &random)
        limits.gatherBytesMax = Int.random(in: 500...20_000, using: &random)
        limits.sentRangeCountMax = Int.random(in: 2...64, using: &random)
        limits.resumeDurationMax = .seconds(30)
        limits.lostSeatWatchDurationMax = .milliseconds(Int.random(in: 200...20_000, using: &random))
        var pairing = PairingLimits()
        pairing.seatGraceDurationMax = .milliseconds(Int.random(in: 2000...20_000, using: &random))
        pairing.repTokenCountMax = .max
        self.pairing = pairing
        self.repTokens = RepResumeTokens(limits: pairing)
        self.limits = limits
        self.loopCount = Int.random(in: 1...3, using: &random)
        self.tokens = ResumeTokens(sessionCountMax: 1000, resumeDurationMax: limits.resumeDurationMax)
        self.random = random
    }

    func chance(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &self.random) == 0 }

    func milliseconds(_ range: ClosedRange<Int>) -> Duration {
        .milliseconds(Int.random(in: range, using: &self.random))
    }

    /// Something happens in some sessions; then every loop ends its turn, and everything is checked.
    func step() throws(Fault) {
        try self.advanceClock()
        if self.sessions.count < Self.sessionCountMax, self.sessions.isEmpty || self.chance(8) { self.open() }
        for session in self.sessions where self.isHealing || self.chance(2) {
            try self.happen(in: session)
            if !session.isEnded { try self.breakLinks(of: session) }
        }
        if !self.isHealing, self.chance(400) { try self.crash() }
        try self.endTurn()
        try self.check()
        for session in self.sessions where session.isEnded && session.allMirrors.allSatisfy({ $0.core == nil }) {
            try self.forget(session)
        }
    }

    /// A page comes for the first time.
    func open() {
        self.sessionsEver += 1
        let session = SimulatedSession(
            id: SessionID(high: self.sessionsEver, low: 1),
            loop: Int.random(in: 0..<self.loopCount, using: &self.random),
            limits: self.limits, token: self.newToken(), manner: .init(&self.random), now: self.now)
        _ = self.tokens.sessionBegan(session.id, token: Self.token(session.token))
        self.sessions.append(session)
    }

    func newToken() -> UInt64 {
        self.tokensEver += 1
        return self.tokensEver
    }

    static func token(_ number: UInt64) -> ResumeTokens.Token {
        ResumeTokens.Token(number, number &* 3, ~number, 7)
    }

    private func advanceClock() throws(Fault) {
        let earlier = self.now
        let longest = self.isHealing ? 50 : self.chance(500) ? 100_000 : self.chance(60) ? 4000 : 60
        self.elapsed = self.milliseconds(0...longest)
        self.now = self.now + self.elapsed
        for session in self.sessions {
            for seat in session.allSeats { seat.drain(from: earlier, to: self.now) }
            // First of all, so that whoever is lost for too long is no longer captured for when something else happens.
            try self.runDeadlines(of: session)
            if let unwatchedAt = session.unwatchedAt, unwatchedAt <= self.now {
                session.unwatchedAt = nil
                session.shopper.isWatched = false
            }
            if let durableAt = session.durableAt, durableAt <= self.now {
                session.durableAt = nil
                self.consentLog.insert(session.id)
                if !session.isEnded { session.shopper.isConsentDurable = true }
                try self.feed(session) { $0.consentDurable(now: $1, into: &$2) }
            }
            try self.deliverMail(of: session)
            try self.runDeadlines(of: session)
            try self.giveUpSeats(of: session)
        }
    }

    private func runDeadlines(of session: SimulatedSession) throws(Fault) {
        for _ in 0..<8 where session.core.nextDeadline.map({ $0 <= self.now }) == true {
            try self.feed(session) { $0.deadlinePassed(now: $1, into: &$2) }
        }
        if let due = session.core.nextDeadline, due <= self.now {
            throw Fault(description: "a deadline of the session is never met")
        }
        for mirror in session.allMirrors {
            for _ in 0..<8 where mirror.core?.fanOut.nextDeadline.map({ $0 <= self.now }) == true {
                try self.feed(mirror, of: session) { $0.deadlinePassed(now: $1, into: &$2) }
            }
            if let due = mirror.core?.fanOut.nextDeadline, due <= self.now {
                throw Fault(description: "a deadline of a mirror is never met")
            }
        }
    }

    /// The daemon dies: everything but the log is gone. What was on record before is what was handed over.
    private func crash() throws(Fault) {
        self.crashes += 1
        for session in self.sessions {
            for seat in session.allSeats { if let fault = seat.fault { throw Fault(description: fault) } }
            if session.book.count > 0, !self.consentLog.contains(session.id) {
                throw Fault(description: "after the crash the log has frames of a session and no consent")
            }
        }
        self.sessions = []
        self.tokens = ResumeTokens(sessionCountMax: 1000, resumeDurationMax: self.limits.resumeDurationMax)
        self.repTokens = RepResumeTokens(limits: self.pairing)
    }

    private func forget(_ session: SimulatedSession) throws(Fault) {
        for seat in session.allSeats { seat.checkRecord() }
        for seat in session.allSeats { if let fault = seat.fault { throw Fault(description: fault) } }
        self.sessions.removeAll { $0 === session }
    }

    /// The disturbances end; whoever lives catches up, and then everything drains.
    func heal() throws(Fault) {
        self.isHealing = true
        for session in self.sessions {
            for seat in session.allSeats { seat.heal(now: self.now) }
        }
        for _ in 0..<150 { try self.step() }
        // The pages fall silent, but for the keyframes that they still owe.
        for _ in 0..<40 {
            try self.advanceClock()
            for session in self.sessions where session.shopper.wantsKeyframe { try self.answer(session) }
            try self.endTurn()
            try self.check()
        }
        for session in self.sessions where !session.isEnded {
            for (place, seat) in session.allSeats.enumerated() where !seat.isUpToDate {
                throw Fault(
                    description: "seat \(seat.id.number) (\(place)) of session \(session.id.high) never caught up")
            }
            guard session.hasFlooded || session.talk.kept.isEmpty else {
                throw Fault(description: "session \(session.id.high): \(session.talk.kept.count) talk frames are lost")
            }
            try self.feed(session) { $0.endAsked(by: .relay, now: $1, into: &$2) }
        }
        for _ in 0..<40 where !self.sessions.isEmpty { try self.drainStep() }
        if !self.sessions.isEmpty { throw Fault(description: "the drain never ends") }
    }

    private func drainStep() throws(Fault) {
        try self.advanceClock()
        try self.check()
        for session in self.sessions where session.allMirrors.allSatisfy({ $0.core == nil && $0.inbound.isEmpty }) {
            try self.forget(session)
        }
    }
}
