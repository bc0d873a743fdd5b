package import AuditCore

/// What happens to the relay when the log can no longer be written.
package enum AuditFailurePolicy: String, CaseIterable, Sendable {
    /// Nothing new begins and no right is granted; running sessions go on for looking only, and all in them are told.
    case denyNew = "deny-new"
    /// As `denyNew`, and running sessions end with words.
    case endSessions = "end-sessions"
    /// Everything goes on unrecorded; the log is opened anew as soon as it can be, and says what it missed.
    case `continue`
}

/// The sizes and bounds of an open log. The defaults serve; tests and small disks choose smaller ones.
package struct AuditOptions: Sendable {
    /// What happens when the log can no longer be written.
    package var onFailure = AuditFailurePolicy.denyNew
    /// What signs checkpoints; without it there are none.
    package var signer: NoteSigner?
    /// Bytes that are reserved for a segment before anything is written in it, and its largest size.
    package var segmentBytesMax = AuditLimits.segmentBytesMax
    /// Bytes kept back so that `audit.blocked` can be written on a full disk.
    package var reserveBytes = 8_388_608
    /// Entries that may wait: what a disk that hesitates for two seconds leaves at 2,000 a second.
    package var queueEntriesMax = 4_096
    /// Bytes of entries that may wait.
    package var queueBytesMax = 4_194_304
    /// Frames that may wait for their hash: a third of a second at 200,000 a second.
    package var queueFramesMax = 65_536
    /// Bytes of frames that may wait; they are shared with the rings, not copied.
    package var queueFrameBytesMax = 67_108_864
    /// A commit that takes longer than this many microseconds has failed.
    package var stallMax: UInt64 = 2_000_000
    /// Entries of class B and frames wait at most this many microseconds, half of what their class allows.
    package var gatherMax: UInt64 = 50_000
    /// Microseconds from the first durable record to the checkpoint that covers it.
    package var checkpointInterval: UInt64 = 1_000_000
    /// After so many microseconds without a record `log.alive` is written.
    package var aliveInterval: UInt64 = 3_600_000_000
    /// Under `continue`, microseconds between two attempts to open the log anew.
    package var reopenInterval: UInt64 = 10_000_000
    /// With fewer free bytes on the file system, and with less than `freeShareMin` of it, no session begins; with less
    /// than twice as much nothing is recorded. The smaller of the two bounds holds.
    package var freeBytesMin: UInt64 = 536_870_912
    /// The least free share of the file system.
    package var freeShareMin = 0.05
    /// Which sessions are recorded, and for whom; nil for none.
    package var recording: RecordingPolicy?

    /// Told, on the thread that opens the log, after each segment of a log that is read from its beginning: how many
    /// bytes were read, and of how many.
    package var reading: @Sendable (_ bytes: Int, _ total: Int) -> Void = { _, _ in }

    /// The defaults.
    package init() {}

    /// How many free bytes are enough on a file system of `total` bytes.
    package func freeBytesMin(ofTotal total: UInt64) -> UInt64 {
        min(self.freeBytesMin, UInt64(Double(total) * self.freeShareMin))
    }
}
