internal import AuditCore

/// The sizes and bounds of an open log. The defaults serve; tests and small disks choose smaller ones.
package struct AuditOptions: Sendable {
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
    /// A commit that takes longer than this many microseconds makes the log `stalled`.
    package var stallMax: UInt64 = 2_000_000
    /// Entries of class B and frames wait at most this many microseconds, half of what their class allows.
    package var gatherMax: UInt64 = 50_000

    /// The defaults.
    package init() {}
}
