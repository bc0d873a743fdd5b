/// The 24 bytes in front of every body: `Protocol/wire.md`, "Frame header".
package struct FrameHeader: Equatable, Sendable {
    /// The version this end speaks.
    package static let version: UInt8 = 1
    /// The header's length in bytes.
    package static let byteCount = 24
    /// The body is raw DEFLATE (RFC 1951).
    package static let deflatedFlag: UInt8 = 1

    /// The kind's byte, known or not.
    package var kind: UInt8
    /// Whether the body is raw DEFLATE.
    package var isDeflated: Bool
    /// The session's number on this relay; 0 outside any session.
    package var session: UInt32
    /// The frame's place in its lane.
    package var sequence: UInt32
    /// Bytes that follow the header.
    package var bodyByteCount: UInt32
    /// The sender's clock, microseconds since 1970-01-01 UTC.
    package var captureTime: UInt64

    package init(
        kind: FrameKind, isDeflated: Bool = false, session: UInt32, sequence: UInt32, bodyByteCount: UInt32,
        captureTime: UInt64
    ) {
        self.kind = kind.rawValue
        self.isDeflated = isDeflated
        self.session = session
        self.sequence = sequence
        self.bodyByteCount = bodyByteCount
        self.captureTime = captureTime
    }

    /// The kind, when this version of the protocol knows it.
    package var knownKind: FrameKind? { FrameKind(rawValue: self.kind) }

    /// The lane named by the kind's high nibble; `nil` for kinds of a future lane.
    package var lane: Lane? {
        switch self.kind >> 4 {
        case 1: .page
        case 2: .cursor
        case 3: .talk
        case 4, 5: .control
        default: nil
        }
    }

    /// Header and body together.
    package var frameByteCount: Int { Self.byteCount + Int(self.bodyByteCount) }

    /// Reads the header at `offset` of `bytes` and checks that its body lies inside `bytes` and within its limit.
    package init(parsing bytes: RawSpan, at offset: Int) throws(WireError) {
        guard offset >= 0, bytes.byteCount - offset >= Self.byteCount else { throw .malformed }
        let version = Self.load(bytes, offset, as: UInt8.self)
        guard version == Self.version else { throw .unknownVersion }
        let flags = Self.load(bytes, offset + 2, as: UInt8.self)
        let keyEpoch = Self.load(bytes, offset + 3, as: UInt8.self)
        guard flags & ~Self.deflatedFlag == 0, keyEpoch == 0 else { throw .malformed }
        self.kind = Self.load(bytes, offset + 1, as: UInt8.self)
        self.isDeflated = flags & Self.deflatedFlag != 0
        self.session = UInt32(littleEndian: Self.load(bytes, offset + 4, as: UInt32.self))
        self.sequence = UInt32(littleEndian: Self.load(bytes, offset + 8, as: UInt32.self))
        self.bodyByteCount = UInt32(littleEndian: Self.load(bytes, offset + 12, as: UInt32.self))
        self.captureTime = UInt64(littleEndian: Self.load(bytes, offset + 16, as: UInt64.self))
        guard Int(self.bodyByteCount) <= WireLimits.bodyBytesMax(self.lane) else { throw .tooLarge }
        guard bytes.byteCount - offset - Self.byteCount >= Int(self.bodyByteCount) else { throw .malformed }
        let isCompressible = self.lane != .control && self.lane != .talk
        guard !self.isDeflated || isCompressible else { throw .malformed }
    }

    /// Appends the 24 bytes.
    package func encode(into bytes: inout [UInt8]) {
        bytes.append(Self.version)
        bytes.append(self.kind)
        bytes.append(self.isDeflated ? Self.deflatedFlag : 0)
        bytes.append(0)
        Self.append(self.session, to: &bytes)
        Self.append(self.sequence, to: &bytes)
        Self.append(self.bodyByteCount, to: &bytes)
        Self.append(self.captureTime, to: &bytes)
    }

    /// The bounds are checked by the caller; an overrun would trap in `RawSpan`, never read beyond it.
    @inline(__always)
    private static func load<Value: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: RawSpan, _ offset: Int, as type: Value.Type
    ) -> Value {
        // Every bit pattern is a valid integer, which is all that this call asks of its caller.
        unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: type)
    }

    private static func append<Value: FixedWidthInteger>(_ value: Value, to bytes: inout [UInt8]) {
        for index in 0..<MemoryLayout<Value>.size {
            bytes.append(UInt8(truncatingIfNeeded: value >> (8 * index)))
        }
    }
}
