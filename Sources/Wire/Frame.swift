/// A frame that is built or read away from the hot path: its header's facts and its body.
package struct Frame: Equatable, Sendable {
    package var header: FrameHeader
    package var body: [UInt8]

    package init(
        _ kind: FrameKind, session: UInt32 = 0, sequence: UInt32, captureTime: UInt64, isDeflated: Bool = false,
        body: [UInt8]
    ) {
        precondition(body.count <= WireLimits.bodyBytesMax(kind.lane), "our own body is beyond its limit")
        self.header = FrameHeader(
            kind: kind, isDeflated: isDeflated, session: session, sequence: sequence,
            bodyByteCount: UInt32(body.count), captureTime: captureTime)
        self.body = body
    }

    private init(header: FrameHeader, body: [UInt8]) {
        self.header = header
        self.body = body
    }

    /// Header and body as they cross the wire.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(self.header.frameByteCount)
        self.header.encode(into: &bytes)
        bytes += self.body
        return bytes
    }

    /// Reads all frames of one message. A message without a frame is malformed.
    package static func all(in message: [UInt8]) throws(WireError) -> [Frame] {
        var frames: [Frame] = []
        var offset = 0
        repeat {
            // The view of the array's own bytes ends with this statement.
            let header = try FrameHeader(parsing: unsafe message.span.bytes, at: offset)
            let start = offset + FrameHeader.byteCount
            frames.append(Frame(header: header, body: Array(message[start..<(start + Int(header.bodyByteCount))])))
            offset += header.frameByteCount
        } while offset < message.count
        return frames
    }
}
