internal import AuditCore
internal import Wire

/// One run of an open log: the queue and the threads behind it. It ends with `close`, or fails and is then closed.
///
/// Any thread may call it. The audit thread encodes, hashes, writes and syncs; the publishing thread derives what is
/// not on the way to durability; the watching thread sees to it that a disk that hangs is heard of.
final class AuditEngine: Sendable {
    let opening: AuditLog.Opening
    let pseudonymKey: [UInt8]
    private let disk: AuditDisk
    private let clock: AuditClock
    private let options: AuditOptions
    private let queue: Monitor<AuditQueue>
    private let news: Monitor<AuditPublisher.News>
    private let watch: Monitor<Bool>
    private let writing: AuditThread
    private let publishing: AuditThread
    private let watching: AuditThread

    /// How often the watching thread looks at the commit under way, in microseconds.
    private static let watchInterval: UInt64 = 100_000

    /// Opens the log on `disk`, which is let go of if that fails. Tickets go on after `ticket`.
    init(
        on disk: AuditDisk, program: String, clock: AuditClock, options: AuditOptions, ticket: UInt64,
        missing: AuditRecovery.Missing?, notify: @escaping @Sendable (AuditNotice) -> Void
    ) throws(AuditStoreError) {
        let recovery: AuditRecovery.Result
        do throws(AuditStoreError) {
            self.pseudonymKey = try PseudonymKey.load(disk)
            recovery = try AuditRecovery.run(disk, options: options, program: program, clock: clock, missing)
        } catch {
            disk.release()
            throw error
        }
        (self.disk, self.clock, self.options, self.opening) = (disk, clock, options, recovery.opening)
        var first = AuditQueue(options, ticket: ticket)
        _ = first.monotonic(recovery.stamp)
        first.durable = recovery.writer.durable
        let queue = Monitor(first)
        let mono = recovery.stamp.mono
        let news = Monitor(AuditPublisher.News(durable: recovery.writer.durable, since: mono, last: mono))
        let watch = Monitor(false)
        let worker = AuditWorker(
            writer: recovery.writer, queue: queue, news: news, clock: clock, ticket: ticket, notify: notify)
        let publisher = AuditPublisher(
            disk, after: recovery.derived, options: options, clock: clock, news: news, report: notify,
            room: { recordings, sessions in
                queue.withLock { queue, _ in (queue.hasRoomForRecordings, queue.hasRoom) = (recordings, sessions) }
            },
            alive: {
                queue.withLock { queue, wake in
                    let stamp = queue.monotonic(clock.now())
                    _ = queue.append(AuditEntry(.logAlive, by: .relay), at: stamp, wake: &wake)
                }
            })
        (self.queue, self.news, self.watch) = (queue, news, watch)
        self.writing = AuditThread { worker.run() }
        self.publishing = AuditThread { publisher.run() }
        self.watching = AuditThread {
            watch.wait { isOver in
                if isOver { return .done(()) }
                Self.findStall(queue, news, at: clock.now().mono, notify)
                return .wait(Self.watchInterval)
            }
        }
    }

    /// A disk that does not answer in time has failed, whatever it answers later.
    private static func findStall(
        _ queue: Monitor<AuditQueue>, _ news: Monitor<AuditPublisher.News>, at now: UInt64,
        _ notify: @Sendable (AuditNotice) -> Void
    ) {
        let error = AuditStoreError.stalled(file: "wal")
        let isStalled = queue.withLock { queue, _ in
            guard queue.isStalled(at: now) else { return false }
            queue.fail(error)
            return true
        }
        guard isStalled else { return }
        news.withLock { news, wake in (news.isFailed, wake) = (true, true) }
        notify(.failed(error))
    }

    /// True word at the moment of the call.
    var state: AuditState {
        self.queue.withLock { queue, _ in
            queue.state == .writing && !queue.hasRoom ? .low : queue.state
        }
    }

    var hasRoomForRecordings: Bool { self.queue.withLock { queue, _ in queue.hasRoomForRecordings } }

    /// What the records account for that this run wrote, those of its opening aside, and the index after the last of
    /// them.
    var account: (recorded: AuditTally, durable: UInt64) {
        self.queue.withLock { queue, _ in (queue.recorded, queue.durable) }
    }

    /// The last ticket given out.
    var ticket: UInt64 { self.queue.withLock { queue, _ in queue.ticket } }

    func append(_ entry: AuditEntry) -> AppendResult {
        self.queue.withLock { queue, wake in queue.append(entry, at: queue.monotonic(self.clock.now()), wake: &wake) }
    }

    func frameAccepted(session: SessionID, index: UInt64, frame: SharedFrame) -> Bool {
        self.queue.withLock { queue, wake in
            let now = queue.since ?? queue.monotonic(self.clock.now()).mono
            return queue.append(frame: frame, index: index, of: session, at: now, wake: &wake)
        }
    }

    func framesSent(session: SessionID, seat: Int, range: FrameRange) -> Bool {
        self.queue.withLock { queue, wake in
            let now = queue.since ?? queue.monotonic(self.clock.now()).mono
            return queue.append(sent: range, seat: seat, of: session, at: now, wake: &wake)
        }
    }

    /// Writes what is queued and `log.closed`, publishes, ends the threads and lets the directory go. Blocks, but not
    /// for a disk that does not answer: its thread is left behind then, and the directory with it (false).
    func close() -> Bool {
        self.queue.withLock { queue, wake in
            queue.isClosing = true
            wake = true
        }
        let hasWritten = self.writing.join { self.mayAnswer }
        self.watch.withLock { isOver, wake in (isOver, wake) = (true, true) }
        self.watching.join()
        self.news.withLock { news, wake in (news.isClosing, wake) = (true, true) }
        let deadline = self.clock.now().mono + 2 * self.options.stallMax
        let hasPublished = self.publishing.join { self.clock.now().mono < deadline }
        guard hasWritten, hasPublished else { return false }
        self.disk.release()
        return true
    }

    private var mayAnswer: Bool {
        if case .failed(.stalled) = self.state { false } else { true }
    }
}
