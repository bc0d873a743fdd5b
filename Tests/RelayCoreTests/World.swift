import RelayCore
import Wire

/// A session with a clock and a shopper that numbers its frames rightly: the stories' stage.
struct World {
    static let number: UInt32 = 7
    static let given = Consent(decision: .given, text: "view-1", language: "en", scope: ["view"])
    static let refused = Consent(decision: .refused, text: "view-1", language: "en", scope: ["view"])
    static let withdrawn = Consent(decision: .withdrawn, text: "view-1", language: "en", scope: ["view"])

    let session: Session
    var now = Instant(nanoseconds: 1_000_000_000)
    var pageSequence: UInt32 = 0
    var cursorSequence: UInt32 = 0
    let shelf = Shelf()

    /// A session whose shopper has not arrived.
    init(_ limits: RelayLimits = RelayLimits()) {
        self.session = Session(
            id: SessionID(high: 1, low: 2), number: Self.number, limits: limits,
            now: Instant(nanoseconds: 1_000_000_000))
    }

    /// A session with its shopper there, its consent on disk and `seats` seats that wait for a keyframe.
    static func live(seats: UInt32 = 1, _ limits: RelayLimits = RelayLimits()) -> World {
        var world = World(limits)
        _ = world.arrive()
        _ = world.consent(Self.given)
        _ = world.act { $0.consentDurable(now: $1, into: &$2) }
        for seat in 0..<seats { _ = world.join(seat) }
        return world
    }

    /// Feeds one fact and answers the actions.
    func act(_ fact: (Session, Instant, inout Outbox) -> Void) -> [SessionAction] {
        var outbox = Outbox()
        fact(self.session, self.now, &outbox)
        return outbox.actions
    }

    mutating func pass(_ duration: Duration) { self.now = self.now + duration }

    mutating func arrive() -> [SessionAction] {
        self.pageSequence = 0
        self.cursorSequence = 0
        return self.act { $0.shopperArrived(now: $1, into: &$2) }
    }

    func lose() -> [SessionAction] { self.act { $0.shopperLost(now: $1, into: &$2) } }

    func consent(_ consent: Consent, _ sequence: UInt32 = 1) -> [SessionAction] {
        self.act { $0.consentReceived(consent, sequence: sequence, now: $1, into: &$2) }
    }

    func durable() -> [SessionAction] { self.act { $0.consentDurable(now: $1, into: &$2) } }

    /// A seat joins, with the cursor or without; nil when it was refused.
    func join(_ seat: UInt32, wantsCursor: Bool = true) -> [SessionAction]? {
        var joined = false
        let actions = self.act {
            joined = $0.join(SeatID(seat), wantsCursor: wantsCursor, now: $1, into: &$2)
        }
        return joined ? actions : nil
    }

    func leave(_ seat: UInt32) -> [SessionAction] { self.act { $0.leave(SeatID(seat), now: $1, into: &$2) } }

    func resync(_ seat: UInt32) -> [SessionAction] { self.act { $0.resyncAsked(SeatID(seat), now: $1, into: &$2) } }

    func deadline() -> [SessionAction] { self.act { $0.deadlinePassed(now: $1, into: &$2) } }

    /// The shopper sends its next frame of `kind`, with `body` bytes of body.
    mutating func send(_ kind: FrameKind, body: Int = 40) -> [SessionAction] {
        switch kind.lane {
        case .cursor: self.cursorSequence += 1
        case .page, .talk, .control: self.pageSequence += 1
        }
        return self.send(
            raw: kind.rawValue, sequence: kind.lane == .cursor ? self.cursorSequence : self.pageSequence, body: body)
    }

    /// The shopper sends a frame with any kind, sequence and session number.
    func send(raw kind: UInt8, sequence: UInt32, session: UInt32 = World.number, body: Int = 40) -> [SessionAction] {
        let (header, frame) = Self.frame(kind, sequence: sequence, session: session, body: body)
        return self.act { $0.frameReceived(header, frame, now: $1, into: &$2) }
    }

