internal import AuditCore
internal import Synchronization
internal import Wire

/// What the log says of one session, as far as destroying its recording goes.
package struct SessionStanding: Equatable, Sendable {
    /// The site's key.
    package let site: String
    /// When it ended, microseconds since 1970 by the writer's wall clock; nil while it has no end.
    package fileprivate(set) var ended: UInt64?
    /// Whether a recording of it began.
    package fileprivate(set) var isRecorded = false
    /// Whether a hold stands.
    package fileprivate(set) var isHeld = false
    /// Whether its recording was destroyed, on request or by its site's rule.
    package fileprivate(set) var isGone = false

    /// Whether the session has no end yet.
    package var isOpen: Bool { self.ended == nil }

    fileprivate init(site: String) { self.site = site }

    /// Reads one record into the sessions that it speaks of.
    static func read(_ record: AuditRecord, into standings: inout [SessionID: SessionStanding]) {
        let code = record.event.code
        if let session = record.session {
            if code == .sessionOpened { standings[session] = SessionStanding(site: record.site ?? "") }
            if code == .sessionEnded || code == .sessionAbandoned { standings[session]?.ended = record.stamp.wall }
        } else if case .session(let session) = record.event.value("session") {
            if code == .recordingStarted { standings[session]?.isRecorded = true }
            if code == .holdPlaced { standings[session]?.isHeld = true }
            if code == .holdLifted { standings[session]?.isHeld = false }
            if code == .sessionErased || code == .recordingExpired { standings[session]?.isGone = true }
        }
    }
}

/// The standings of the sessions whose recordings exist, read on from where the last look at the log ended: a rule that
/// lets a thousand recordings go reads the log once. Grows with the recordings on the disk. Any thread.
final class StandingBook: Sendable {
    private struct Pages {
        var standings: [SessionID: SessionStanding] = [:]
        var start: LogReader.Start?
    }

    private let pages = Mutex(Pages())

    /// What the log on `disk` says of `session` now; nil if it was never opened.
    func standing(of session: SessionID, on disk: AuditDisk) throws(AuditStoreError) -> SessionStanding? {
        let known: Result<SessionStanding?, AuditStoreError> = self.pages.withLock { pages in
            do throws(AuditStoreError) {
                try Self.readOn(&pages, disk)
                return .success(pages.standings[session])
            } catch {
                pages = Pages()
                return .failure(error)
            }
        }
        if let standing = try known.get() { return standing }
        // It has no recording, or none any more.
        var all: [SessionID: SessionStanding] = [:]
        try Self.read(disk, from: nil) { record in
            if record.session == session || record.event.value("session") == .session(session) {
                SessionStanding.read(record, into: &all)
            }
        }
        return all[session]
    }

    private static func readOn(_ pages: inout Pages, _ disk: AuditDisk) throws(AuditStoreError) {
        var standings = pages.standings
        let end = try Self.read(disk, from: pages.start) { SessionStanding.read($0, into: &standings) }
        pages.standings = standings.filter { $0.value.isOpen || ($0.value.isRecorded && !$0.value.isGone) }
        guard let segment = end.lastSegment else { return }
        pages.start = LogReader.Start(segment: segment, offset: end.offset, next: end.next)
    }

    @discardableResult
    private static func read(
        _ disk: AuditDisk, from start: LogReader.Start?, _ body: (AuditRecord) -> Void
    ) throws(AuditStoreError) -> LogReader.End {
        try LogReader.read(disk, from: start) { (_, line) throws(AuditStoreError) in
            if let record = try? AuditRecord(decoding: Array(line)) { body(record) }
        }
    }
}
