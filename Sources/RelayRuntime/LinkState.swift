internal import PairingCore
internal import RelayCore
internal import WebSocketTransport
internal import Wire

/// What the relay knows of one link: who is at the other end, how far its handshake is, what waits to be written.
///
/// Confined to the loop's thread.
final class LinkState {
    /// A shopper's link.
    struct ShopperSide {
        /// The Origin header of the upgrade.
        var origin: RequestFacts.Origin
        /// The session, once `hello` was accepted.
        var session: SessionEntry?
    }

    /// A rep's link.
    struct RepSide {
        /// How far the login is.
        enum Stage {
            case challenged
            case ready(Rep)
        }

        var stage: Stage
        /// The seats held over this link.
        var seats: [HeldSeat] = []
    }

    /// A logged-in rep.
    struct Rep {
        var key: RepKey
        var principal: String
        var name: String
        var fingerprint: String
    }

    /// One seat of a rep.
    struct HeldSeat {
        var entry: SessionEntry
        var seat: SeatID
    }

    /// Which of the two.
    enum Side {
        case shopper(ShopperSide)
        case rep(RepSide)
    }

    let id: LinkID
    let peer: PeerAddress
    var side: Side
    /// When the handshake must be over; nil afterwards.
    var handshakeDue: Instant?
    /// The last control sequence received and sent.
    var controlReceived: UInt32 = 0
    var controlSent: UInt32 = 0
    /// Control frames that wait for the end of the turn, in order.
    var pending: [SharedFrame] = []
    var pendingByteCount = 0
    /// Whether frames or control may be due for this link.
    var isDirty = false
    /// The rep's name at the desk and in the logins; nil on a shopper's link.
    var repKey: RepKey?
    /// Set once the relay has closed the link; nothing more is read from it or written to it.
    var isClosing = false

    init(id: LinkID, peer: PeerAddress, side: Side, handshakeDue: Instant) {
        self.id = id
        self.peer = peer
        self.side = side
        self.handshakeDue = handshakeDue
    }

    /// The session of a shopper's link.
    var shopperSession: SessionEntry? {
        if case .shopper(let side) = self.side { side.session } else { nil }
    }

    /// The rep, once logged in.
    var rep: Rep? {
        guard case .rep(let side) = self.side, case .ready(let rep) = side.stage else { return nil }
        return rep
    }

    /// The seats of a rep's link.
    var heldSeats: [HeldSeat] {
        get {
            if case .rep(let side) = self.side { side.seats } else { [] }
        }
        set {
            guard case .rep(var side) = self.side else { return }
            side.seats = newValue
            self.side = .rep(side)
        }
    }
}

/// One session as the runtime sees it: the core, its site and page, the links of its people.
final class SessionEntry {
    /// Who sits where.
    struct SeatHolder {
        var seat: SeatID
        var link: LinkID
        var rep: LinkState.Rep
    }

    let core: Session
    let site: Site
    var page: PageFacts
    var shopper: LinkID?
    var holders: [SeatHolder] = []
    /// Seats are numbered from 1 and never reused in a session.
    var nextSeat: UInt32 = 1
    /// Frames are due: gather at the end of this turn.
    var isAwake = false
    /// Whether the ticket stands at the desk.
    var hasTicket = false
    /// The scope that the shopper consented to.
    var scope: [String] = []
    /// The rep who ended the session, for the record.
    var endedBy: LinkState.Rep?
    let continues: SessionID?
    let reason: String?
    /// The resume token of the last `welcome`, and whether the page is known to hold it.
    var tokenWords: ResumeToken.Words = (0, 0, 0, 0)
    var isTokenConfirmed = false

    init(
        core: Session, site: Site, page: PageFacts, shopper: LinkID, continues: SessionID?, reason: String?
    ) {
        self.core = core
        self.site = site
        self.page = page
        self.shopper = shopper
        self.continues = continues
        self.reason = reason
    }
}
