package import Wire

/// One telling of the queue to many reps: what they have in common is looked up once.
///
/// Reps of the same sites see the same tickets; only those with a seat see some of them in another place. Good as long
/// as the desk does not change.
package struct QueueTelling {
    /// A line of a rep's queue.
    package struct Line: Hashable, Sendable {
        package let session: SessionID
        /// Whether the rep has a seat, or one that is kept for the rep's principal.
        package let isMine: Bool
    }

    /// What reps of the same sites see, as far as a listing goes.
    private struct Shown {
        let waiting: [Line]
        let live: [Line]
    }

    package let desk: Desk
    private var shown: [[String]: Shown] = [:]

    package init(_ desk: Desk) {
        self.desk = desk
    }

    /// Reps with the same key see the same lines; nil for a rep with a seat, present or kept, who sees lines of its
    /// own.
    package func sharedKey(of rep: RepKey) -> [String]? {
        guard let rep = self.desk.reps[rep], rep.sessions.isEmpty, self.keptSessions(of: rep.profile).isEmpty else {
            return nil
        }
        return rep.profile.sites
    }

    /// The lines that the rep sees: `Desk.listing`.
    package mutating func lines(for key: RepKey) -> [Line] {
        guard let rep = self.desk.reps[key] else { return [] }
        let shown = self.shown(to: rep.profile)
        let own = rep.sessions.union(self.keptSessions(of: rep.profile))
        let mine = own.isEmpty ? [] : self.desk.inOrder(own).filter { self.serves(rep.profile, $0) }
        var lines = mine.prefix(self.desk.limits.listingCountMax).map { Line(session: $0, isMine: true) }
        lines += shown.waiting.prefix(self.desk.limits.listingCountMax - lines.count)
        // Enough of them are at hand: whatever is missing here as the rep's own has its line above.
        let others = shown.live.lazy.filter { !own.contains($0.session) }
        lines += others.prefix(self.desk.limits.listingCountMax - lines.count)
        return lines
    }

    private func keptSessions(of profile: RepProfile) -> Set<SessionID> {
        var sessions: Set<SessionID> = []
        for (_, session) in self.desk.kept {
            let isTheirs = self.desk.tickets[session]?.seats.contains { seat in
                seat.rep == nil && seat.principal == profile.principal
            }
            if isTheirs == true { sessions.insert(session) }
        }
        return sessions
    }

    private mutating func shown(to profile: RepProfile) -> Shown {
        if let shown = self.shown[profile.sites] { return shown }
        let shown = Shown(
            waiting: self.first(of: self.desk.waiting, profile), live: self.first(of: self.desk.live, profile))
        self.shown[profile.sites] = shown
        return shown
    }

    private func first(of line: TicketLine, _ profile: RepProfile) -> [Line] {
        var lines: [Line] = []
        for turn in line.turns where self.serves(profile, turn.session) {
            guard lines.count < self.desk.limits.listingCountMax else { break }
            lines.append(Line(session: turn.session, isMine: false))
        }
        return lines
    }

    private func serves(_ profile: RepProfile, _ session: SessionID) -> Bool {
        self.desk.tickets[session].map { profile.serves($0.request.site) } ?? false
    }
}
