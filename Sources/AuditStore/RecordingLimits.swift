/// The bounds of recordings.
package enum RecordingLimits {
    /// Bytes of frames after which a chunk is closed: small enough that a crash costs little, large enough that the
    /// header of an age file (about 200 bytes a recipient) does not count.
    package static let chunkBytesMax = 256 * 1024
    /// Microseconds after which a chunk is closed: what a crash can cost.
    package static let chunkDurationMax: UInt64 = 5_000_000
    /// Bytes of frames that may wait for the recorder; they are shared with the rings, not copied.
    package static let queueBytesMax = 64 << 20
    /// Frames that may wait for the recorder.
    package static let queueFramesMax = 65_536
    /// Recordings that run at once: as many as the daemon has sessions.
    package static let recordingCountMax = 5_000
    /// Bytes of a chunk's file that is read: the largest frame behind a chunk that was almost full, and the age format.
    package static let chunkFileBytesMax = 4 << 20
    /// Auditors of one relay.
    package static let recipientCountMax = 16
    /// Bytes of a recipients file.
    package static let recipientsFileBytesMax = 64 * 1024
    /// Bytes of an order at the log's door.
    package static let orderBytesMax = 4_096
}
