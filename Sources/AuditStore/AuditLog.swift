package import AuditCore
internal import Synchronization
package import Wire

/// The audit log open for writing.
///
/// Any thread may call it; no call waits for the disk, and none allocates beyond the queue's own storage. Threads of
/// its own write, derive and watch, and give the notices. It lives until `close`.
package final class AuditLog: Sendable {
    /// How the log was found when it was opened.
    package struct Opening: Equatable, Sendable {
        /// Entries that were there.
        package let entries: UInt64
        /// A tail that was cut off.
        package let torn: LogReader.TornTail?
        /// Sessions that had no end and are abandoned now.
        package let abandoned: [SessionID]
        /// Whether only what came after `state` was read.
        package let wasQuick: Bool
    }

    /// How the log was found when it was opened.
    package let opening: Opening
    /// Whether checkpoints are signed, and sessions that end get a receipt.
    package let givesReceipts: Bool
    private let pseudonymKey: [UInt8]
    private let slot: AuditSlot
    private let reopening: AuditThread?
    private let durable: DurableWatch
    /// Records what sites and shoppers agreed to have recorded; nil where nothing is.
    private let recorder: Recorder?
    /// Where other programs give orders; nil before it is open, and where it cannot be.
    private let door = Mutex<LogDoor?>(nil)

    private let start: @Sendable (UInt64, AuditRecovery.Missing?) throws(AuditStoreError) -> AuditEngine
    private let isOver = Mutex(false)

    private init(
        _ engine: AuditEngine, _ slot: AuditSlot, reopening: AuditThread?, durable: DurableWatch, recorder: Recorder?,
        givesReceipts: Bool,
        start: @escaping @Sendable (UInt64, AuditRecovery.Missing?) throws(AuditStoreError) -> AuditEngine
    ) {
        self.givesReceipts = givesReceipts
        self.start = start
        self.opening = engine.opening
        self.pseudonymKey = engine.pseudonymKey
        self.slot = slot
        self.reopening = reopening
        self.durable = durable
        self.recorder = recorder
    }

    /// Opens the log in `directory`, which is made if it is missing: takes the lock, reads what came after `state`, or
    /// everything, cuts a torn tail, writes `log.opened`, `log.recovered` and `session.abandoned` and makes them
    /// durable, then starts the threads. `program` is the name and version of the writer. Blocks; call it before the
    /// service loops run. `notify` runs on the log's threads: it hands over and returns, and never calls `close`.
    package static func open(
        directory: String, program: String, clock: AuditClock = .system(), options: AuditOptions = AuditOptions(),
        notify: @escaping @Sendable (AuditNotice) -> Void
    ) throws(AuditStoreError) -> AuditLog {
        let log = try Self.open(
            on: { () throws(AuditStoreError) in try AuditDisk.system(directory: directory, forWriting: true) },
            program: program, clock: clock, options: options, recordingIn: directory, notify: notify)
        RecordingRecovery.run(log, directory: directory)
        log.door.withLock { door in
            let clerk = ErasureClerk(log: log, directory: directory)
            door = LogDoor(directory: directory) { order, actor in clerk.perform(order, by: actor) }
        }
        return log
    }

    static func open(
        on disk: @escaping @Sendable () throws(AuditStoreError) -> AuditDisk, program: String, clock: AuditClock,
        options: AuditOptions, recordingIn directory: String? = nil,
        notify: @escaping @Sendable (AuditNotice) -> Void
    ) throws(AuditStoreError) -> AuditLog {
        let durable = DurableWatch()
        let slot = AuditSlot(goesOn: options.onFailure == .continue)
        let start: @Sendable (UInt64, AuditRecovery.Missing?) throws(AuditStoreError) -> AuditEngine = {
            (ticket, missing) throws(AuditStoreError) in
            try AuditEngine(
                on: try disk(), program: program, clock: clock, options: options, ticket: ticket, missing: missing
            ) { notice in
                durable.note(notice)
                notify(notice)
                if case .failed(let error) = notice { slot.failed(error) }
            }
        }
        let engine = try start(0, nil)
        slot.put(engine)
        let recorder = directory.flatMap { directory in
            options.recording.map { Recorder($0, directory: directory, clock: clock, log: slot) }
        }
        guard options.onFailure == .continue else {
            return AuditLog(
                engine, slot, reopening: nil, durable: durable, recorder: recorder,
                givesReceipts: options.signer != nil, start: start)
        }
        let reopening = AuditThread { slot.reopen(every: options.reopenInterval, notify, start) }
        return AuditLog(
            engine, slot, reopening: reopening, durable: durable, recorder: recorder,
            givesReceipts: options.signer != nil, start: start)
    }

    /// Whether new sessions may begin. Cheap; true word at the moment of the call.
    package var state: AuditState { self.slot.state }

    /// Whether there is room to record frames beside the log.
    package var hasRoomForRecordings: Bool { self.slot.hasRoomForRecordings }

    /// Queues `entry`, stamped now. The class of its code decides how soon it is durable.
    package func append(_ entry: AuditEntry) -> AppendResult {
        let result = self.slot.append(entry)
        self.recorder?.noticed(entry)
        return result
    }

    /// Queues `entry` and waits for the disk. False if it did not become durable. Blocks; one thread at a time.
    func appendAndWait(_ entry: AuditEntry) -> Bool {
        guard case .queued(let ticket) = self.append(entry) else { return false }
        return self.durable.wait(for: ticket)
    }

    /// Waits until everything that was queued before is on disk. False if the log fails first. Blocks; one thread at a
    /// time.
    func settle() -> Bool { self.durable.wait(for: self.slot.lastTicket) }

    /// Whether frames of the session are being recorded.
    package func isRecording(_ session: SessionID) -> Bool { self.recorder?.isRecording(session) ?? false }

    /// The relay accepted `frame` as number `index` of `session` (from 1, without holes). A reference is kept until it
    /// is hashed. False if the queue is full or the log has failed: the frame will be on record as lost.
    package func frameAccepted(session: SessionID, index: UInt64, frame: SharedFrame) -> Bool {
        let isTaken = self.slot.frameAccepted(session: session, index: index, frame: frame)
        // What is not hashed is not recorded either: nothing could prove it.
        if isTaken { self.recorder?.frameAccepted(session: session, index: index, frame: frame) }
        return isTaken
    }

    /// `seat` (from 1) of `session` was sent the frames of `range`; report each once, at the end of a loop's turn.
    /// False if the queue is full or the log has failed.
    package func framesSent(session: SessionID, seat: Int, range: FrameRange) -> Bool {
        self.slot.framesSent(session: session, seat: seat, range: range)
    }

    /// The pseudonym under this installation's key.
    package func pseudonym(_ kind: Pseudonym.Kind, of id: [UInt8]) -> String {
        Pseudonym.make(kind, of: id, key: self.pseudonymKey)
    }

    /// Writes what is queued and `log.closed`, publishes, ends the threads and lets the directory go. Blocks, but not
    /// for a disk that does not answer; later calls do nothing. A log that has failed is opened once more, verified,
    /// and says what is missing in it; what could not be said is returned.
    @discardableResult
    package func close() -> AuditTally {
        let wasOver = self.isOver.withLock { isOver in
            defer { isOver = true }
            return isOver
        }
        guard !wasOver else { return AuditTally() }
        let door = self.door.withLock { door in
            defer { door = nil }
            return door
        }
        door?.close()
        self.recorder?.close()
        self.slot.close()
        self.reopening?.join()
        return self.slot.finish(self.start)
    }
}
