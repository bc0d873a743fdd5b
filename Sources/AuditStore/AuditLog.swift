package import AuditCore
internal import Glibc
package import Wire

/// The audit log open for writing.
///
/// Any thread may call it; no call waits for the disk, and none allocates beyond the queue's own storage. One thread of
/// its own encodes, hashes, writes and syncs, and gives the notices. It lives until `close`.
package final class AuditLog: Sendable {
    /// How the log was found when it was opened.
    package struct Opening: Equatable, Sendable {
        /// Entries that were there.
        package let entries: UInt64
        /// A tail that was cut off.
        package let torn: LogReader.TornTail?
        /// Sessions that had no end and are abandoned now.
        package let abandoned: [SessionID]
    }

    /// How the log was found when it was opened.
    package let opening: Opening
    private let clock: AuditClock
    private let pseudonymKey: [UInt8]
    private let queue: Monitor<AuditQueue>
    private let thread: AuditThread

    private init(
        opening: Opening, clock: AuditClock, pseudonymKey: [UInt8], queue: Monitor<AuditQueue>, thread: AuditThread
    ) {
        self.opening = opening
        self.clock = clock
        self.pseudonymKey = pseudonymKey
        self.queue = queue
        self.thread = thread
    }

    /// Opens the log in `directory`, which is made if it is missing: takes the lock, verifies everything, cuts a torn
    /// tail, writes `log.opened`, `log.recovered` and `session.abandoned` and makes them durable, then starts the
    /// thread. `program` is the name and version of the writer. Blocks; call it before the service loops run.
    /// `notify` runs on the audit thread: it hands over and returns, and never calls `close`.
    package static func open(
        directory: String, program: String, clock: AuditClock = .system(), options: AuditOptions = AuditOptions(),
        notify: @escaping @Sendable (AuditNotice) -> Void
    ) throws(AuditStoreError) -> AuditLog {
        try Self.open(
            on: try AuditDisk.system(directory: directory, forWriting: true), program: program, clock: clock,
            options: options, notify: notify)
    }

    static func open(
        on disk: AuditDisk, program: String, clock: AuditClock, options: AuditOptions,
        notify: @escaping @Sendable (AuditNotice) -> Void
    ) throws(AuditStoreError) -> AuditLog {
        do {
            let key = try PseudonymKey.load(disk)
            let recovery = try AuditRecovery.run(disk, options: options, program: program, clock: clock)
            var first = AuditQueue(options)
            _ = first.monotonic(recovery.stamp)
            let queue = Monitor(first)
            let worker = AuditWorker(
                disk: disk, writer: recovery.writer, queue: queue, clock: clock, notify: notify)
            return AuditLog(
                opening: recovery.opening, clock: clock, pseudonymKey: key, queue: queue,
                thread: AuditThread { worker.run() })
        } catch {
            disk.release()
            throw error
        }
    }

    /// Whether new sessions may begin. Cheap; true word at the moment of the call.
    package var state: AuditState {
        self.queue.withLock { queue, _ in
            guard queue.state == .writing, let since = queue.commitSince else { return queue.state }
            return self.clock.now().mono >= since + queue.options.stallMax ? .stalled : .writing
        }
    }

    /// Queues `entry`, stamped now. The class of its code decides how soon it is durable.
    package func append(_ entry: AuditEntry) -> AppendResult {
        self.queue.withLock { queue, wake in queue.append(entry, at: queue.monotonic(self.clock.now()), wake: &wake) }
    }

    /// The relay accepted `frame` as number `index` of `session` (from 1, without holes). A reference is kept until it
    /// is hashed. False if the queue is full or the log has failed: the frame will be on record as lost.
    package func frameAccepted(session: SessionID, index: UInt64, frame: SharedFrame) -> Bool {
        self.queue.withLock { queue, wake in
            let now = queue.since ?? queue.monotonic(self.clock.now()).mono
            return queue.append(frame: frame, index: index, of: session, at: now, wake: &wake)
        }
    }

    /// `seat` (from 1) of `session` was sent the frames of `range`; report each once, at the end of a loop's turn.
    /// False if the queue is full or the log has failed.
    package func framesSent(session: SessionID, seat: Int, range: FrameRange) -> Bool {
        self.queue.withLock { queue, wake in
            let now = queue.since ?? queue.monotonic(self.clock.now()).mono
            return queue.append(sent: range, seat: seat, of: session, at: now, wake: &wake)
        }
    }

    /// The pseudonym under this installation's key.
    package func pseudonym(_ kind: Pseudonym.Kind, of id: [UInt8]) -> String {
        Pseudonym.make(kind, of: id, key: self.pseudonymKey)
    }

    /// Writes what is queued and `log.closed`, ends the thread and lets the directory go. Blocks; later calls do
    /// nothing.
    package func close() {
        self.queue.withLock { queue, wake in
            queue.isClosing = true
            wake = true
        }
        self.thread.join()
    }
}
