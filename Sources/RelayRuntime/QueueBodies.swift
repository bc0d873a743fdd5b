internal import PairingCore
internal import Wire

/// The bodies of one telling of the queue: each ticket is encoded once, and reps who see the same share one body.
struct QueueBodies {
    private let now: Instant
    private var telling: QueueTelling
    private var entries: [QueueTelling.Line: [UInt8]] = [:]
    private var shared: [[String]: [UInt8]] = [:]

    init(_ desk: Desk, now: Instant) {
        self.telling = QueueTelling(desk)
        self.now = now
    }

    /// The body of `queue` for this rep.
    mutating func body(for rep: RepKey) -> [UInt8] {
        let key = self.telling.sharedKey(of: rep)
        if let key, let body = self.shared[key] { return body }
        var entries: [[UInt8]] = []
        for line in self.telling.lines(for: rep) {
            if let entry = self.entry(line, for: rep) { entries.append(entry) }
        }
        let body = Queue.body(of: entries)
        if let key { self.shared[key] = body }
        return body
    }

    private mutating func entry(_ line: QueueTelling.Line, for rep: RepKey) -> [UInt8]? {
        if let entry = self.entries[line] { return entry }
        guard let ticket = self.telling.desk.summary(line, for: rep, now: self.now) else { return nil }
        let entry = QueueEntry(
            session: ticket.session, site: ticket.site, state: ticket.state,
            waited: UInt32(clamping: ticket.waited.components.seconds), page: ticket.page, reason: ticket.reason,
            reps: ticket.reps, mine: ticket.isMine, continues: ticket.continues
        ).bytes
        self.entries[line] = entry
        return entry
    }
}
