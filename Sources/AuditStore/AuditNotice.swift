/// The place of an entry among those that were queued; later entries have greater tickets.
package struct AuditTicket: Comparable, Hashable, Sendable {
    /// Counts from 1 in each run.
    package let number: UInt64

    init(_ number: UInt64) {
        self.number = number
    }

    /// Whether `left` was queued before `right`.
    package static func < (left: AuditTicket, right: AuditTicket) -> Bool { left.number < right.number }
}

/// What became of an entry that was handed to the log.
package enum AppendResult: Equatable, Sendable {
    /// It waits for the disk; `.durable(upTo:)` with this ticket or a later one says that it is safe.
    case queued(AuditTicket)
    /// The queue is at its bound. The entry is lost, `audit.gap` will say so; its effect must not happen.
    case full
    /// The log has failed or is closed. Nothing is written any more.
    case failed
}

/// What the log tells its owner, on the audit thread.
package enum AuditNotice: Equatable, Sendable {
    /// Every entry up to this ticket is on disk.
    case durable(upTo: AuditTicket)
    /// The log has failed for good, and said so on disk if the disk was merely full.
    case failed(AuditStoreError)
}

/// Whether new sessions may begin.
package enum AuditState: Equatable, Sendable {
    /// All is well.
    case writing
    /// The disk has not answered for two seconds. It may yet.
    case stalled
    /// Nothing is written any more; the daemon should stop and verify.
    case failed(AuditStoreError)
    /// `close` was called.
    case closed

    /// Whether a session may begin or a right be granted (policy `deny-new`).
    package var allowsNewSessions: Bool { self == .writing }
}
