internal import PairingCore
internal import RelayCore
internal import WebSocketTransport
internal import Wire

/// Where the frames of one session leave this loop: its fan-out and the links of the seats here.
///
/// Either the session itself (`SessionEntry`) or the mirror of another loop's session (`MirrorEntry`). Confined to the
/// loop's thread.
class Outlet: FairFlow {
    /// A seat over a link of this loop.
    struct Place {
        let seat: SeatID
        let link: LinkState
    }

    let fanOut: FanOut
    let id: SessionID
    /// The number in the headers of the session's frames.
    let number: UInt32
    /// The seats here. Served in turn, from `position` on.
    private(set) var places: [Place] = [] { didSet { self.placeCount = self.places.count } }
    /// How many there are: a plain number, for it is asked at every frame and looking at the list checks the access.
    private var placeCount = 0
    private(set) var position = 0
    /// Seats to look at before the session has nothing due.
    private(set) var unservedCount = 0
    /// Its timer among the loop's.
    let timer: Int

    let share = FairShare()

    init(fanOut: FanOut, id: SessionID, number: UInt32, timer: Int) {
        self.fanOut = fanOut
        self.id = id
        self.number = number
        self.timer = timer
    }

    /// Frames may be due for any of the seats.
    func noteDue() { self.unservedCount = self.placeCount }

    /// The next seat to look at, how many stand before it, and its link: by the reference that its place holds, for a
    /// seat that is looked at costs no counting. Good for as long as the place is there.
    @unsafe func nextPlace() -> (SeatID, Int, Unmanaged<LinkState>)? {
        guard self.unservedCount > 0, self.placeCount > 0 else { return nil }
        self.unservedCount -= 1
        if self.position >= self.placeCount { self.position = 0 }
        let position = self.position
        self.position = position + 1
        return unsafe (self.places[position].seat, position, .passUnretained(self.places[position].link))
    }

    /// Whether it has no timer any more.
    var isOver: Bool { false }

    /// The earliest moment at which something is due.
    var nextDeadline: Instant? { self.fanOut.nextDeadline }

    func add(_ seat: SeatID, _ link: LinkState) {
        self.places.append(Place(seat: seat, link: link))
        self.noteDue()
    }

    /// Takes the seat away; the others are looked at anew.
    func remove(_ seat: SeatID) {
        self.places.removeAll { $0.seat == seat }
        self.noteDue()
    }

    func removeAllPlaces() {
        self.places.removeAll()
        self.unservedCount = 0
    }
}

/// Another loop's session, for the reps whose links are here.
final class MirrorEntry: Outlet {
    let core: Mirror
    let remote: RemoteSession
    /// The session's loop has let it go.
    var isClosed = false
    override var isOver: Bool { self.isClosed }

    init(_ remote: RemoteSession, core: Mirror, timer: Int) {
        self.core = core
        self.remote = remote
        super.init(fanOut: core.fanOut, id: remote.id, number: remote.number, timer: timer)
    }
}

/// One session as its own loop sees it: the core, its site and page, the links of its people.
final class SessionEntry: Outlet {
    /// Who sits where.
    struct SeatHolder {
        var seat: SeatID
        /// What it was taken for, whichever link it is held over.
        let wantsCursor: Bool
        /// The link of the seat, or the one that was lost.
        var link: LinkName
        var rep: LinkState.Rep
        /// The link is lost, and the seat is kept for its rep.
        var isLost = false
    }

    /// A loop with seats of this session.
    struct MirrorPlace {
        let loop: Int
        var seatCount: Int
        /// Frames were left out: nothing goes there before the next keyframe.
        var isBroken = false
    }

    /// Who ended a session. An object, for few sessions have one, and then not for long.
    final class EndingRep {
        let rep: LinkState.Rep

        init(_ rep: LinkState.Rep) { self.rep = rep }
    }

    let core: Session
    let siteKey: String
    /// The most that a rep may do on the site.
    let siteRights: Rights
    var page: PageFacts
    var shopper: LinkName?
    var holders: [SeatHolder] = []
    var mirrors: [MirrorPlace] = [] { didSet { self.hasMirrors = !self.mirrors.isEmpty } }
    /// After the end: mirrors that have not said that they are closed, and what the record of the end waits for them
    /// with.
    var openMirrorCount = 0
    /// The scope that the shopper consented to.
    var scope: [String] = []
    /// The rep who ended the session, for the record.
    var endedBy: EndingRep?
    let reason: String?
    let continues: SessionID?

    // Small ones last, side by side: there is one of these objects for each shopper who waits.

    /// Whether there are any mirrors: asked at every frame.
    private(set) var hasMirrors = false
    var ending: EndReason?
    /// What the shopper's present link was last told of `watch`; nil before it was told anything.
    var watchTold: Bool?
    /// Whether the names in `watch` have changed in this turn.
    var isWatchDue = false
    /// The audit log has failed in the course of the session: what follows is not on record.
    var isUnrecorded = false
    /// Whether the ticket stands at the desk.
    var hasTicket = false
    /// Whether the page is known to hold the resume token of the last `welcome`.
    var isTokenConfirmed = false
    /// Seats are numbered from 1 and never reused in a session.
    var nextSeat: UInt32 = 1
    /// Asks of the shopper's page so far, and the one for a tab that has no answer; 0 where none is open.
    var askCount: UInt32 = 0
    var openAsk: UInt32 = 0

    override var isOver: Bool { self.core.isEnded }
    override var nextDeadline: Instant? { self.core.nextDeadline }

    init(_ opening: Opening, core: Session, site: Site, shopper: LinkName, timer: Int) {
        self.core = core
        self.siteKey = site.key
        self.siteRights = site.rights
        self.page = opening.hello.page
        self.shopper = shopper
        self.continues = opening.hello.continues
        self.reason = opening.hello.reason
        super.init(fanOut: core.fanOut, id: core.id, number: core.number, timer: timer)
    }
}
