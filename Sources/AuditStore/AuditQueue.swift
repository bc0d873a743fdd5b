internal import AuditCore
internal import Wire

/// What waits for the audit thread, in the order in which it was handed over. Lives behind the log's `Monitor`.
struct AuditQueue {
    /// One thing handed over.
    enum Item {
        indirect case entry(AuditEntry, AuditStamp)
        case frame(SessionID, index: UInt64, SharedFrame)
        case sent(SessionID, seat: Int, FrameRange)
    }

    /// What the audit thread takes out at once.
    struct Work {
        var items: [Item] = []
        /// The last ticket in `items`, or the last one before.
        var ticket: UInt64 = 0
        /// The clocks when the items were taken: not before any stamp in them, not after any handed over later.
        var stamp = AuditStamp(wall: 0, mono: 0)
        var lostEntries = 0
        var lostFrames = 0
        var lostReports = 0
        var isClosing = false
    }

    /// How many frames, or bytes of frames, are hashed in one go before they have waited long.
    static let framesWake = 512
    static let frameBytesWake = 1_048_576

    let options: AuditOptions
    var state = AuditState.writing
    var items: [Item] = []
    var entries = 0
    var entryBytes = 0
    var frames = 0
    var frameBytes = 0
    var ticket: UInt64 = 0
    /// The last ticket that is on disk.
    var reported: UInt64 = 0
    /// What the records account for that this run wrote and reported, and the index after the last of them.
    var recorded = AuditTally()
    var durable: UInt64 = 0
    var lostEntries = 0
    var lostFrames = 0
    /// Reports of what seats were sent.
    var lostReports = 0
    var isUrgent = false
    var isClosing = false
    /// When the oldest item came.
    var since: UInt64?
    /// When the commit that is under way began.
    var commitSince: UInt64?

    /// Whether the file system has room for sessions, and for recordings.
    var hasRoom = true
    var hasRoomForRecordings = true

    /// The greatest time since boot that was seen: some machines' clocks differ between processors.
    private var monoLast: UInt64 = 0

    init(_ options: AuditOptions, ticket: UInt64 = 0) {
        self.options = options
        self.ticket = ticket
        self.reported = ticket
    }

    /// Whether the commit under way has taken too long at `now`.
    func isStalled(at now: UInt64) -> Bool {
        guard self.state == .writing, let since = self.commitSince else { return false }
        return now >= since + self.options.stallMax
    }

    /// Nothing is taken any more.
    mutating func fail(_ error: AuditStoreError) {
        self.state = .failed(error)
        self.commitSince = nil
        self.items = []
    }

    /// How many entries were taken and are not on disk.
    var unreported: Int { Int(self.ticket - self.reported) }

    /// `stamp`, but never before an earlier one.
    mutating func monotonic(_ stamp: AuditStamp) -> AuditStamp {
        self.monoLast = max(self.monoLast, stamp.mono)
        return AuditStamp(wall: stamp.wall, mono: self.monoLast)
    }

    mutating func append(_ entry: AuditEntry, at stamp: AuditStamp, wake: inout Bool) -> AppendResult {
        if case .failed = self.state { return .failed }
        guard !self.isClosing else { return .failed }
        let bytes = entry.byteCountEstimate
        guard self.entries < self.options.queueEntriesMax, self.entryBytes + bytes <= self.options.queueBytesMax else {
            self.lostEntries += 1
            return .full
        }
        self.ticket += 1
        self.entries += 1
        self.entryBytes += bytes
        self.items.append(.entry(entry, stamp))
        let isUrgent = entry.event.code.rule.durability == .a || self.entryBytes >= AuditLimits.batchBytesMax
        wake = (isUrgent && !self.isUrgent) || self.since == nil
        self.isUrgent = self.isUrgent || isUrgent
        self.since = self.since ?? stamp.mono
        return .queued(AuditTicket(self.ticket))
    }

    mutating func append(
        frame: SharedFrame, index: UInt64, of session: SessionID, at now: UInt64, wake: inout Bool
    ) -> Bool {
        guard self.state == .writing, !self.isClosing else { return false }
        guard self.frames < self.options.queueFramesMax,
            self.frameBytes + frame.byteCount <= self.options.queueFrameBytesMax
        else {
            self.lostFrames += 1
            return false
        }
        self.frames += 1
        self.frameBytes += frame.byteCount
        self.items.append(.frame(session, index: index, frame))
        let isUrgent = self.frames >= Self.framesWake || self.frameBytes >= Self.frameBytesWake
        wake = (isUrgent && !self.isUrgent) || self.since == nil
        self.isUrgent = self.isUrgent || isUrgent
        self.since = self.since ?? now
        return true
    }

    mutating func append(
        sent range: FrameRange, seat: Int, of session: SessionID, at now: UInt64, wake: inout Bool
    )
        -> Bool
    {
        guard self.state == .writing, !self.isClosing else { return false }
        // Shares the frames' bound: a report is smaller than the smallest frame.
        guard self.frames < self.options.queueFramesMax else {
            self.lostReports += 1
            return false
        }
        self.frames += 1
        self.items.append(.sent(session, seat: seat, range))
        wake = self.since == nil
        self.since = self.since ?? now
        return true
    }

    /// What the audit thread does now: take everything, or sleep until the oldest item or the ledger is due.
    mutating func take(
        at stamp: AuditStamp, ledgerDeadline: UInt64?, spare: [Item]
    ) -> Monitor<AuditQueue>.Verdict<Work> {
        let itemDeadline = self.since.map { $0 + self.options.gatherMax }
        let deadline = [itemDeadline, ledgerDeadline].compactMap { $0 }.min()
        let isDue = deadline.map { $0 <= stamp.mono } ?? false
        guard self.isUrgent || self.isClosing || isDue else {
            return .wait(deadline.map { $0 - stamp.mono })
        }
        let work = Work(
            items: self.items, ticket: self.ticket, stamp: stamp, lostEntries: self.lostEntries,
            lostFrames: self.lostFrames, lostReports: self.lostReports, isClosing: self.isClosing)
        self.items = spare
        (self.entries, self.entryBytes, self.frames, self.frameBytes) = (0, 0, 0, 0)
        (self.lostEntries, self.lostFrames, self.lostReports) = (0, 0, 0)
        (self.isUrgent, self.since) = (false, nil)
        return .done(work)
    }
}
