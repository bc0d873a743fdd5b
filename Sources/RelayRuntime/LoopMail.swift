internal import PairingCore
internal import RelayCore
internal import WebSocketTransport
internal import Wire

/// A link of any loop of the daemon.
struct LinkName: Hashable, Sendable, CustomStringConvertible {
    /// The loop's place among the daemon's loops, from 0.
    let loop: Int
    let link: LinkID

    var description: String { "\(self.loop):\(self.link)" }
}

/// What the loops of one daemon tell each other. Each loop's mail to another arrives in the order in which it was sent;
/// what one turn has for a loop is posted together.
package struct LoopMail: Sendable {
    let content: Content

    enum Content: Sendable {
        // To the loop of a link.

        /// Send this control frame.
        case tell(LinkID, FrameKind, session: UInt32, body: [UInt8])
        case close(LinkID, CloseCode)
        /// The shopper has come back on this link: its session is another loop's.
        case adopted(LinkID, RemoteSession)
        /// The shopper has come back on another link: this one is forgotten and closed.
        case replaced(LinkID)
        /// The session that this hello was for has ended: ask again, without its token.
        case helloAnew(LinkID, Hello, origin: String)
        /// The rep is logged in, on record.
        case loggedIn(LinkID, LinkState.Rep)
        /// A new session, which is this loop's.
        case begin(LinkID, Opening)

        // To the loop of a rep's link, from the loop of the session.

        /// The session's next frame is `index`; it has a seat here from now on.
        case mirrorBegan(RemoteSession, index: UInt64)
        /// A frame of a session that has a mirror here.
        case frame(session: UInt32, index: UInt64, FrameKind, SharedFrame)
        /// The seat begins or goes on, with the cursor or without; `body` is that of `seated`.
        case seated(LinkID, SeatNumber, session: UInt32, at: SeatStart, wantsCursor: Bool, body: [UInt8])
        /// The rep has come back on another link: this one is forgotten and closed.
        case repReplaced(LinkID)
        /// The session has no seat here any more, or is over; over, it wants to know that the mirror is closed.
        case mirrorEnded(session: UInt32, isOver: Bool)

        // To the loop of a session.

        /// The shopper of the session is back on this link.
        case resume(session: UInt32, LinkName, Hello, origin: String, token: ResumeToken.Words)
        /// A frame from the shopper: page, cursor, talk, or of an unknown kind.
        case uplink(session: UInt32, LinkID, FrameHeader, SharedFrame)
        /// The shopper ends the session.
        case shopperEnds(session: UInt32, LinkID)
        case shopperLost(session: UInt32, LinkID)
        case grantSeat(session: UInt32, LinkName, SeatGrant)
        /// The seat over this link has left.
        case seatLeft(session: UInt32, SeatNumber, LinkID, why: String)
        /// The link of the seat is lost.
        case seatLost(session: UInt32, SeatNumber, LinkID)
        /// The seat that this login had is kept no longer.
        case seatGivenUp(session: UInt32, RepKey)
        case repEnds(session: UInt32, LinkState.Rep)
        case keyframeWanted(session: UInt32)
        case lookWanted(session: UInt32, Look)
        /// The seat over this link asks something of the shopper's page.
        case askWanted(session: UInt32, SeatNumber, LinkID, Ask)
        /// The shopper over this link answers an ask.
        case answered(session: UInt32, LinkID, Answer)
        case mirrorClosed(session: UInt32)
        case ticketRefused(session: UInt32)
        case place(session: UInt32, Place)

        /// To the front desk.
        case ask(DeskQuestion)
    }

    /// What may be left out when the receiver does not keep up, and what becomes of it.
    enum Loss {
        /// Never: one a link or session and change of its state.
        case none
        /// The session's mirror goes on at a keyframe.
        case frame(session: UInt32)
        /// The sender closes this link of its own, with a code that says come back.
        case sender(LinkID)
        /// The receiver closes this link of its own, with a code that says come back.
        case receiver(LinkID)
    }

    let sender: Int

    var loss: Loss {
        switch self.content {
        case .tell(let link, _, _, _): .receiver(link)
        case .frame(let session, _, _, _): .frame(session: session)
        case .uplink(_, let link, _, _), .answered(_, let link, _): .sender(link)
        case .ask(let question): question.canBeLost ? .sender(question.link) : .none
        case .close, .adopted, .replaced, .repReplaced, .helloAnew, .loggedIn, .begin, .mirrorBegan, .seated,
            .mirrorEnded, .resume, .shopperEnds, .shopperLost, .grantSeat, .seatLeft, .seatLost, .seatGivenUp, .repEnds,
            .keyframeWanted, .lookWanted, .askWanted, .mirrorClosed, .ticketRefused, .place:
            .none
        }
    }

    /// Bytes that it keeps alive, about.
    var byteCount: Int {
        switch self.content {
        case .tell(_, _, _, let body): body.count
        case .frame(_, _, _, let frame): frame.byteCount
        case .uplink(_, _, _, let frame): frame.byteCount
        case .seated(_, _, _, _, _, let body): body.count
        case .close, .adopted, .replaced, .repReplaced, .helloAnew, .loggedIn, .begin, .mirrorBegan, .mirrorEnded,
            .resume, .shopperEnds, .shopperLost, .grantSeat, .seatLeft, .seatLost, .seatGivenUp, .repEnds,
            .keyframeWanted, .lookWanted, .askWanted, .answered, .mirrorClosed, .ticketRefused, .place, .ask:
            0
        }
    }
}

