internal import AuditCore
internal import Wire

/// Carries orders out on a log that is open for writing: the record first, and what it says when it is durable.
///
/// Blocks; one thread at a time.
struct ErasureClerk: Sendable {
    let log: AuditLog
    let directory: String

    /// Carries `order` out for `actor`.
    func perform(_ order: LogOrder, by actor: AuditActor) -> LogAnswer {
        switch order {
        case .read(let what, let session): self.note(.logRead(what: what, session: session), actor)
        case .replayed(let session, let seat): self.note(.sessionReplayed(session, seat: seat), actor)
        case .exported(let format, let session): self.note(.logExported(format: format, session: session), actor)
        case .hold(let session, let reason):
            self.hold(session, isHeld: true, .holdPlaced(session, reason: reason), actor)
        case .lift(let session, let reason):
            self.hold(session, isHeld: false, .holdLifted(session, reason: reason), actor)
        case .erase(let session, let reason):
            self.destroy(session, actor) { .sessionErased(session, reason: reason, files: $0, bytes: $1) }
        case .expire(let session, let why):
            self.destroy(session, actor) { .recordingExpired(session, why: why, files: $0, bytes: $1) }
        }
    }

    private func note(_ event: AuditEvent, _ actor: AuditActor) -> LogAnswer {
        self.log.appendAndWait(AuditEntry(event, by: actor))
            ? LogAnswer(0, 0) : .refused("The log cannot be written, so nothing was put on record.")
    }

    private func hold(_ session: SessionID, isHeld: Bool, _ event: AuditEvent, _ actor: AuditActor) -> LogAnswer {
        self.checked(session) { standing in
            guard standing.isHeld != isHeld else {
                return .refused(isHeld ? "The session is held already." : "The session is not held.")
            }
            return self.note(event, actor)
        }
    }

    /// The record is durable before the first file goes: a crash between leaves an erasure that the next start of the
    /// log finishes, never a loss that nobody can explain.
    private func destroy(
        _ session: SessionID, _ actor: AuditActor, _ event: (Int, Int) -> AuditEvent
    ) -> LogAnswer {
        self.checked(session) { standing in
            guard !standing.isHeld else {
                return .refused("The session is held: lift the hold first, with its reason on record.")
            }
            guard !standing.isOpen, !self.log.isRecording(session) else {
                return .refused("The session still runs; end it first.")
            }
            let files = RecordingFiles(directory: self.directory)
            do throws(AuditStoreError) {
                let extent = try files.extent(session)
                try RecordingRecovery.Mark.erasing.set(session, in: self.directory)
                let answer = self.note(event(extent.files, extent.bytes), actor)
                guard case .done = answer else { return answer }
                try files.destroy(session)
                RecordingRecovery.Mark.erasing.clear(session, in: self.directory)
                return LogAnswer(extent.files, extent.bytes)
            } catch {
                return .refused("\(error)")
            }
        }
    }

    private func checked(_ session: SessionID, _ act: (SessionStanding) -> LogAnswer) -> LogAnswer {
        guard self.log.settle() else { return .refused("The log cannot be written.") }
        do throws(AuditStoreError) {
            let disk = try AuditDisk.system(directory: self.directory, forWriting: false)
            defer { disk.release() }
            guard let standing = try SessionStanding(of: session, on: disk) else {
                return .refused("The log knows no such session.")
            }
            return act(standing)
        } catch {
            return .refused("\(error)")
        }
    }
}

/// What the log says of one session, as far as destroying its recording goes.
struct SessionStanding {
    /// Whether a hold stands.
    var isHeld = false
    /// Whether the session has no end yet.
    var isOpen = true

    /// Reads the log on `disk`; nil if the session was never opened.
    init?(of session: SessionID, on disk: AuditDisk) throws(AuditStoreError) {
        var standing: SessionStanding?
        _ = try LogReader.read(disk) { (_, line) throws(AuditStoreError) in
            guard let record = try? AuditRecord(decoding: Array(line)) else { return }
            let code = record.event.code
            if record.session == session {
                if code == .sessionOpened { standing = SessionStanding() }
                if code == .sessionEnded || code == .sessionAbandoned { standing?.isOpen = false }
            } else if record.event.value("session") == .session(session) {
                if code == .holdPlaced { standing?.isHeld = true }
                if code == .holdLifted { standing?.isHeld = false }
            }
        }
        guard let standing else { return nil }
        self = standing
    }

    private init() {}
}
