internal import Crypto
package import Wire

/// The running hash over a session's frames: what crossed the wire, byte for byte, in the order of acceptance.
///
/// H(0) = SHA-256("alongside frame hash v1" 0x00 id), id being the session's 16 bytes;
/// H(n) = SHA-256(H(n-1) frame n), a frame being its header and body.
package struct FrameHash: Equatable, Sendable {
    /// H(`count`).
    package private(set) var digest: Digest32
    /// How many frames are in it.
    package private(set) var count: UInt64

    /// H(0) of `session`.
    package init(of session: SessionID) {
        var start = Array("alongside frame hash v1".utf8)
        start.append(0)
        start.append(contentsOf: session.bytes)
        self.digest = Digest32.sha256(of: start)
        self.count = 0
    }

    /// Takes the next frame in.
    package mutating func append(_ frame: SharedFrame) {
        var hash = SHA256()
        unsafe self.digest.withRawBytes { unsafe hash.update(bufferPointer: $0) }
        unsafe frame.withBytes { unsafe hash.update(bufferPointer: $0) }
        self.digest = Digest32(hash.finalize())
        self.count += 1
    }

    /// Frames up to `index` were relayed without being hashed: they are counted and leave the hash as it is.
    mutating func skip(to index: UInt64) {
        self.count = index
    }
}
