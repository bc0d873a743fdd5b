package import Wire

/// One ticket as the queue screen shows it.
package struct QueueRow: Equatable, Sendable {
    /// What can be done with the ticket.
    package enum Standing: Equatable, Sendable {
        /// A shopper waits for a rep.
        case waiting
        /// This principal holds a seat in it, perhaps from a terminal that is gone: Enter joins it again.
        case mine
        /// Another rep is with the shopper.
        case live
        /// The shopper's link is gone; the session waits for it to come back.
        case away
        /// It left the queue while the rep had it selected; the row stays until the rep moves on.
        case gone

        /// What the relay says of a ticket that this rep does not hold.
        init(_ state: SessionState) {
            switch state {
            case .waiting: self = .waiting
            case .live: self = .live
            case .away: self = .away
            case .ended: self = .gone
            }
        }
    }

    package let session: SessionID
    package let site: String
    package var standing: Standing
    /// Whole seconds the shopper had waited when the relay said so.
    package let waited: Int
    /// When the relay said so, on this end's monotonic clock.
    package let toldAt: Instant
    package let url: String
    package let title: String
    package let language: String
    /// Why the ticket is here, in words; empty when the shopper gave no reason.
    package let reason: String
    /// The names of the reps who hold seats.
    package let reps: [String]
    /// The session that this one goes on from after the relay was restarted.
    package let continues: SessionID?

    package init(
        session: SessionID, site: String, standing: Standing, waited: Int, toldAt: Instant, url: String, title: String,
        language: String, reason: String, reps: [String], continues: SessionID?
    ) {
        self.session = session
        self.site = site
        self.standing = standing
        self.waited = waited
        self.toldAt = toldAt
        self.url = url
        self.title = title
        self.language = language
        self.reason = reason
        self.reps = reps
        self.continues = continues
    }

    /// Whole seconds the shopper has waited.
    func waitedSeconds(at now: Instant) -> Int {
        self.waited + Int(clamping: now.duration(since: self.toldAt).components.seconds)
    }
}