    /// A frame whose capture time is its sequence.
    static func frame(
        _ kind: UInt8, sequence: UInt32, session: UInt32 = World.number, body: Int = 40
    ) -> (FrameHeader, SharedFrame) {
        var header = FrameHeader(
            kind: .delta, session: session, sequence: sequence, bodyByteCount: UInt32(body),
            captureTime: UInt64(sequence))
        header.kind = kind
        var bytes: [UInt8] = []
        header.encode(into: &bytes)
        bytes += [UInt8](repeating: 0x20, count: body)
        return (header, SharedFrame(bytes))
    }

    /// What is due for the seat, as far as `room` bytes go. The turn ends first, as in the runtime, unless this is one
    /// of several seats that are served in one turn.
    func gather(_ seat: UInt32, room: Int = .max, inNewTurn: Bool = true) -> Gathered {
        if inNewTurn { self.session.turnEnded() }
        var sink = TestSink(room: room, shelf: self.shelf)
        let isMoreDue = self.session.gather(SeatID(seat), now: self.now, into: &sink)
        return Gathered(frames: sink.frames, isMoreDue: isMoreDue)
    }

    /// The seat's link takes nothing from now on.
    func block(_ seat: UInt32) { self.session.blocked(SeatID(seat), now: self.now) }
}

/// What one gathering handed over.
struct Gathered: Equatable {
    var frames: [Sent]
    var isMoreDue: Bool
}

/// A frame as it reached a seat.
struct Sent: Equatable, CustomStringConvertible {
    var kind: FrameKind
    var sequence: UInt32

    init(_ kind: FrameKind, _ sequence: UInt32) {
        self.kind = kind
        self.sequence = sequence
    }

    var description: String { "\(self.kind) \(self.sequence)" }
}

/// The last block that a sink has kept, as the transport's gather area keeps it.
final class Shelf {
    var name: UInt64 = 0
    var frames: [Sent] = []
    var byteCount = 0
    /// What the area holds: a block that outgrows it is sent on the way, and not kept.
    var areaBytesMax = Int.max
    /// How often it was taken, and how often a link had no room for it.
    var uses = 0
    var refusals = 0
}

/// Takes frames until its room is used up.
struct TestSink: FrameSink {
    var room: Int
    var frames: [Sent] = []
    private let shelf: Shelf
    private var blockStart = (frames: 0, room: 0)

    init(room: Int, shelf: Shelf = Shelf()) {
        self.room = room
        self.shelf = shelf
    }

    mutating func beginBlock() { self.blockStart = (self.frames.count, self.room) }

    mutating func endBlock() -> UInt64 {
        self.shelf.name += 1
        self.shelf.frames = Array(self.frames[self.blockStart.frames...])
        self.shelf.byteCount = self.blockStart.room - self.room
        let isKept = !self.shelf.frames.isEmpty && self.shelf.byteCount <= self.shelf.areaBytesMax
        return isKept ? self.shelf.name : 0
    }

    mutating func append(block: UInt64) -> Bool {
        guard block == self.shelf.name, self.shelf.byteCount <= self.room else {
            self.shelf.refusals += 1
            return false
        }
        self.frames += self.shelf.frames
        self.room -= self.shelf.byteCount
        self.shelf.uses += 1
        return true
    }

    mutating func append(_ frame: SharedFrame) -> Bool {
        guard frame.messageByteCount <= self.room else { return false }
        self.room -= frame.messageByteCount
        let bytes = frame.array
        let sequence = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[8 + $1]) << (8 * UInt32($1)) }
        guard let kind = FrameKind(rawValue: bytes[1]) else { return false }
        self.frames.append(Sent(kind, sequence))
        return true
    }
}

extension [SessionAction] {
    /// Ranges recorded for a seat, in order.
    func ranges(_ seat: UInt32) -> [ClosedRange<UInt64>] {
        self.flatMap { action -> [ClosedRange<UInt64>] in
            if case .recordSent(SeatID(seat), let ranges) = action { ranges } else { [] }
        }
    }
}