/// A seat's number in its session.
typealias SeatNumber = UInt32

/// A session as loops know it that do not own it.
struct RemoteSession: Sendable {
    /// The loop that owns it.
    let loop: Int
    let number: UInt32
    let id: SessionID
    let site: String
}

/// A seat that the desk grants.
struct SeatGrant: Sendable {
    let rep: LinkState.Rep
    let rights: Rights
    /// Whether the rep asked for the cursor too. A seat that is taken up again is as it was.
    let wantsCursor: Bool
    /// Nil for a rep who accepts the session.
    let back: SeatReturn?
}

/// A rep asks for the seat that it had over a lost link.
struct SeatReturn: Sendable {
    /// The login of the lost link.
    let login: RepKey
    /// The last page frame that the rep applied.
    let last: FrameMark?
}

/// A session that is to begin on the loop of its shopper's link.
struct Opening: Sendable {
    let hello: Hello
    let origin: String
    let id: SessionID
    let number: UInt32
    let token: ResumeToken.Words
}

/// What a loop asks of the front desk, or tells it.
enum DeskQuestion: Sendable {
    /// A shopper of an admitted site; `origin` is for the record.
    case hello(LinkID, Hello, origin: String)
    case tokenConfirmed(SessionID)
    /// The shopper's link is gone.
    case shopperLost(SessionID)
    case shopperBack(SessionID, PageFacts)
    case ticketOpened(TicketRequest)
    case sessionEnded(SessionID)
    case repOpened(LinkID, addressBits: UInt64)
    case login(LinkID, Logins.Claim)
    /// A rep comes back with its token.
    case repResume(LinkID, Resume)
    case accept(LinkID, Accept)
    /// The rep has no seat in the session any more, or did not get it.
    case seatLeft(LinkName, SessionID)
    case repGone(LinkID, hasLeft: Bool)

    /// Whether a loop that is behind may leave it out: what a peer can ask for as often as it likes.
    var canBeLost: Bool {
        switch self {
        case .hello, .login, .repResume, .accept: true
        case .tokenConfirmed, .shopperLost, .shopperBack, .ticketOpened, .sessionEnded, .repOpened, .seatLeft, .repGone:
            false
        }
    }

    /// The link of a question that may be left out.
    var link: LinkID {
        switch self {
        case .hello(let link, _, _), .login(let link, _), .repResume(let link, _), .accept(let link, _),
            .repOpened(let link, _),
            .repGone(let link, _):
            link
        case .seatLeft(let name, _): name.link
        case .tokenConfirmed, .shopperLost, .shopperBack, .ticketOpened, .sessionEnded:
            LinkID(slot: 0, generation: 0)
        }
    }
}
