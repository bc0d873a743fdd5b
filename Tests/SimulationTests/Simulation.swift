import RelayCore
import Support
import Wire

/// What the simulation found to be wrong.
struct Fault: Error, CustomStringConvertible {
    var description: String
}

/// A session, its shopper, its reps, its disk and its clock, driven by one seed.
///
/// After every step the invariants of `Protocol/wire.md` are checked from outside. Owned by its test.
final class Simulation {
    var random: SplitMix64
    let limits: RelayLimits
    let session: Session
    let misbehaves: Bool
    var now = Instant(nanoseconds: 1_000_000_000)
    let shelf = BlockShelf()
    var shopper: SimulatedShopper
    var seats: [SimulatedSeat] = []
    let book = FrameBook()
    var isHealing = false

    private var serial: UInt64 = 0
    private var seatsEver: UInt32 = 0
    /// When the record of the consent reaches the disk.
    private var durableAt: Instant?
    /// When the shopper learns that nobody watches any more.
    private var unwatchedAt: Instant?
    private var consentsSent = 0
    private var acknowledged: UInt32 = 0
    private var lastRequest: Instant?
    private var isEnded = false
    private var flooded = false
    private var isAwake = false
    private var elapsed = Duration.zero
    private(set) var delivered = 0
    private(set) var closedSeats = 0
    private(set) var refusals = 0

