package import AuditCore
package import Wire

/// The place of an entry among those that were queued; later entries have greater tickets.
package struct AuditTicket: Comparable, Hashable, Sendable {
    /// Counts from 1 in each run.
    package let number: UInt64

    init(_ number: UInt64) {
        self.number = number
    }

    /// Before every other: the ticket of what is not recorded.
    package static let none = AuditTicket(0)
    /// After every other.
    package static let all = AuditTicket(.max)

    /// Whether `left` was queued before `right`.
    package static func < (left: AuditTicket, right: AuditTicket) -> Bool { left.number < right.number }
}

/// What became of an entry that was handed to the log.
package enum AppendResult: Equatable, Sendable {
    /// It waits for the disk; `.durable(upTo:)` with this ticket or a later one says that it is safe.
    case queued(AuditTicket)
    /// The queue is at its bound. The entry is lost, `audit.gap` will say so; its effect must not happen.
    case full
    /// The log has failed or is closed. Nothing is written any more; the entry's effect must not happen.
    case failed
    /// The log has failed and the policy is `continue`: the entry is counted as missing, its effect may happen.
    case unrecorded
}

/// What the log tells its owner, on a thread of its own.
package enum AuditNotice: Equatable, Sendable {
    /// Every entry up to this ticket is on disk.
    case durable(upTo: AuditTicket)
    /// The log has failed, and said so on disk if the disk was merely full. Under `continue` the effects of what waits
    /// may happen; otherwise they must not.
    case failed(AuditStoreError)
    /// Under `continue`: the log is open again.
    case reopened
    /// A checkpoint was signed and lies on the disk.
    case checkpoint(Checkpoint)
    /// The receipt of a session that ended lies on the disk; `text` is the file's.
    case receipt(SessionID, text: String)
    /// Tiles, checkpoint or receipts could not be written; it is tried again. Said once until it succeeds.
    case unpublished(AuditStoreError)
}

/// Whether new sessions may begin.
package enum AuditState: Equatable, Sendable {
    /// All is well.
    case writing
    /// The disk is nearly full: there is room to end what runs, and not to begin anything.
    case low
    /// Nothing is written any more; the daemon should stop and verify.
    case failed(AuditStoreError)
    /// Nothing is written for now, and everything goes on (policy `continue`).
    case continuing(AuditStoreError)
    /// `close` was called.
    case closed

    /// Whether a session may begin or a right be granted.
    package var allowsNewSessions: Bool {
        switch self {
        case .writing, .continuing: true
        case .low, .failed, .closed: false
        }
    }
}
