internal import AuditCore
internal import Wire

/// Carries orders out on a log that is open for writing: the record first, and what it says when it is durable.
///
/// Blocks; one thread at a time.
struct ErasureClerk: Sendable {
    let log: AuditLog
    let directory: String
    private let book = StandingBook()

    init(log: AuditLog, directory: String) {
        self.log = log
        self.directory = directory
    }

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
        case .expire(let session, let why): self.expire(session, why: why, actor)
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

    /// As `destroy`; but of a recording that is gone already what was left of it goes without a second record.
    private func expire(_ session: SessionID, why: String, _ actor: AuditActor) -> LogAnswer {
        self.checked(session) { standing in
            guard standing.isGone else {
                return self.destroy(session, standing, actor) {
                    .recordingExpired(session, why: why, files: $0, bytes: $1)
                }
            }
            let files = RecordingFiles(directory: self.directory)
            do throws(AuditStoreError) {
                let extent = try files.extent(session)
                try files.destroy(session)
                return LogAnswer(extent.files, extent.bytes)
            } catch {
                return .refused("\(error)")
            }
        }
    }

    private func destroy(
        _ session: SessionID, _ actor: AuditActor, _ event: (Int, Int) -> AuditEvent
    ) -> LogAnswer {
        self.checked(session) { self.destroy(session, $0, actor, event) }
    }

    /// The record is durable before the first file goes: a crash between leaves an erasure that the next start of the
    /// log finishes, never a loss that nobody can explain.
    private func destroy(
        _ session: SessionID, _ standing: SessionStanding, _ actor: AuditActor, _ event: (Int, Int) -> AuditEvent
    ) -> LogAnswer {
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

    private func checked(_ session: SessionID, _ act: (SessionStanding) -> LogAnswer) -> LogAnswer {
        guard self.log.settle() else { return .refused("The log cannot be written.") }
        do throws(AuditStoreError) {
            let disk = try AuditDisk.system(directory: self.directory, forWriting: false)
            defer { disk.release() }
            guard let standing = try self.book.standing(of: session, on: disk) else {
                return .refused("The log knows no such session.")
            }
            return act(standing)
        } catch {
            return .refused("\(error)")
        }
    }
}
