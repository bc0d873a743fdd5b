package import Wire

/// What the `Desk` wants done.
package enum DeskAction: Equatable, Sendable {
    /// Give the rep a seat in the session.
    case seat(RepKey, SessionID, Rights)
    /// Give the rep a seat again that was kept for it.
    case seatBack(RepKey, SessionID, Rights)
    /// The seat that this rep's lost link had is kept no longer.
    case seatGivenUp(RepKey, SessionID)
    /// Tell the rep that it did not get one.
    case refuse(RepKey, SessionID, DeskRefusal)
    /// A rep cannot be taken on: as many are logged in as the daemon serves.
    case refuseRep(RepKey)
    /// A ticket cannot be taken on: as many are open as the daemon serves.
    case refuseTicket(SessionID)
    /// No seat is left or kept: the session waits in the queue again.
    case returned(SessionID)
    /// The queue has changed: send every rep its `listing`.
    case tellQueue
    /// The waiting shopper's place has changed.
    case tellPlace(SessionID, TicketPlace)
}

/// Why a rep got no seat.
package enum DeskRefusal: Equatable, Sendable {
    /// Another rep was faster, so long ago.
    case taken(by: String, ago: Duration)
    /// No such ticket, withdrawn or ended, or of a site that the rep does not serve.
    case unknown
    /// The rep has as many seats as the configuration allows.
    case atCapacity(seatCountMax: Int)
    /// The session has as many seats as it can have.
    case full(seatCountMax: Int)
    /// The rep may not take a seat beside another rep, or the shopper has not agreed to be seen.
    case notAllowed

    /// The protocol's word for it.
    package var reason: RefusalReason {
        switch self {
        case .taken, .notAllowed: .taken
        case .unknown: .unknown
        case .atCapacity: .capacity
        case .full: .full
        }
    }

    /// A sentence for the rep.
    package var text: String {
        switch self {
        case .taken(let name, let ago): "\(name) took this ticket \(Self.words(ago)) ago"
        case .unknown: "this ticket is no longer there"
        case .atCapacity(let count): "you have \(count) sessions, which is as many as you may have at once"
        case .full(let count): "this session has \(count) seats, and all are taken"
        case .notAllowed: "this session has a rep, and you may not join it"
        }
    }

    private static func words(_ duration: Duration) -> String {
        let milliseconds = duration.nanosecondsClamped / 1_000_000
        return milliseconds < 1_000 ? "\(milliseconds) ms" : "\(milliseconds / 1_000) s"
    }
}
