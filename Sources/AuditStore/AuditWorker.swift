internal import AuditCore

/// The audit thread's work: items in, durable records and notices out.
// Sendable by hand: made by the opener and given to the audit thread, which alone touches it afterwards.
final class AuditWorker: @unchecked Sendable {
    private let writer: SegmentWriter
    private let queue: Monitor<AuditQueue>
    private let news: Monitor<AuditPublisher.News>
    private let clock: AuditClock
    private let notify: @Sendable (AuditNotice) -> Void
    private var ledger: AuditLedger
    private var lines = AuditLines()
    private var stamp = AuditStamp(wall: 0, mono: 0)
    private var spare: [AuditQueue.Item] = []
    private var ticketReported: UInt64
    private var ticketTaken: UInt64
    private var refused = (entries: 0, frames: 0)
    private var unplaced = (entries: 0, frames: 0)
    private var reports = 0
    private var gapSaidAt: UInt64 = 0

    init(
        writer: SegmentWriter, queue: Monitor<AuditQueue>, news: Monitor<AuditPublisher.News>, clock: AuditClock,
        ticket: UInt64, notify: @escaping @Sendable (AuditNotice) -> Void
    ) {
        self.writer = writer
        self.queue = queue
        self.news = news
        self.ticketReported = ticket
        self.ticketTaken = ticket
        self.clock = clock
        self.notify = notify
        self.ledger = AuditLedger(boot: clock.boot)
    }

    /// Runs until the log is closed or has failed.
    func run() {
        while true {
            let work = self.take()
            do {
                try self.perform(work)
                if work.isClosing {
                    try self.finish(at: work.stamp)
                    self.queue.withLock { queue, _ in queue.state = .closed }
                    return
                }
            } catch {
                self.fail(error)
                return
            }
        }
    }

    private func take() -> AuditQueue.Work {
        let deadline = self.ledger.deadline
        let spare = self.spare
        self.spare = []
        return self.queue.wait { queue in
            queue.take(at: queue.monotonic(self.clock.now()), ledgerDeadline: deadline, spare: spare)
        }
    }

    private func perform(_ work: AuditQueue.Work) throws(AuditStoreError) {
        var ticket = self.ticketTaken
        for item in work.items {
            if case .entry = item { ticket += 1 }
            self.place(item)
            if self.lines.bytes.count >= AuditLimits.batchBytesMax / 2 { try self.commit(upTo: ticket) }
        }
        self.ticketTaken = ticket
        self.stamp = work.stamp
        self.ledger.timePassed(work.stamp, into: &self.lines)
        self.refused.entries += work.lostEntries
        self.refused.frames += work.lostFrames
        self.reports += work.lostReports
        if work.isClosing || work.stamp.mono >= self.gapSaidAt + AuditLimits.summaryIntervalMax { self.sayGaps() }
        try self.commit(upTo: ticket)
        self.spare = work.items
        self.spare.removeAll(keepingCapacity: true)
    }

    private func place(_ item: AuditQueue.Item) {
        switch item {
        case .entry(let entry, let stamp):
            self.stamp = stamp
            if !self.ledger.append(entry, at: stamp, into: &self.lines) { self.unplaced.entries += 1 }
        case .frame(let session, let index, let frame):
            let isPlaced = self.ledger.frameAccepted(
                session, index: index, frame: frame, at: self.stamp, into: &self.lines)
            if !isPlaced { self.unplaced.frames += 1 }
        case .sent(let session, let seat, let range):
            let isPlaced = self.ledger.framesSent(session, seat: seat, range: range, at: self.stamp, into: &self.lines)
            if !isPlaced { self.reports += 1 }
        }
    }

    /// Says what could not be taken, at most once a second.
    private func sayGaps() {
        let reports = (entries: self.reports, frames: 0)
        let losses = [
            ("queue-full", self.refused), ("unplaced", self.unplaced), (AuditTally.reportsReason, reports),
        ]
        for (reason, lost) in losses {
            guard lost.entries + lost.frames > 0 else { continue }
            let event = AuditEvent.auditGap(reason: reason, entries: lost.entries, frames: lost.frames)
            _ = self.ledger.append(AuditEntry(event, by: .relay), at: self.stamp, into: &self.lines)
            self.gapSaidAt = self.stamp.mono
        }
        (self.refused, self.unplaced, self.reports) = ((0, 0), (0, 0), 0)
    }

    /// Writes the lines, makes them durable, and reports.
    private func commit(upTo ticket: UInt64) throws(AuditStoreError) {
        if self.lines.count > 0 {
            let start = self.clock.now().mono
            self.queue.withLock { queue, _ in queue.commitSince = start }
            for index in 0..<self.lines.count { try self.writer.append(self.lines[index]) }
            let tally = self.lines.tally
            self.lines.removeAll()
            try self.writer.commit()
            try self.tellDurable(start, upTo: ticket, tally)
        }
        guard ticket > self.ticketReported else { return }
        self.ticketReported = ticket
        self.notify(.durable(upTo: AuditTicket(ticket)))
    }

    /// What came through too late counts as failed: others were told so already.
    private func tellDurable(_ start: UInt64, upTo ticket: UInt64, _ tally: AuditTally) throws(AuditStoreError) {
        let durable = self.writer.durable
        let failure: AuditStoreError? = self.queue.withLock { queue, _ in
            queue.commitSince = nil
            if case .failed(let error) = queue.state { return error }
            queue.reported = ticket
            (queue.recorded, queue.durable) = (queue.recorded + tally, durable)
            return nil
        }
        if let failure { throw failure }
        self.news.withLock { news, wake in
            news.durable = durable
            news.last = start
            wake = news.since == nil
            news.since = news.since ?? start
        }
    }

    private func finish(at stamp: AuditStamp) throws(AuditStoreError) {
        self.ledger.settleAll(at: stamp, into: &self.lines)
        _ = self.ledger.append(AuditEntry(.logClosed, by: .relay), at: stamp, into: &self.lines)
        try self.commit(upTo: self.ticketTaken)
        try self.writer.finish()
    }

    /// Nothing is retried. Only where the disk is full, and not broken, one last record says so.
    private func fail(_ error: AuditStoreError) {
        let (queued, stamp): (Int?, AuditStamp) = self.queue.withLock { queue, _ in
            let stamp = queue.monotonic(self.clock.now())
            if case .failed = queue.state { return (nil, stamp) }
            queue.fail(error)
            return (queue.unreported, stamp)
        }
        self.news.withLock { news, wake in (news.isFailed, wake) = (true, true) }
        // Whoever found the stall has told of it.
        guard let queued else { return }
        if error.isNoSpace {
            let event = AuditEvent.auditBlocked(reason: error.word, errno: error.errno, entries: queued)
            let record = AuditRecord(
                AuditEntry(event, by: .relay), sequence: nil, at: stamp, boot: self.clock.boot)
            // A disk that refuses even this has told its owner through the notice below.
            try? self.writer.sayBlocked { _ in record.line }
        }
        self.notify(.failed(error))
    }
}
