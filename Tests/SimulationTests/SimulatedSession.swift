import RelayCore
import Wire

/// What one loop tells another about a session, in order, some time later.
enum LoopMail {
    // To a mirror.
    case begin(next: UInt64)
    case frame(UInt64, FrameKind, SharedFrame)
    /// A seat begins or goes on.
    case join(SimulatedSeat, at: SeatStart)
    case end
    // To the session's own loop.
    case keyframeWanted
    case seatLeft(SeatID)
    /// The link of a seat is lost.
    case seatLost(SimulatedSeat)
}

/// A rep's login: its number and the token for the next link.
struct SimulatedLogin {
    let number: UInt64
    let token: UInt64
}

/// A rep whose link is lost, and who may come back.
final class LostRep {
    let id: SeatID
    let login: SimulatedLogin
    /// The link that was lost.
    let link: SimulatedSeat
    /// The last page frame that the rep applied; 0 without a base.
    let applied: UInt64
    let lostAt: Instant
    /// Until when the page is captured for it; nil until the session's loop has noticed.
    var watchedUntil: Instant?

    init(id: SeatID, login: SimulatedLogin, link: SimulatedSeat, applied: UInt64, lostAt: Instant) {
        self.id = id
        self.login = login
        self.link = link
        self.applied = applied
        self.lostAt = lostAt
    }
}

/// A bounded, ordered, slow way from one loop to another.
struct SlowMailbox {
    private(set) var mail: [(due: Instant, mail: LoopMail)] = []

    var isEmpty: Bool { self.mail.isEmpty }
    var frameCount: Int { self.mail.count { if case .frame = $0.mail { true } else { false } } }

    mutating func post(_ mail: LoopMail, due: Instant) {
        self.mail.append((Swift.max(due, self.mail.last?.due ?? due), mail))
    }

    /// What has arrived by now.
    mutating func take(now: Instant) -> [LoopMail] {
        let count = self.mail.prefix { $0.due <= now }.count
        defer { self.mail.removeFirst(count) }
        return self.mail.prefix(count).map(\.mail)
    }
}

/// A session's mirror on one loop, with the mail to and from it.
final class SimulatedMirror {
    /// Nil before `begin` has arrived and after `end`.
    var core: Mirror?
    let horizon = Horizon()
    var seats: [SimulatedSeat] = []
    var isAwake = false
    var inbound = SlowMailbox()
    var outbound = SlowMailbox()
    /// The session's loop has said the end, and nothing more follows.
    var isEnding = false
    /// Frames were left out: nothing goes there before the next keyframe, which is wanted at the end of the turn.
    var isBroken = false
    var isMendingDue = false
}

/// A session of the simulated node: its core on one loop, its mirrors on others, and its shopper.
final class SimulatedSession {
    let id: SessionID
    let core: Session
    let loop: Int
    let book = FrameBook()
    var shopper: SimulatedShopper
    /// Seats of the session's own loop.
    var seats: [SimulatedSeat] = []
    var mirrors: [Int: SimulatedMirror] = [:]
    /// Mirrors that were told the end and still have mail.
    var endingMirrors: [SimulatedMirror] = []
    /// Seats that the core was told of and not of the end of, the lost ones too.
    var held: Set<SeatID> = []
    /// Reps whose links are lost.
    var lost: [LostRep] = []
    /// What the page said on the talk lane.
    var talk = TalkSender()
    var lastSeat: UInt32 = 0

    var isAwake = false
    var isEnded = false
    var hasFlooded = false
    var durableAt: Instant?
    var unwatchedAt: Instant?
    var consentsSent = 0
    var consentsRecorded = 0
    var acknowledged: UInt32 = 0
    var lastRequest: Instant?

    /// What the page keeps to take the session up again, and what it kept before.
    var token: UInt64
    var spentTokens: [UInt64] = []
    /// Given with the last welcome, which the page may not have seen.
    var offeredToken: UInt64?

    init(
        id: SessionID, loop: Int, limits: RelayLimits, token: UInt64, manner: SimulatedShopper.Manner, now: Instant
    ) {
        self.id = id
        self.shopper = SimulatedShopper(manner)
        self.loop = loop
        self.token = token
        self.core = Session(id: id, number: SimulatedShopper.session, limits: limits, now: now)
    }

    /// Whether the page is captured for anyone.
    func isWatched(_ now: Instant) -> Bool {
        self.held.count > self.lost.count { $0.watchedUntil.map { $0 <= now } ?? false }
    }

    /// In an order that is the same in every run of a seed.
    var allSeats: [SimulatedSeat] {
        self.seats + self.mirrors.sorted { $0.key < $1.key }.flatMap(\.value.seats)
    }
    var allMirrors: [SimulatedMirror] {
        self.mirrors.sorted { $0.key < $1.key }.map(\.value) + self.endingMirrors
    }
}
