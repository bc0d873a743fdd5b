/// Every bound of the audit log's format. `Protocol/audit-log.md` carries the same numbers; a test compares them.
package enum AuditLimits {
    /// The longest record in bytes: a page of a review stays readable and one frame fits any reader's buffer.
    package static let recordBytesMax = 16_384
    /// The largest integer in a record, 2^53 - 1: every JSON reader holds it exactly (RFC 8259, 6).
    package static let countMax: UInt64 = 9_007_199_254_740_991
    /// The longest machine word (a reason, a right, a language) in bytes.
    package static let wordBytesMax = 64
    /// The most words in one list: more rights or scopes than the protocol can name.
    package static let wordCountMax = 16
    /// The longest page origin in bytes: scheme, a 253-byte host name (RFC 1035, 2.3.4) and a port would be 267 at
    /// most; a longer one is cut.
    package static let originBytesMax = 267
    /// The longest page path in bytes; a longer one is cut. Escaped six to one it still fits a record.
    package static let pathBytesMax = 1_024
    /// The longest program name with version, or file name, in bytes.
    package static let nameBytesMax = 128
    /// The longest site name in bytes.
    package static let siteBytesMax = 64
    /// The longest actor id in bytes: a rep's principal or a pseudonym.
    package static let actorBytesMax = 128
    /// The longest armoured signature in bytes: a certificate's with its key, like `WireLimits.signatureBytesMax`.
    package static let signatureBytesMax = 4_096
    /// The longest checkpoint in bytes: three lines and 16 signatures of Ed25519.
    package static let checkpointBytesMax = 4_096
    /// The longest proof in bytes: the longest record in base64, 63 hashes, a checkpoint.
    package static let proofBytesMax = 32_768
    /// The longest `state` in bytes: every session that may be open, at 320 bytes each.
    package static let stateBytesMax = 33_554_432
    /// Reserved: the longest nonce of a sealed part, in characters.
    package static let nonceBytesMax = 128
    /// Reserved: the longest ciphertext of a sealed part, in characters: half a record.
    package static let ciphertextBytesMax = 8_192
    /// The most ranges in one `seat.sent`: at 36 bytes each they fill little more than half a record.
    package static let rangeCountMax = 256
    /// A segment is closed before it would grow past this many bytes.
    package static let segmentBytesMax = 16_777_216
    /// One write and its `fdatasync` carry at most this many bytes.
    package static let batchBytesMax = 65_536
    /// Bytes of a segment frame before its record: length, checksum, index.
    package static let frameHeaderBytes = 16
    /// The longest time a session's accepted frames wait for their `frames.hashed`, in microseconds.
    package static let summaryIntervalMax: UInt64 = 1_000_000
    /// The most sessions that may be open at once; more are refused by the ledger, long after the relay's own limit.
    package static let sessionCountMax = 65_536
    /// The most seats of one session that the ledger keeps account of: as many as a relay may be set to.
    package static let seatCountMax = 1_024
}
