import RelayCore
import Wire

/// A link that takes everything and looks at each frame's length.
struct CountingSink: FrameSink {
    var byteCount = 0

    mutating func append(_ frame: SharedFrame) -> Bool {
        self.byteCount += frame.messageByteCount
        return true
    }
}

/// A session in steady state: the same frames in the same order in every run.
struct SteadySession {
    private let session: Session
    private let seats: [SeatID]
    private var now = Instant(nanoseconds: 1)
    private var outbox = Outbox()
    private var sequence: UInt32 = 0
    /// Message bytes handed to all seats together.
    private(set) var handedOver = 0

    init(seatCount: Int) {
        var limits = RelayLimits()
        limits.seatCountMax = seatCount
        limits.shopperRateBytesMax = 1 << 32
        limits.shopperBurstBytesMax = 1 << 32
        limits.shopperRateFramesMax = 10_000_000
        limits.shopperBurstFramesMax = 10_000_000
        self.session = Session(id: SessionID(high: 1, low: 1), number: 1, limits: limits, now: self.now)
        self.seats = (1...UInt32(seatCount)).map { SeatID($0) }
        self.session.shopperArrived(now: self.now, into: &self.outbox)
        let consent = Consent(decision: .given, text: "v1", language: "en", scope: ["view"])
        self.session.consentReceived(consent, sequence: 1, now: self.now, into: &self.outbox)
        self.session.consentDurable(now: self.now, into: &self.outbox)
        for seat in self.seats { _ = self.session.join(seat, now: self.now, into: &self.outbox) }
    }

    /// One turn: `frames` frames of `bytes` arrive as the transport hands them over, then each seat is gathered once.
    mutating func turn(frames: Int, bytes: Int) {
        self.now = self.now + .microseconds(100)
        self.outbox.removeAll()
        for _ in 0..<frames {
            self.sequence += 1
            let kind: FrameKind = self.sequence % 1000 == 1 ? .keyframe : .delta
            let frame = Frame(
                kind, session: 1, sequence: self.sequence, captureTime: UInt64(self.sequence),
                body: Array(repeating: 0x20, count: bytes - FrameHeader.byteCount))
            self.session.frameReceived(
                frame.header, SharedFrame(frame.bytes), now: self.now, into: &self.outbox)
        }
        self.session.turnEnded()
        for seat in self.seats {
            var sink = CountingSink()
            _ = self.session.gather(seat, now: self.now, into: &sink)
            self.handedOver += sink.byteCount
        }
        if let due = self.session.nextDeadline, due <= self.now {
            self.session.deadlinePassed(now: self.now, into: &self.outbox)
        }
    }
}
