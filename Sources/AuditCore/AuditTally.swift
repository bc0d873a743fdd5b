/// How much of what was handed to a log stands in its records, or is said there to be missing. Pure.
package struct AuditTally: Equatable, Sendable {
    /// Entries.
    package var entries = 0
    /// Accepted frames.
    package var frames = 0

    /// Nothing.
    package init(entries: Int = 0, frames: Int = 0) {
        self.entries = entries
        self.frames = frames
    }

    /// Reads one record. Those that the log writes of itself count nothing: not what a recovery finds, not sums of what
    /// seats were sent, and not `frames.lost` and `audit.blocked`, whose frames and entries an `audit.gap` counts.
    package mutating func count(_ record: AuditRecord) {
        let event = record.event
        let own: [AuditCode] = [
            .logOpened, .logRecovered, .logClosed, .auditBlocked, .logAlive, .sessionAbandoned, .seatSent, .framesLost,
        ]
        if event.code == .auditGap {
            // Reports are no entries: nobody handed over a record of them.
            guard event.value("reason") != .text(Self.reportsReason) else { return }
            self.entries += Int(clamping: event.count(1))
            self.frames += Int(clamping: event.count(2))
        } else if event.code == .framesHashed {
            self.frames += Int(clamping: event.count(1) - event.count(0) + 1)
        } else if !own.contains(event.code) {
            self.entries += 1
        }
    }

    /// `reason` of the `audit.gap` that counts reports of what seats were sent.
    package static let reportsReason = "sent-reports"

    /// Both sums.
    package static func + (left: AuditTally, right: AuditTally) -> AuditTally {
        AuditTally(entries: left.entries + right.entries, frames: left.frames + right.frames)
    }

    /// Both differences, which are not negative where `right` is a part of `left`.
    package static func - (left: AuditTally, right: AuditTally) -> AuditTally {
        AuditTally(entries: left.entries - right.entries, frames: left.frames - right.frames)
    }

    /// Whether nothing is missing.
    package var isEmpty: Bool { self.entries <= 0 && self.frames <= 0 }
}
