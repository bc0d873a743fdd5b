package import Wire

/// What a shopper who asks for help brings along.
package struct TicketRequest: Equatable, Sendable {
    package let session: SessionID
    /// The site's key.
    package let site: String
    package let page: PageFacts
    /// Why the shopper is stuck, in words; nil when nothing was told.
    package let reason: String?
    /// An earlier session that this one goes on with, after the relay was restarted.
    package let continues: SessionID?
    /// Priority class, 0 (ordinary) to 3 (most urgent).
    package let priority: Int
    /// What every seat of the session gets: `Rights.granted`.
    package let rights: Rights

    /// Cuts the texts to their limits and the priority to its range.
    package init(
        session: SessionID, site: String, page: PageFacts, reason: String? = nil, continues: SessionID? = nil,
        priority: Int = 0, rights: Rights = .view
    ) {
        self.session = session
        self.site = site
        self.page = page.cleaned
        self.reason = reason?.clipped(PairingLimits.textBytesMax)
        self.continues = continues
        self.priority = min(max(priority, 0), PairingLimits.priorityMax)
        self.rights = rights
    }
}

extension PageFacts {
    /// The same facts without control characters, each text within its limit.
    var cleaned: PageFacts {
        PageFacts(
            url: self.url.clipped(PairingLimits.textBytesMax), title: self.title.clipped(PairingLimits.textBytesMax),
            language: self.language.clipped(PairingLimits.languageBytesMax))
    }
}

/// One line of the queue as a rep sees it.
package struct TicketSummary: Equatable, Sendable {
    package let session: SessionID
    package let site: String
    /// Live also while a lost rep's seat is kept.
    package let state: SessionState
    /// How long the shopper has waited: up to now, or up to the first seat.
    package let waited: Duration
    package let page: PageFacts
    package let reason: String?
    package let continues: SessionID?
    /// Names of the reps with a seat, first come first; at most `PairingLimits.namesListedMax`.
    package let reps: [String]
    /// Whether the rep who asks has a seat, or one that is kept for the rep's principal.
    package let isMine: Bool
    /// Whether the rep who asks speaks the page's language.
    package let isSpoken: Bool
}

/// What a waiting shopper is told.
package struct TicketPlace: Equatable, Sendable {
    /// From 1.
    package let position: Int
    /// Shoppers waiting in all.
    package let waiting: Int
    /// About how long until a rep comes, from the pace of the last tickets; nil when nobody can tell.
    package let expectedWait: Duration?
}

/// A ticket and its seats. Owned by the `Desk`.
struct Ticket {
    /// One rep's place, present or kept.
    struct Seat {
        /// Nil while the rep's link is lost.
        var rep: RepKey?
        let principal: String
        let name: String
        /// Until when the seat is kept; nil while the rep is there.
        var keptUntil: Instant?
        /// Whose link was lost; nil while the rep is there.
        var lostRep: RepKey?
    }

    let request: TicketRequest
    var page: PageFacts
    /// Place among tickets opened at the same time.
    let number: UInt64
    let openedAt: Instant
    var isShopperAway = false
    var seats: [Seat] = []
    /// When and by whom the ticket was last taken out of the queue.
    var taken: (at: Instant, name: String, principal: String)?
    /// When the first seat was taken; the wait ends there.
    var firstSeatAt: Instant?
    /// True once a rep was lost: the shopper has had the wait already and stands in front.
    var isReturned = false
    var placeTold: TicketPlace?

    /// In the queue as long as no seat is taken or kept.
    var isWaiting: Bool { self.seats.isEmpty }

    /// Where the ticket stands: among those that wait in the order to serve, among the others by its age.
    var turn: ServingTurn {
        guard self.isWaiting else {
            return ServingTurn(isReturned: false, dueAt: 0, number: self.number, session: self.request.session)
        }
        let headStart = PairingLimits.ageingDuration.nanosecondsClamped * Int64(self.request.priority)
        return ServingTurn(
            isReturned: self.isReturned, dueAt: Int64(clamping: self.openedAt.nanoseconds) - headStart,
            number: self.number, session: self.request.session)
    }
}

/// The order to serve: returned tickets first, then by the time of opening less a head start for each priority class.
///
/// The head start is the ageing: an ordinary ticket is overtaken only by urgent ones that open within
/// `ageingDuration` × class after it, so it cannot starve. Small, because whole queues of them are moved.
struct ServingTurn: Comparable {
    let isReturned: Bool
    let dueAt: Int64
    let number: UInt64
    let session: SessionID

    static func < (left: Self, right: Self) -> Bool {
        guard left.isReturned == right.isReturned else { return left.isReturned }
        return (left.dueAt, left.number) < (right.dueAt, right.number)
    }
}
