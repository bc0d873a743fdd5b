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
        /// The Origin header of the upgrade; absent once the `hello` is admitted, which is all that it is kept for.
        var origin: RequestFacts.Origin
        /// How far the handshake is.
        var session = ShopperSession.none
    }

    /// The session of a shopper's link.
    enum ShopperSession {
        /// No `hello` yet.
        case none
        /// The front desk has the `hello`.
        case asked
        /// A session of this loop.
        case own(SessionEntry)
        /// A session of another loop: frames go there. Kept apart, for the other cases are much smaller.
        indirect case remote(RemoteSession)
    }

    /// A rep's link.
    struct RepSide {
        /// How far the login is.
        enum Stage {
            case challenged
            /// Kept apart: a shopper's link has none of it.
            indirect case ready(Rep)
        }

        var stage: Stage
    }

    /// A logged-in rep.
    struct Rep: Sendable {
        /// Which login: a rep that comes back has another.
        var login: RepKey
        var principal: String
        var name: String
        var fingerprint: String
    }

    /// One seat of a rep.
    struct HeldSeat {
        var outlet: Outlet
        var seat: SeatID
        /// When its rep last asked for a part of the page.
        var lookedAt: Instant?
        /// When its rep asked something of the shopper's page, in the last minute.
        var asks: [Instant] = []
    }

    /// Which of the two.
    enum Side {
        case shopper(ShopperSide)
        case rep(RepSide)
    }

    // What every write looks at comes first, so that it lies together.

    let id: LinkID
    /// How many seats are held over this link.
    private(set) var seatCount = 0
    var pendingByteCount = 0
    /// Whether frames or control may be due for this link.
    var isDirty = false
    /// Set once the relay has closed the link; nothing more is read from it or written to it.
    var isClosing = false

    /// Its timer among the loop's, for the handshake; nil once that is over.
    var timer: Int?
    var side: Side
    /// The last control sequence received and sent.
    var controlReceived: UInt32 = 0
    var controlSent: UInt32 = 0
    /// Control frames that wait for the end of the turn, in order.
    var pending: [SharedFrame] = []
    /// The seats held over this link; none on a shopper's.
    var heldSeats: [HeldSeat] = [] { didSet { self.seatCount = self.heldSeats.count } }

    init(id: LinkID, side: Side, timer: Int) {
        self.id = id
        self.side = side
        self.timer = timer
    }

    /// The session of a shopper's link; `none` on a rep's.
    var shopperSession: ShopperSession {
        get {
            if case .shopper(let side) = self.side { side.session } else { .none }
        }
        set {
            guard case .shopper(var side) = self.side else { return }
            side.session = newValue
            self.side = .shopper(side)
        }
    }

    /// The rep, once logged in.
    var rep: Rep? {
        guard case .rep(let side) = self.side, case .ready(let rep) = side.stage else { return nil }
        return rep
    }
}
