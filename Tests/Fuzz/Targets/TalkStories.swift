import RelayCore
import Wire

extension FuzzTarget {
    /// Reads the input as a story that a shopper's link tells a session: whole messages of frames, each after two bytes
    /// that say what else happens before it. Consent and control bodies are read as the relay reads them.
    static func talk(_ input: [UInt8]) throws(BrokenPromise) {
        var story = TalkStory()
        var rest = input[...]
        while let happening = rest.popFirst(), let length = rest.popFirst() {
            let message = Array(rest.prefix(Int(length)))
            rest = rest.dropFirst(Int(length))
            try story.happen(happening)
            try story.receive(message)
        }
        try story.end()
    }
}

/// One session whose shopper says whatever the input says, and one seat that watches.
private struct TalkStory {
    private static let number: UInt32 = 7
    private let session: Session
    private var now = Instant(nanoseconds: 1_000_000_000)
    private var outbox = Outbox()
    private var seats: UInt32 = 0
    private var acknowledged: UInt32 = 0
    private var consentsRecorded = 0
    private var isDurable = false
    private var isEnded = false
    private var isLinked = true
    private var lastIndex: UInt64 = 0

    init() {
        var limits = RelayLimits()
        limits.ringFrameCountMax = 16
        limits.ringBytesMax = 4096
        self.session = Session(id: SessionID(high: 1, low: 2), number: Self.number, limits: limits, now: self.now)
        self.session.shopperArrived(now: self.now, into: &self.outbox)
    }

    /// Time, disk, seats and links, as the low bits say.
    mutating func happen(_ happening: UInt8) throws(BrokenPromise) {
        self.now = self.now + .milliseconds(1 << (Int(happening) >> 4))
        switch happening & 7 {
        case 0 where self.consentsRecorded > 0 && !self.isEnded:
            self.isDurable = true
            self.session.consentDurable(now: self.now, into: &self.outbox)
        case 1 where !self.isEnded && self.session.seatCount < 3:
            self.seats += 1
            _ = self.session.join(SeatID(self.seats), now: self.now, into: &self.outbox)
        case 2: self.session.leave(SeatID(self.seats), now: self.now, into: &self.outbox)
        case 3:
            self.isLinked = false
            self.session.shopperLost(now: self.now, into: &self.outbox)
        case 4:
            self.isLinked = true
            self.session.shopperArrived(now: self.now, into: &self.outbox)
        case 5: self.session.resyncAsked(SeatID(self.seats), now: self.now, into: &self.outbox)
        case 6:
            if let due = self.session.nextDeadline, due <= self.now {
                self.session.deadlinePassed(now: self.now, into: &self.outbox)
            }
        default: self.gather()
        }
        try self.check()
    }

    /// A message of the shopper's link, split and read as the relay does.
    mutating func receive(_ message: [UInt8]) throws(BrokenPromise) {
        guard self.isLinked, let frames = try? Frame.all(in: message) else { return }
        for frame in frames {
            guard let kind = frame.header.knownKind else {
                self.feed(frame)
                try self.check()
                continue
            }
            switch kind {
            case .keyframe, .delta, .scroll, .press, .cursor: self.feed(frame)
            case .consent:
                guard frame.header.session == Self.number, let consent = try? Consent(body: frame.body) else { return }
                self.session.consentReceived(
                    consent, sequence: frame.header.sequence, now: self.now, into: &self.outbox)
            case .end:
                guard (try? End(body: frame.body)) != nil else { return }
                self.session.endAsked(by: .shopper, now: self.now, into: &self.outbox)
            case .hello: _ = try? Hello(body: frame.body)
            case .welcome, .acknowledge, .watch, .keyframeRequest, .place, .challenge, .login, .ready, .queue, .accept,
                .seated, .leave, .refused, .presence, .resync, .resume, .look, .ask,
                .answer:
                return
            }
            try self.check()
        }
    }

    mutating func end() throws(BrokenPromise) {
        self.session.endAsked(by: .relay, now: self.now, into: &self.outbox)
        try self.check()
        try promise("a session that is told to end has ended", self.isEnded && self.session.isEnded)
    }

    private mutating func feed(_ frame: Frame) {
        self.session.frameReceived(frame.header, SharedFrame(frame.bytes), now: self.now, into: &self.outbox)
    }

    private mutating func gather() {
        self.session.turnEnded()
        self.session.forEachSeat { seat in
            var sink = NothingKept()
            _ = self.session.gather(seat, now: self.now, into: &sink)
        }
    }

    /// What holds of the actions since the last check, whatever the bytes were.
    private mutating func check() throws(BrokenPromise) {
        for action in self.outbox.actions {
            try promise("nothing is wanted after the end", !self.isEnded)
            switch action {
            case .wake, .presence, .requestKeyframe: break
            case .watch: try promise("a shopper is watched only after the consent is on disk", self.isDurable)
            case .acknowledge(let talk):
                try promise("talk is acknowledged in order", talk >= self.acknowledged)
                try promise("talk is acknowledged once it is safe", talk == 0 || self.isDurable)
                self.acknowledged = talk
            case .recordConsent(let consent):
                guard consent.decision == .given else { continue }
                self.consentsRecorded += 1
                try promise("a consent is heard once", self.consentsRecorded == 1)
            case .recordFrame(let index):
                try promise("no frame is taken before the consent is on disk", self.isDurable)
                try promise("frames are numbered without a gap", index == self.lastIndex + 1)
                self.lastIndex = index
            case .recordSent(_, let ranges):
                try promise("what was sent was accepted", ranges.allSatisfy { $0.upperBound <= self.lastIndex })
            case .closeShopper(let code): try promise("a fault is the shopper's", code.rawValue >= 4500)
            case .closeSeat: break
            case .ended: self.isEnded = true
            }
        }
        self.outbox.removeAll()
        try promise("the ring keeps its limit", self.session.ringFrameCount <= 16)
    }
}

/// A link that takes everything.
private struct NothingKept: FrameSink {
    mutating func append(_ frame: SharedFrame) -> Bool { true }
}
