/// Reads the data types of RFC 4251, section 5, front to back. Every length is checked before it is used.
package struct SSHReader {
    private var rest: ArraySlice<UInt8>

    /// Reads `bytes` from their first byte.
    package init(_ bytes: some Sequence<UInt8>) {
        self.rest = ArraySlice(bytes)
    }

    /// Bytes not read yet.
    package var count: Int { self.rest.count }

    /// `byte[count]`. Throws `truncated`.
    package mutating func bytes(_ count: Int) throws(SSHError) -> [UInt8] {
        guard count >= 0, count <= self.rest.count else { throw .truncated }
        let bytes = Array(self.rest.prefix(count))
        self.rest = self.rest.dropFirst(count)
        return bytes
    }

    /// `byte`. Throws `truncated`.
    package mutating func uint8() throws(SSHError) -> UInt8 {
        try self.bytes(1)[0]
    }

    /// `uint32`, big-endian. Throws `truncated`.
    package mutating func uint32() throws(SSHError) -> UInt32 {
        try self.bytes(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// `string`: a length and as many bytes. Throws `truncated`, or `tooLong` above `bytesMax`.
    package mutating func string(bytesMax: Int = SSHLimits.keyBlobBytesMax) throws(SSHError) -> [UInt8] {
        let length = try self.uint32()
        guard length <= UInt32(clamping: bytesMax) else { throw .tooLong(bytesMax: bytesMax) }
        return try self.bytes(Int(length))
    }

    /// `string` that names something: 0 to 255 printable ASCII bytes. Throws also `textMalformed`.
    package mutating func name() throws(SSHError) -> String {
        let bytes = try self.string(bytesMax: 255)
        guard bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else { throw .textMalformed }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Throws `trailingBytes` unless everything has been read.
    package func end() throws(SSHError) {
        guard self.rest.isEmpty else { throw .trailingBytes }
    }
}

/// Writes the data types of RFC 4251, section 5.
package struct SSHWriter {
    /// What has been written so far.
    package private(set) var bytes: [UInt8] = []

    /// Nothing written yet.
    package init() {}

    /// `byte`.
    package mutating func uint8(_ value: UInt8) {
        self.bytes.append(value)
    }

    /// `uint32`, big-endian.
    package mutating func uint32(_ value: UInt32) {
        for shift in [24, 16, 8, 0] {
            self.bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift)))
        }
    }

    /// `byte[n]`: the bytes themselves, without a length.
    package mutating func raw(_ value: some Sequence<UInt8>) {
        self.bytes.append(contentsOf: value)
    }

    /// `string`. The caller's bytes are bounded by `SSHLimits`, far below 2³².
    package mutating func string(_ value: [UInt8]) {
        self.uint32(UInt32(value.count))
        self.bytes.append(contentsOf: value)
    }

    /// `string` of text.
    package mutating func string(_ value: String) {
        self.string(Array(value.utf8))
    }
}
