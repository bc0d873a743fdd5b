internal import Age
internal import AuditCore
internal import Wire

/// The recorder thread's work: frames in, chunks on the disk and their records out.
// Sendable by hand: made by the opener and given to the recorder's thread, which alone touches it afterwards.
final class RecordingWorker: @unchecked Sendable {
    /// A recording that runs. It holds the public half of the session's key only: what is on disk, this process cannot
    /// read any more.
    private struct Running {
        let recipient: AgeRecipient
        var chunks: UInt64 = 0
        var bytes: [UInt8] = []
        var frames: FrameRange?
        var since: UInt64 = 0
    }

    private let files: RecordingFiles
    private let recipients: [AgeRecipient]
    private let queue: Monitor<RecordingQueue>
    private let clock: AuditClock
    private let log: AuditSlot
    private var running: [SessionID: Running] = [:]

    init(
        files: RecordingFiles, recipients: [AgeRecipient], queue: Monitor<RecordingQueue>, clock: AuditClock,
        log: AuditSlot
    ) {
        self.files = files
        self.recipients = recipients
        self.queue = queue
        self.clock = clock
        self.log = log
    }

    /// Runs until the recorder is closed.
    func run() {
        while true {
            let deadline = self.running.values.filter { $0.frames != nil }
                .map { $0.since + RecordingLimits.chunkDurationMax }.min()
            let (items, isClosing) = self.queue.wait { queue in
                switch queue.take(at: self.clock.now().mono, chunkDeadline: deadline) {
                case .done(let items): .done((items, queue.isClosing))
                case .wait(let microseconds): .wait(microseconds)
                }
            }
            for item in items { self.perform(item) }
            self.closeDueChunks()
            if isClosing { return }
        }
    }

    private func perform(_ item: RecordingQueue.Item) {
        switch item {
        case .begin(let session): self.begin(session)
        case .frame(let session, let index, let arrival, let frame):
            guard var state = self.running.removeValue(forKey: session) else { return }
            if state.frames == nil {
                state.bytes = RecordingChunk.magic
                state.since = self.clock.now().mono
            }
            state.frames = FrameRange(state.frames?.first ?? index, index)
            RecordingChunk.append(frame, index: index, arrival: arrival, to: &state.bytes)
            let isFull = state.bytes.count >= RecordingLimits.chunkBytesMax
            self.running[session] = state
            if isFull { self.closeChunk(session) }
        case .end(let session, let why): self.stop(session, why: why)
        }
    }

    /// Makes the session's key and keeps its secret half nowhere but in `keys/`, wrapped for the auditors.
    private func begin(_ session: SessionID) {
        let identity = AgeIdentity.generate(AuditDisk.randomBytes)
        let digests = self.recipients.map { Digest32.sha256(of: Array($0.text.utf8)) }
        self.record(.recordingStarted(session, recipients: digests))
        let text = "# alongside session \(session.text)\n\(identity.text ?? "")\n"
        guard self.log.hasRoomForRecordings else {
            return self.giveUp(session, chunks: 0, why: "no-space")
        }
        do {
            let key = try AgeFile.encrypt(Array(text.utf8), to: self.recipients, AuditDisk.randomBytes)
            try self.files.prepare(session)
            try RecordingRecovery.Mark.recording.set(session, in: self.files.directory)
            try self.files.write(key, to: self.files.keyPath(session), in: self.files.directory + "/keys")
            self.running[session] = Running(recipient: identity.recipient)
        } catch {
            self.giveUp(session, chunks: 0, why: Self.word(error))
        }
    }

    private func closeDueChunks() {
        let now = self.clock.now().mono
        for (session, state) in self.running
        where state.frames != nil && state.since + RecordingLimits.chunkDurationMax <= now {
            self.closeChunk(session)
        }
    }

    /// Encrypts what has gathered, makes it durable, then commits to it in the log.
    private func closeChunk(_ session: SessionID) {
        guard var state = self.running[session], let frames = state.frames else { return }
        do {
            let file = try AgeFile.encrypt(state.bytes, to: [state.recipient], AuditDisk.randomBytes)
            let number = state.chunks + 1
            try self.files.write(
                file, to: self.files.chunkPath(session, number), in: self.files.folder(session))
            (state.chunks, state.bytes, state.frames) = (number, [], nil)
            self.running[session] = state
            let isOnRecord = self.record(
                .recordingChunk(
                    session, chunk: number, frames: frames, bytes: file.count, hash: Digest32.sha256(of: file)))
            guard !isOnRecord else { return }
            // A chunk that no record names is no proof of anything, and nothing could follow it.
            self.running[session] = nil
            try self.files.remove(session, number)
            self.giveUp(session, chunks: number - 1, why: "unrecorded")
        } catch {
            self.running[session] = nil
            self.record(.recordingGap(session, frames: frames, reason: Self.word(error)))
            self.giveUp(session, chunks: state.chunks, why: Self.word(error))
        }
    }

    private func stop(_ session: SessionID, why: String) {
        self.closeChunk(session)
        guard let state = self.running.removeValue(forKey: session) else { return }
        self.finish(session, why: why, chunks: state.chunks)
    }

    /// The world's fault: the session goes on unrecorded, and the log says so.
    private func giveUp(_ session: SessionID, chunks: UInt64, why: String) {
        self.queue.withLock { queue, _ in queue.forget(session) }
        self.finish(session, why: why, chunks: chunks)
    }

    private func finish(_ session: SessionID, why: String, chunks: UInt64) {
        self.record(.recordingStopped(session, why: why, chunks: chunks))
        RecordingRecovery.Mark.recording.clear(session, in: self.files.directory)
    }

    /// False if the log takes nothing now.
    @discardableResult
    private func record(_ event: AuditEvent) -> Bool {
        if case .queued = self.log.append(AuditEntry(event, by: .relay)) { true } else { false }
    }

    private static func word(_ error: any Error) -> String {
        (error as? AuditStoreError)?.word ?? "encryption"
    }
}
