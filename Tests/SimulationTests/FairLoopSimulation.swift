import RelayCore
import Support
import Wire

/// One loop that serves sessions of one to five hundred seats by `FairRounds`, as the runtime does: the pages send, the
/// loop's turn ends, each session is served for its credit, and every write takes its time.
///
/// It measures how long the frames of each session lie before they leave. Owned by its test.
final class FairLoopSimulation {
    /// A session on the loop. Its links take everything.
    final class Flow: FairFlow {
        let share = FairShare()
        let core: Session
        let seatCount: Int
        /// Between two frames of its page, and the bytes of each.
        let interval: Duration
        let bodyByteCount: Int
        var sequence: UInt32 = 0
        var sendsAt: Instant
        /// Seats to look at before nothing is due, and the next of them.
        var unservedCount = 0
        var position = 0
        /// The longest that a frame lay here before it was handed to a seat.
        var residenceMax = Duration.zero
        var handedCount = 0
        /// For a failed test.
        var wait: String { "\(self.handedCount) frames, the slowest \(self.residenceMax)" }

        init(core: Session, seatCount: Int, interval: Duration, bodyByteCount: Int, now: Instant) {
            self.core = core
            self.seatCount = seatCount
            self.interval = interval
            self.bodyByteCount = bodyByteCount
            self.sendsAt = now
        }
    }

    /// What a loop spends on a byte and on a write: 1 GB/s and 4 microseconds, about what the daemon does.
    private static let writeCostBytes = 4 << 10
    private static let arrivalDuration = Duration.microseconds(2)

    let limits: RelayLimits
    let quantum: Int
    let rounds: FairRounds<Flow>
    private(set) var flows: [Flow] = []
    private(set) var now = Instant(nanoseconds: 1_000_000_000)

    /// The first session has one seat, the second 500; more come by the seed.
    init(seed: UInt64, quantum: Int) {
        var random = SplitMix64(seed: seed &* 0x51ED + 5)
        var limits = RelayLimits()
        limits.seatCountMax = 500
        limits.shopperRateBytesMax = .max >> 32
        limits.shopperBurstBytesMax = .max >> 32
        limits.shopperRateFramesMax = .max >> 32
        limits.shopperBurstFramesMax = .max >> 32
        limits.gatherBytesMax = Int.random(in: 4...64, using: &random) << 10
        self.limits = limits
        self.quantum = quantum
        self.rounds = FairRounds(quantum: quantum)
        let counts =
            [1, 500] + (0..<Int.random(in: 0...3, using: &random)).map { _ in Int.random(in: 1...60, using: &random) }
        for (number, seatCount) in counts.enumerated() {
            // The large one is given more than the loop can carry.
            let (interval, bytes) =
                number == 1
                ? (
                    Duration.milliseconds(Int.random(in: 2...10, using: &random)),
                    Int.random(in: 8000...40_000, using: &random)
                )
                : (
                    Duration.milliseconds(Int.random(in: 5...40, using: &random)),
                    Int.random(in: 10...900, using: &random)
                )
            self.open(number, seatCount, interval, bytes)
        }
    }

    private func open(_ number: Int, _ seatCount: Int, _ interval: Duration, _ bodyByteCount: Int) {
        let core = Session(
            id: SessionID(high: UInt64(number), low: 1), number: SimulatedShopper.session, limits: self.limits,
            now: self.now)
        var outbox = Outbox()
        core.shopperArrived(now: self.now, into: &outbox)
        let consent = Consent(decision: .given, text: "view-1", language: "en", scope: ["view"])
        core.consentReceived(consent, sequence: 1, now: self.now, into: &outbox)
        core.consentDurable(now: self.now, into: &outbox)
        for seat in 1...seatCount { _ = core.join(SeatID(UInt32(seat)), now: self.now, into: &outbox) }
        self.flows.append(
            Flow(core: core, seatCount: seatCount, interval: interval, bodyByteCount: bodyByteCount, now: self.now))
    }

    /// The longest that a frame of a small session may lie: what had begun when it came, then one round, in which each
    /// other session spends its quantum and at most one write more.
    var residenceMax: Duration {
        let round = self.flows.reduce(0) { sum, flow in
            let write = self.limits.gatherBytesMax + flow.bodyByteCount + FrameHeader.byteCount + Self.writeCostBytes
            return sum + self.quantum + write
        }
        return .nanoseconds(2 * round) + Self.arrivalDuration * (4 * self.flows.count)
    }

    /// One turn: frames that have come by now, then one round.
    func turn() {
        var isQuiet = true
        for flow in self.flows where flow.sendsAt <= self.now {
            self.send(flow)
            isQuiet = false
        }
        if isQuiet, self.rounds.isEmpty { self.now = self.flows.map(\.sendsAt).min() ?? self.now }
        self.rounds.serveRound {
            self.serve($0, &$1)
        } over: {
            $0.core.turnEnded()
        }
    }

    private func send(_ flow: Flow) {
        // As many as were due while the loop was busy, but what the kernel would hold back.
        while flow.sendsAt <= self.now {
            flow.sequence += 1
            let isKeyframe = flow.sequence % 64 == 1
            let header = FrameHeader(
                kind: isKeyframe ? .keyframe : .delta, session: flow.core.number, sequence: flow.sequence,
                bodyByteCount: UInt32(flow.bodyByteCount), captureTime: 0)
            var bytes: [UInt8] = []
            header.encode(into: &bytes)
            bytes += [UInt8](repeating: 0, count: flow.bodyByteCount)
            var outbox = Outbox()
            // It arrived when it was sent: the time that it lay in the kernel counts.
            flow.core.frameReceived(header, SharedFrame(bytes), now: flow.sendsAt, into: &outbox)
            flow.sendsAt = flow.sendsAt + flow.interval
        }
        self.now = self.now + Self.arrivalDuration
        flow.unservedCount = flow.seatCount
        self.rounds.activate(flow)
    }

    /// One seat after the other, from where the last round ended.
    private func serve(_ flow: Flow, _ credit: inout Int) -> Bool {
        while credit > 0, flow.unservedCount > 0 {
            flow.unservedCount -= 1
            flow.position = flow.position % flow.seatCount + 1
            let seat = SeatID(UInt32(flow.position))
            guard flow.core.hasDue(seat) else { continue }
            var sink = EverythingTaken()
            let gathering = flow.core.fanOut.gather(seat, now: self.now, into: &sink)
            if gathering.isMoreDue { flow.unservedCount = flow.seatCount }
            guard sink.byteCount > 0 else { continue }
            flow.handedCount += 1
            flow.residenceMax = Swift.max(flow.residenceMax, self.now.duration(since: gathering.since))
            credit -= sink.byteCount + Self.writeCostBytes
            self.now = self.now + .nanoseconds(sink.byteCount + Self.writeCostBytes)
            if flow.core.nextDeadline.map({ $0 <= self.now }) == true {
                var outbox = Outbox()
                flow.core.deadlinePassed(now: self.now, into: &outbox)
            }
        }
        return flow.unservedCount > 0
    }
}

/// A link that takes everything, and counts it.
private struct EverythingTaken: FrameSink {
    private(set) var byteCount = 0

    mutating func append(_ frame: SharedFrame) -> Bool {
        self.byteCount += frame.messageByteCount
        return true
    }
}
