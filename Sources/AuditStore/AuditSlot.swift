internal import AuditCore
internal import Synchronization

/// The place of the engine behind a log: empty while the log goes on unrecorded. Any thread may call it.
final class AuditSlot: Sendable {
    private struct Content {
        var engine: AuditEngine?
        var failure: AuditStoreError?
        var lostEntries = 0
        var lostFrames = 0
        var isClosed = false
    }

    /// What the reopening thread waits for.
    private struct Wish {
        var hasFailed = false
        var isClosed = false
    }

    private let goesOn: Bool
    private let content = Mutex(Content())
    private let wish = Monitor(Wish())

    /// With `goesOn` a failure is not the end (policy `continue`).
    init(goesOn: Bool) {
        self.goesOn = goesOn
    }

    func put(_ engine: AuditEngine) {
        self.content.withLock { content in
            content.engine = engine
            content.failure = nil
            (content.lostEntries, content.lostFrames) = (0, 0)
        }
    }

    /// The engine failed; called by its threads.
    func failed(_ error: AuditStoreError) {
        self.content.withLock { $0.failure = error }
        self.wish.withLock { wish, wake in (wish.hasFailed, wake) = (true, true) }
    }

    var state: AuditState {
        self.content.withLock { content in
            let state = content.engine?.state
            guard self.goesOn, !content.isClosed else { return state ?? .closed }
            if case .failed(let error) = state { return .continuing(error) }
            return state ?? content.failure.map { .continuing($0) } ?? .closed
        }
    }

    var hasRoomForRecordings: Bool {
        self.content.withLock { $0.engine?.hasRoomForRecordings ?? false }
    }

    /// The ticket of the last entry that was queued.
    var lastTicket: AuditTicket { self.content.withLock { AuditTicket($0.engine?.ticket ?? 0) } }

    func append(_ entry: AuditEntry) -> AppendResult {
        self.content.withLock { content in
            let result = content.engine?.append(entry) ?? .failed
            guard result == .failed, self.goesOn, !content.isClosed else { return result }
            content.lostEntries += 1
            return .unrecorded
        }
    }

    func forFrame(_ body: (AuditEngine) -> Bool) -> Bool {
        self.content.withLock { content in
            if let engine = content.engine, body(engine) { return true }
            content.lostFrames += 1
            return false
        }
    }

    /// Nothing is taken any more. The engine, which is the caller's to close.
    func close() -> AuditEngine? {
        self.wish.withLock { wish, wake in (wish.isClosed, wake) = (true, true) }
        return self.content.withLock { content in
            content.isClosed = true
            return content.engine
        }
    }

    /// The reopening thread: after a failure the broken engine is closed and another started, until that succeeds.
    func reopen(
        every interval: UInt64, _ notify: (AuditNotice) -> Void,
        _ start: (UInt64, AuditRecovery.Gap?) throws(AuditStoreError) -> AuditEngine
    ) {
        while self.waitForFailure() {
            guard let broken = self.content.withLock({ $0.engine }) else { continue }
            let ticket = broken.ticket
            self.content.withLock { content in
                content.engine = nil
                content.lostEntries += broken.unreported
            }
            var isReleased = broken.close()
            while self.sleep(interval) {
                isReleased = isReleased || broken.close()
                guard isReleased else { continue }
                let gap = self.content.withLock { AuditRecovery.Gap(entries: $0.lostEntries, frames: $0.lostFrames) }
                guard let engine = try? start(ticket, gap) else { continue }
                self.put(engine)
                notify(.reopened)
                break
            }
        }
    }

    /// False when the log is closed.
    private func waitForFailure() -> Bool {
        self.wish.wait { wish in
            if wish.isClosed { return .done(false) }
            guard wish.hasFailed else { return .wait(nil) }
            wish.hasFailed = false
            return .done(true)
        }
    }

    /// False when the log is closed.
    private func sleep(_ microseconds: UInt64) -> Bool {
        var hasSlept = false
        return self.wish.wait { wish in
            if wish.isClosed { return .done(false) }
            if hasSlept { return .done(true) }
            hasSlept = true
            return .wait(microseconds)
        }
    }
}
