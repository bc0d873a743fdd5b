import AuditCore
import AuditStore
import RelayCore
import Wire

/// What the log adds to a frame's way through the loop: the same session with and without it, in turns.
///
/// The time is taken from a frame's arrival at the session to its hand-over to the last seat; in between the loop hands
/// the frame to the log, as the relay does, and nothing else of the log is in the way: it hashes, writes and syncs on
/// threads of its own, which run all the while and compete for the cores.
struct FrameWay {
    private static let seatCount = 8
    private static let rounds = 20
    private static let framesPerRound = 5_000
    /// 10,000 frames a second, which is ten times what one session may send.
    private static let interval: UInt64 = 100_000

    /// A session on its way, and the log if it has one.
    private struct Side {
        let core: Session
        let log: RealLog?
        let seats: [SeatID]
        var outbox = Outbox()
        var handedOver = 0
        var times: [UInt64] = []
        /// Of `times`, what the calls of the log took.
        var calls: [UInt64] = []
    }

    /// A link that takes everything.
    private struct Sink: FrameSink {
        var byteCount = 0

        mutating func append(_ frame: SharedFrame) -> Bool {
            self.byteCount += frame.messageByteCount
            return true
        }
    }

    private let log: RealLog

    init(directory: String) {
        self.log = RealLog(directory: directory)
    }

    /// Prints the percentiles of both sides, and of the log's calls alone.
    func run() {
        var without = self.side(number: 1, log: nil)
        var with = self.side(number: 2, log: self.log)
        for round in 0..<Self.rounds {
            // Who comes first changes: what the first one warms up serves both alike.
            if round % 2 == 0 {
                self.pass(&without)
                self.pass(&with)
            } else {
                self.pass(&with)
                self.pass(&without)
            }
        }
        print("| ns from arrival to hand-over to \(Self.seatCount) seats | p50 | p99 | p99.9 |\n|---|---|---|---|")
        Self.tell("without the log", &without.times)
        Self.tell("with the log", &with.times)
        Self.tell("of it, the log's calls", &with.calls)
        self.log.append(.sessionEnded(why: "shopper"), with.core.id, by: .shopper())
        self.log.log.close()
    }

    private func side(number: UInt64, log: RealLog?) -> Side {
        var limits = RelayLimits()
        limits.seatCountMax = Self.seatCount
        limits.shopperRateBytesMax = 1 << 32
        limits.shopperBurstBytesMax = 1 << 32
        limits.shopperRateFramesMax = 10_000_000
        limits.shopperBurstFramesMax = 10_000_000
        let now = Instant(nanoseconds: nanoseconds())
        let core = Session(id: SessionID(high: 1, low: number), number: 1, limits: limits, now: now)
        var side = Side(core: core, log: log, seats: (1...UInt32(Self.seatCount)).map { SeatID($0) })
        core.shopperArrived(now: now, into: &side.outbox)
        let consent = Consent(decision: .given, text: "v1", language: "en", scope: ["view"])
        core.consentReceived(consent, sequence: 1, now: now, into: &side.outbox)
        core.consentDurable(now: now, into: &side.outbox)
        for seat in side.seats { _ = core.join(seat, now: now, into: &side.outbox) }
        log?.begin(core.id, seats: Self.seatCount)
        log?.settle()
        side.outbox.removeAll()
        return side
    }

    private func pass(_ side: inout Side) {
        let begin = nanoseconds()
        for number in 0..<Self.framesPerRound {
            while nanoseconds() < begin + UInt64(number) * Self.interval {}
            self.turn(&side)
        }
    }

    /// One frame arrives and is handed over.
    private func turn(_ side: inout Side) {
        let sequence = UInt32(side.times.count + 1)
        let kind: FrameKind = sequence % 1_000 == 1 ? .keyframe : .delta
        let frame = Frame(
            kind, session: 1, sequence: sequence, captureTime: UInt64(sequence),
            body: Array(repeating: 0x20, count: 576))
        let shared = SharedFrame(frame.bytes)
        let arrival = nanoseconds()
        let now = Instant(nanoseconds: arrival)
        var calls: UInt64 = 0
        side.core.frameReceived(frame.header, shared, now: now, into: &side.outbox)
        calls += Self.perform(&side, shared)
        side.core.turnEnded()
        for seat in side.seats {
            var sink = Sink()
            _ = side.core.gather(seat, now: now, into: &sink)
            side.handedOver += sink.byteCount
        }
        if let due = side.core.nextDeadline, due <= now { side.core.deadlinePassed(now: now, into: &side.outbox) }
        calls += Self.perform(&side, shared)
        side.times.append(nanoseconds() - arrival)
        side.calls.append(calls)
    }

    /// Does what the session asked for as far as it concerns the log; returns how long that took.
    private static func perform(_ side: inout Side, _ frame: SharedFrame) -> UInt64 {
        defer { side.outbox.removeAll() }
        guard let log = side.log?.log else { return 0 }
        let begin = nanoseconds()
        for action in side.outbox.actions {
            switch action {
            case .recordFrame(let index):
                guard log.frameAccepted(session: side.core.id, index: index, frame: frame) else { fail("refused") }
            case .recordSent(let seat, let ranges):
                for range in ranges {
                    let range = FrameRange(range.lowerBound, range.upperBound)
                    guard log.framesSent(session: side.core.id, seat: Int(seat.number), range: range) else {
                        fail("refused")
                    }
                }
            case .wake, .requestKeyframe, .acknowledge, .watch, .presence, .recordConsent, .closeShopper, .closeSeat,
                .ended:
                break
            }
        }
        return nanoseconds() - begin
    }

    private static func tell(_ name: String, _ times: inout [UInt64]) {
        times.sort()
        func at(_ thousandths: Int) -> UInt64 { times[min(times.count - 1, times.count * thousandths / 1_000)] }
        print("| \(name) | \(at(500)) | \(at(990)) | \(at(999)) |")
    }
}
