internal import AuditCore
internal import Wire

/// Records the frames of consenting sessions for the auditors, beside the log and never in its way.
///
/// Any thread may call it; no call waits for the disk. A thread of its own encrypts and writes. What it cannot keep up
/// with is not recorded, and the log says so. Lives as long as the log that owns it.
final class Recorder: Sendable {
    private let policy: RecordingPolicy
    private let clock: AuditClock
    private let queue: Monitor<RecordingQueue>
    private let thread: AuditThread

    /// Starts the thread. Its records go to `log`.
    init(_ policy: RecordingPolicy, directory: String, clock: AuditClock, log: AuditSlot) {
        self.policy = policy
        self.clock = clock
        let queue = Monitor(RecordingQueue())
        self.queue = queue
        let worker = RecordingWorker(
            files: RecordingFiles(directory: directory), recipients: policy.recipients, queue: queue, clock: clock,
            log: log)
        self.thread = AuditThread { worker.run() }
    }

    /// An entry went into the log: a consent that covers recording begins one, the session's end ends it.
    func noticed(_ entry: AuditEntry) {
        guard let session = entry.session else { return }
        if entry.event.code == .consentGiven {
            guard case .words(let scope) = entry.event.value("scope"),
                self.policy.records(site: entry.site, scope: scope)
            else { return }
            self.queue.withLock { queue, wake in queue.begin(session, at: self.clock.now().mono, wake: &wake) }
        } else if entry.event.code == .sessionEnded {
            self.stop(session, why: "ended")
        }
    }

    /// The relay accepted a frame; a reference is kept until it is written.
    func frameAccepted(session: SessionID, index: UInt64, frame: SharedFrame) {
        self.queue.withLock { queue, wake in
            guard queue.active.contains(session) else { return }
            let now = self.clock.now()
            queue.append(frame, index: index, of: session, arrival: now.wall, at: now.mono, wake: &wake)
        }
    }

    /// Whether frames of the session may still come.
    func isRecording(_ session: SessionID) -> Bool {
        self.queue.withLock { queue, _ in queue.active.contains(session) }
    }

    /// Ends a recording.
    func stop(_ session: SessionID, why: String) {
        self.queue.withLock { queue, wake in queue.end(session, why: why, at: self.clock.now().mono, wake: &wake) }
    }

    /// Ends all recordings, writes what has gathered and ends the thread. Blocks.
    func close() {
        self.queue.withLock { queue, wake in queue.close(at: self.clock.now().mono, wake: &wake) }
        self.thread.join()
    }
}