    init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        self.misbehaves = seed % 3 == 0
        self.limits = Self.limits(&random)
        self.shopper = SimulatedShopper(.init(&random))
        self.random = random
        self.session = Session(
            id: SessionID(high: seed, low: 1), number: SimulatedShopper.session, limits: self.limits, now: self.now)
    }

    private static func limits(_ random: inout SplitMix64) -> RelayLimits {
        var limits = RelayLimits()
        limits.ringFrameCountMax = Int.random(in: 8...200, using: &random)
        limits.ringBytesMax = Int.random(in: 6000...100_000, using: &random)
        limits.seatBehindBytesMax = limits.ringBytesMax / Int.random(in: 1...4, using: &random)
        limits.gatherBytesMax = Int.random(in: 500...20_000, using: &random)
        limits.sentRangeCountMax = Int.random(in: 2...64, using: &random)
        return limits
    }

    /// One random thing happens; then the turn ends, as in the runtime, and everything is checked.
    func step() throws(Fault) {
        try self.advanceClock()
        try self.happen()
        try self.endTurn()
        try self.check()
    }

    private func chance(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &self.random) == 0 }

    private func advanceClock() throws(Fault) {
        let earlier = self.now
        let longest = self.isHealing ? 50 : self.chance(400) ? 200_000 : self.chance(60) ? 4000 : 60
        self.elapsed = .milliseconds(Int.random(in: 0...longest, using: &self.random))
        self.now = self.now + self.elapsed
        for seat in self.seats { seat.drain(from: earlier, to: self.now) }
        if let unwatchedAt = self.unwatchedAt, unwatchedAt <= self.now {
            self.unwatchedAt = nil
            self.shopper.isWatched = false
        }
        if let durableAt = self.durableAt, durableAt <= self.now {
            self.durableAt = nil
            if !self.isEnded { self.shopper.isConsentDurable = true }
            try self.feed { $0.consentDurable(now: $1, into: &$2) }
        }
        for _ in 0..<8 where self.session.nextDeadline.map({ $0 <= self.now }) == true {
            try self.feed { $0.deadlinePassed(now: $1, into: &$2) }
        }
        if let due = self.session.nextDeadline, due <= self.now { throw Fault(description: "a deadline is never met") }
    }

    private func happen() throws(Fault) {
        if !self.shopper.isLinked {
            if self.isHealing || self.chance(12) { try self.arrive() }
            return
        }
        if self.shopper.isRefused, self.isHealing || self.chance(4) { return try self.lose() }
        // Before the consent, and before it is on disk.
        if self.misbehaves, !self.shopper.isConsentDurable, self.chance(6) { return try self.misbehave() }
        if self.consentsSent == 0 || (!self.shopper.isConsented && self.durableAt == nil && self.chance(4)) {
            try self.consent(.given, 1)
        }
        if self.isHealing {
            if self.seats.isEmpty { try self.join() }
            return try self.send()
        }
        switch Int.random(in: 0..<200, using: &self.random) {
        case 0..<4: try self.join()
        case 4: try self.leave()
        case 5: try self.lose()
        case 6..<8: try self.askResync()
        case 8..<14: self.disturbSeat()
        case 14..<17 where self.misbehaves: try self.misbehave()
        case 17 where self.misbehaves && self.chance(12): try self.flood()
        case 18 where self.chance(30): try self.consent(.withdrawn, self.session.consent == .awaited ? 1 : 2)
        case 19 where self.chance(60): try self.feed { $0.endAsked(by: .rep, now: $1, into: &$2) }
        case 20: try self.arrive()
        case 21: if self.consentsSent > 0 { try self.consent(.given, 1) }
        default: try self.send()
        }
    }

    private func arrive() throws(Fault) {
        self.shopper.arrive()
        self.lastRequest = nil
        try self.feed { $0.shopperArrived(now: $1, into: &$2) }
    }

    private func lose() throws(Fault) {
        self.shopper.isLinked = false
        try self.feed { $0.shopperLost(now: $1, into: &$2) }
    }

    private func consent(_ decision: Consent.Decision, _ sequence: UInt32) throws(Fault) {
        self.consentsSent += 1
        let consent = Consent(decision: decision, text: "view-1", language: "en", scope: ["view"])
        try self.feed { $0.consentReceived(consent, sequence: sequence, now: $1, into: &$2) }
    }

    private func join() throws(Fault) {
        guard self.seats.count < 5 else { return }
        let speeds = [2000, 20_000, 200_000, 10_000_000]
        let seat = SimulatedSeat(
            id: SeatID(self.seatsEver), wantsCursor: !self.chance(3), book: self.book,
            bytesPerSecond: self.isHealing ? 10_000_000 : speeds.randomElement(using: &self.random) ?? 2000,
            capacity: Int.random(in: 100...30_000, using: &self.random), now: self.now)
        self.seatsEver += 1
        var joined = false
        // Known to the simulation first: actions of the joining may concern it.
        self.seats.append(seat)
        try self.feed { joined = $0.join(seat.id, wantsCursor: seat.wantsCursor, now: $1, into: &$2) }
        if !joined { self.seats.removeAll { $0 === seat } }
        if joined == self.isEnded { throw Fault(description: "a seat was \(joined ? "given" : "refused")") }
    }

    private func leave() throws(Fault) {
        guard let seat = self.seats.randomElement(using: &self.random) else { return }
        try self.feed { $0.leave(seat.id, now: $1, into: &$2) }
        seat.checkRecord()
        if let fault = seat.fault { throw Fault(description: fault) }
        self.seats.removeAll { $0 === seat }
    }

    private func askResync() throws(Fault) {
        guard let seat = self.seats.randomElement(using: &self.random) else { return }
        seat.hasBase = false
        seat.wantsGathering = true
        try self.feed { $0.resyncAsked(seat.id, now: $1, into: &$2) }
    }

    private func disturbSeat() {
        guard let seat = self.seats.randomElement(using: &self.random) else { return }
        if Bool.random(using: &self.random) {
            seat.stalledUntil = self.now + .milliseconds(Int.random(in: 0...15_000, using: &self.random))
        } else {
            seat.framesPerGathering = self.chance(2) ? .max : Int.random(in: 0...3, using: &self.random)
        }
    }

    private func send() throws(Fault) {
        guard let departure = self.shopper.next(&self.random) else { return }
        try self.deliver(departure)
    }

    private func misbehave() throws(Fault) {
        if self.chance(4), self.consentsSent > 0 { return try self.consent(.given, 2) }
        try self.deliver(self.shopper.forged(&self.random))
        // What rides in the same message is heard or not, but never trapped over.
        if self.chance(2) { try self.deliver(self.shopper.forged(&self.random)) }
    }

    private func flood() throws(Fault) {
        self.flooded = true
        for _ in 0..<1100 {
            guard let departure = self.shopper.next(&self.random) else { continue }
            try self.deliver(departure)
        }
    }

    /// One frame arrives at the core, which must do what the contract says of it.
    private func deliver(_ departure: Departure) throws(Fault) {
        self.serial += 1
        var header = FrameHeader(
            kind: .delta, session: departure.session, sequence: departure.sequence,
            bodyByteCount: UInt32(departure.bodyByteCount), captureTime: self.serial)
        header.kind = departure.kind
        var bytes: [UInt8] = []
        header.encode(into: &bytes)
        bytes += [UInt8](repeating: 0, count: departure.bodyByteCount)
        let frame = SharedFrame(bytes)
        let isWatched = !self.seats.isEmpty
        let verdict = self.isEnded ? .ignored : self.shopper.verdict(departure)
        let before = self.book.count
        var actions: [SessionAction] = []
        // In the book first: a seat may be handed the frame in the same turn.
        try self.feed(accepting: header) {
            $0.frameReceived(header, frame, now: $1, into: &$2)
            actions = $2.actions
        }
        let isTooFast = actions.contains(.closeShopper(.tooFast))
        if isTooFast, self.flooded || self.misbehaves { return }
        let wasAccepted = self.book.count > before
        guard let verdict else { return }
        if verdict == .accepted, !isWatched, departure.kind >> 4 == 1 { self.book.breakBase() }
        if wasAccepted != (verdict == .accepted && isWatched) {
            throw Fault(description: "\(departure) is \(verdict), and was \(wasAccepted ? "" : "not ")accepted")
        }
        let closing = actions.compactMap { if case .closeShopper(let code) = $0 { code } else { nil } }
        let expected: [CloseCode] = if case .refused(let code) = verdict { [code] } else { [] }
        if closing != expected { throw Fault(description: "\(departure) is \(verdict), and closed with \(closing)") }
    }

    /// Feeds one fact and performs the actions.
    private func feed(
        accepting header: FrameHeader? = nil, _ fact: (Session, Instant, inout Outbox) -> Void
    ) throws(Fault) {
        let wasEnded = self.isEnded
        var outbox = Outbox()
        fact(self.session, self.now, &outbox)
        if wasEnded, !outbox.actions.isEmpty { throw Fault(description: "after the end: \(outbox.actions)") }
        for action in outbox.actions {
            if self.isEnded { throw Fault(description: "after .ended: \(action)") }
            try self.perform(action, header)
        }
    }

    private func perform(_ action: SessionAction, _ header: FrameHeader?) throws(Fault) {
        switch action {
        case .wake: self.isAwake = true
        case .requestKeyframe: try self.keyframeRequested()
        case .acknowledge(let talk):
            guard talk == self.session.talkAcknowledged, talk >= self.acknowledged,
                talk == 0 || self.shopper.isConsentDurable
            else { throw Fault(description: "talk \(talk) was acknowledged too early") }
            self.acknowledged = talk
            self.shopper.isConsented = self.shopper.isConsentDurable
        case .watch(let on):
            guard self.shopper.isConsentDurable else { throw Fault(description: "watch before consent") }
            // That nobody watches is learnt a moment later: frames are on their way.
            self.unwatchedAt = on ? nil : self.now + .milliseconds(Int.random(in: 0...200, using: &self.random))
            if on { self.shopper.isWatched = true }
        case .presence(let state):
            guard (state == .live) == self.shopper.isLinked else { throw Fault(description: "presence is wrong") }
        case .recordConsent(let consent):
            if consent.decision == .given {
                guard self.durableAt == nil, !self.shopper.isConsentDurable else {
                    throw Fault(description: "a consent was recorded twice")
                }
                self.durableAt = self.now + .milliseconds(Int.random(in: 0...400, using: &self.random))
            }
        case .recordFrame(let index): try self.frameRecorded(index, header)
        case .recordSent(let id, let ranges):
            guard ranges.count <= self.limits.sentRangeCountMax else { throw Fault(description: "too many ranges") }
            self.seats.first { $0.id == id }?.record(ranges)
        case .closeShopper:
            self.refusals += 1
            self.shopper.isRefused = true
            guard self.misbehaves else { throw Fault(description: "a shopper that behaves was closed: \(action)") }
        case .closeSeat(let id, let code): try self.seatClosed(id, code)
        case .ended: self.ended()
        }
    }

    private func keyframeRequested() throws(Fault) {
        guard self.shopper.isConsentDurable, self.shopper.isLinked, !self.seats.isEmpty else {
            throw Fault(description: "a keyframe was requested of a shopper who is away, unasked or unwatched")
        }
        if let last = self.lastRequest, self.now < last + self.limits.keyframeRequestIntervalMin {
            throw Fault(description: "keyframe requests are too close together")
        }
        self.lastRequest = self.now
        self.shopper.wantsKeyframe = true
    }

    private func frameRecorded(_ index: UInt64, _ header: FrameHeader?) throws(Fault) {
        guard self.shopper.isConsentDurable else { throw Fault(description: "a frame before the consent was durable") }
        guard let header, let kind = header.knownKind, index == self.book.count + 1 else {
            throw Fault(description: "frame \(index) was recorded after \(self.book.count)")
        }
        self.book.accept(serial: header.captureTime, sequence: header.sequence, kind: kind)
    }

    private func seatClosed(_ id: SeatID, _ code: CloseCode) throws(Fault) {
        guard let seat = self.seats.first(where: { $0.id == id }) else {
            throw Fault(description: "closed twice: \(id)")
        }
        guard code == .tooSlow, let since = seat.blockedSince,
            self.now >= since + self.limits.seatStalledDurationMax
        else { throw Fault(description: "seat \(id.number) was closed too early") }
        seat.checkRecord()
        if let fault = seat.fault { throw Fault(description: fault) }
        self.closedSeats += 1
        self.seats.removeAll { $0 === seat }
    }

    private func ended() {
        self.isEnded = true
        for seat in self.seats { seat.checkRecord() }
    }

    /// One gathered write a seat whose link takes something, as the runtime does at the end of a turn.
    private func endTurn() throws(Fault) {
        if self.isAwake {
            self.isAwake = false
            self.session.turnEnded()
            for seat in self.seats { seat.wantsGathering = true }
        }
        for seat in self.seats {
            let before = seat.received.count
            if seat.wantsGathering || (seat.blockedSince != nil && seat.canTake) { self.gather(seat) }
            let gained = seat.received.count - before
            self.delivered += gained
            let isInStep = self.session.isFollowing(seat.id) && !self.session.hasDue(seat.id)
            // Who is away, forges sequences or stopped the flow itself owes nobody a keyframe.
            let isHelpless =
                self.isEnded || !self.shopper.isLinked || self.shopper.isRefused || !self.shopper.isConsented
            seat.noteTurn(isServed: gained > 0 || isInStep || isHelpless || self.misbehaves, elapsed: self.elapsed)
        }
    }

    private func gather(_ seat: SimulatedSeat) {
        let before = seat.received.count
        var isMoreDue = true
        if seat.canTake {
            var sink = SeatSink(seat, self.shelf)
            isMoreDue = self.session.gather(seat.id, now: self.now, into: &sink)
        }
        if !isMoreDue, self.session.isFollowing(seat.id) { seat.checkCursor() }
        let isStuck = !seat.canTake || (isMoreDue && seat.framesPerGathering < .max)
        seat.wantsGathering = isMoreDue && !isStuck
        if seat.received.count > before || !isMoreDue { seat.blockedSince = nil }
        if isStuck {
            self.session.blocked(seat.id, now: self.now)
            if seat.blockedSince == nil, self.session.hasDue(seat.id) { seat.blockedSince = self.now }
        }
    }

    /// What holds after every step, whatever happened.
    private func check() throws(Fault) {
        for seat in self.seats {
            if let fault = seat.fault { throw Fault(description: fault) }
            guard !self.isEnded else { continue }
            try seat.checkLiveness(now: self.now, limits: self.limits, mailDelayMax: .zero)
        }
        guard self.session.isEnded == self.isEnded else { throw Fault(description: "the end was not said") }
        guard self.session.lastFrameIndex == self.book.count else {
            throw Fault(description: "a frame went unrecorded")
        }
        if self.session.ringFrameCount > self.limits.ringFrameCountMax
            || (self.session.ringByteCount > self.limits.ringBytesMax && self.session.ringFrameCount > 1)
        {
            throw Fault(description: "the ring is beyond its limits")
        }
        guard !self.isEnded else {
            guard self.session.ringFrameCount == 0 else { throw Fault(description: "frames are kept after the end") }
            return
        }
        guard self.session.seatCount == self.seats.count else { throw Fault(description: "a seat was lost") }
        let first = self.session.lastFrameIndex + 1 - UInt64(self.session.ringFrameCount)
        for seat in self.seats {
            guard let tail = self.session.tail(of: seat.id), tail <= self.session.lastFrameIndex + 1,
                tail >= first || !self.session.isFollowing(seat.id)
            else { throw Fault(description: "seat \(seat.id.number): its tail is outside the ring") }
            if self.session.hasDue(seat.id), !self.isAwake, !seat.wantsGathering, seat.blockedSince == nil {
                throw Fault(description: "seat \(seat.id.number): frames are due, and nobody was told")
            }
        }
    }

    /// The disturbances end; all that live catch up.
    func heal() throws(Fault) {
        self.isHealing = true
        for seat in self.seats { seat.heal(now: self.now) }
        for _ in 0..<200 { try self.step() }
        guard !self.isEnded else { return }
        // The shopper falls silent; what is due goes out.
        for _ in 0..<40 {
            try self.advanceClock()
            try self.endTurn()
            try self.check()
        }
        for seat in self.seats where !seat.isUpToDate || self.session.hasDue(seat.id) {
            throw Fault(description: "seat \(seat.id.number) never caught up")
        }
        try self.feed { $0.endAsked(by: .relay, now: $1, into: &$2) }
        try self.check()
    }
}
