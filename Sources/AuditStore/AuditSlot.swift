internal import AuditCore
internal import Synchronization
internal import Wire

/// The place of the engine behind a log: empty while the log goes on unrecorded. Any thread may call it.
final class AuditSlot: Sendable {
    private struct Content {
        var engine: AuditEngine?
        var failure: AuditStoreError?
        var isClosed = false
        /// The engine that failed, and whether it has let go of the directory.
        var broken: AuditEngine?
        var isReleased = false
        /// What was handed over, ever.
        var offered = AuditTally()
        /// As much of it as the log accounts for in records before those of the present engine.
        var accounted = AuditTally()
        /// `offered` when the last opening said what was missing.
        var asked = AuditTally()
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

    /// What came between the opening's word on what is missing and this moment is said at once: it stands nowhere else.
    func put(_ engine: AuditEngine) {
        self.content.withLock { content in
            (content.engine, content.broken, content.isReleased) = (engine, nil, false)
            content.failure = nil
            content.accounted = content.asked
            let late = content.offered - content.asked
            guard !late.isEmpty else { return }
            let event = AuditEvent.auditGap(reason: Self.goingOn, entries: late.entries, frames: late.frames)
            _ = engine.append(AuditEntry(event, by: .relay))
        }
    }

    /// `reason` of what is missing, of a log that goes on and of one that ends.
    private static let goingOn = "continued"
    private static let stopped = "stopped"

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
            guard !content.isClosed else { return .failed }
            content.offered.entries += 1
            let result = content.engine?.append(entry) ?? .failed
            return result == .failed && self.goesOn ? .unrecorded : result
        }
    }

    func frameAccepted(session: SessionID, index: UInt64, frame: SharedFrame) -> Bool {
        self.content.withLock { content in
            guard !content.isClosed else { return false }
            content.offered.frames += 1
            return content.engine?.frameAccepted(session: session, index: index, frame: frame) ?? false
        }
    }

    func framesSent(session: SessionID, seat: Int, range: FrameRange) -> Bool {
        self.content.withLock { $0.engine?.framesSent(session: session, seat: seat, range: range) ?? false }
    }

    /// Nothing is taken any more, and nothing opened anew.
    func close() {
        self.wish.withLock { wish, wake in (wish.isClosed, wake) = (true, true) }
        self.content.withLock { $0.isClosed = true }
    }

    /// After `close`, when nobody reopens any more: ends the engine. One that has failed gives way to another for as
    /// long as it takes to verify the log and to put on record what is missing in it. What could not even be put on
    /// record so is returned.
    func finish(
        _ start: (UInt64, AuditRecovery.Missing?) throws(AuditStoreError) -> AuditEngine
    ) -> AuditTally {
        let (engine, wasReleased) = self.content.withLock { ($0.engine ?? $0.broken, $0.isReleased) }
        guard let engine else { return AuditTally() }
        let isReleased = wasReleased || engine.close()
        guard case .failed = engine.state else { return AuditTally() }
        let missing = self.missing(after: engine, reason: Self.stopped)
        if isReleased, let last = try? start(engine.ticket, missing) {
            _ = last.close()
            return AuditTally()
        }
        return missing.gap(AuditTally())
    }

    private func missing(after broken: AuditEngine, reason: String) -> AuditRecovery.Missing {
        let account = broken.account
        return AuditRecovery.Missing(reason: reason, from: account.durable) { found in
            self.content.withLock { content in
                content.asked = content.offered
                return content.offered - content.accounted - account.recorded - found
            }
        }
    }

    /// The reopening thread: after a failure the broken engine is closed and another started, until that succeeds.
    func reopen(
        every interval: UInt64, _ notify: (AuditNotice) -> Void,
        _ start: (UInt64, AuditRecovery.Missing?) throws(AuditStoreError) -> AuditEngine
    ) {
        while self.waitForFailure() {
            guard let broken = self.content.withLock({ $0.engine }) else { continue }
            self.content.withLock { ($0.engine, $0.broken, $0.isReleased) = (nil, broken, false) }
            self.release(broken)
            while self.sleep(interval) {
                guard self.release(broken) else { continue }
                let missing = self.missing(after: broken, reason: Self.goingOn)
                guard let engine = try? start(broken.ticket, missing) else { continue }
                self.put(engine)
                notify(.reopened)
                break
            }
        }
    }

    /// Whether the engine has let go of the directory, which it does once.
    @discardableResult
    private func release(_ broken: AuditEngine) -> Bool {
        if self.content.withLock({ $0.isReleased }) { return true }
        let isReleased = broken.close()
        self.content.withLock { $0.isReleased = isReleased }
        return isReleased
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
