internal import Wire

/// One frame of a recording.
package struct RecordedFrame: Equatable, Sendable {
    /// Its number in the session, as `frames.hashed` and `seat.sent` count.
    package let index: UInt64
    /// When the relay took it in, microseconds since 1970 by the relay's clock.
    package let arrival: UInt64
    /// Header and body, as they crossed the wire.
    package let bytes: [UInt8]

    /// A frame as it was recorded.
    package init(index: UInt64, arrival: UInt64, bytes: [UInt8]) {
        self.index = index
        self.arrival = arrival
        self.bytes = bytes
    }
}

/// The plain text of a chunk: `Protocol/recording.md`, "Chunks".
package enum RecordingChunk {
    /// The first line.
    static let magic = Array("alongside recording 1\n".utf8)

    /// Appends one frame behind its index and arrival, both 8 bytes, least significant first.
    static func append(_ frame: SharedFrame, index: UInt64, arrival: UInt64, to bytes: inout [UInt8]) {
        for word in [index, arrival] {
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        unsafe frame.withBytes { unsafe bytes.append(contentsOf: $0) }
    }

    /// The frames in the plain text of a chunk; nil where it breaks the format.
    package static func frames(in bytes: [UInt8]) -> [RecordedFrame]? {
        guard bytes.starts(with: Self.magic) else { return nil }
        var frames: [RecordedFrame] = []
        var offset = Self.magic.count
        while offset < bytes.count {
            guard bytes.count - offset > 16 else { return nil }
            func word(_ at: Int) -> UInt64 {
                bytes[at..<at + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
            }
            let start = offset + 16
            // The view of the array's own bytes ends with this statement.
            guard let header = try? FrameHeader(parsing: unsafe bytes.span.bytes, at: start) else { return nil }
            let end = start + header.frameByteCount
            frames.append(
                RecordedFrame(index: word(offset), arrival: word(offset + 8), bytes: Array(bytes[start..<end])))
            offset = end
        }
        return frames
    }
}
