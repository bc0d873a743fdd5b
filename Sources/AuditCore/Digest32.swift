internal import Crypto

/// 32 bytes, such as a SHA-256, kept as four big-endian words: compared and copied without an allocation.
package struct Digest32: Hashable, Sendable {
    private let a, b, c, d: UInt64

    /// 32 zero bytes.
    package static let zero = Digest32(a: 0, b: 0, c: 0, d: 0)

    private init(a: UInt64, b: UInt64, c: UInt64, d: UInt64) {
        self.a = a
        self.b = b
        self.c = c
        self.d = d
    }

    /// The digest made of `bytes`, or nil unless there are 32.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        func word(_ at: Int) -> UInt64 { bytes[at..<at + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(a: word(0), b: word(8), c: word(16), d: word(24))
    }

    /// The digest written as `hex`, 64 lower-case digits, or nil.
    package init?<Text: Collection<UInt8>>(hex: Text) {
        guard hex.count == 64 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        var high: UInt8?
        for character in hex {
            guard let nibble = Self.nibble(character) else { return nil }
            if let first = high {
                bytes.append(first << 4 | nibble)
                high = nil
            } else {
                high = nibble
            }
        }
        self.init(bytes: bytes)
    }

    init(_ digest: SHA256.Digest) {
        func word(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> UInt64 {
            // In bounds: a SHA-256 has 32 bytes and `at` is at most 24.
            unsafe UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        }
        self = unsafe digest.withUnsafeBytes {
            unsafe Digest32(a: word($0, 0), b: word($0, 8), c: word($0, 16), d: word($0, 24))
        }
    }

    /// The SHA-256 of `bytes`.
    package static func sha256(of bytes: [UInt8]) -> Digest32 {
        var hash = SHA256()
        unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
        return Digest32(hash.finalize())
    }

    /// The 32 bytes.
    package var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(32)
        self.append(to: &result)
        return result
    }

    /// 64 lower-case hexadecimal digits.
    package var hex: String {
        var text: [UInt8] = []
        text.reserveCapacity(64)
        self.appendHex(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads the 32 bytes. The pointer is valid only inside `body`.
    func withRawBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
        let words = (self.a.bigEndian, self.b.bigEndian, self.c.bigEndian, self.d.bigEndian)
        unsafe withUnsafeBytes(of: words) { unsafe body($0) }
    }

    func append(to bytes: inout [UInt8]) {
        for word in [self.a, self.b, self.c, self.d] {
            for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
    }

    func appendHex(to text: inout [UInt8]) {
        for word in [self.a, self.b, self.c, self.d] {
            for shift in stride(from: 60, through: 0, by: -4) {
                let nibble = UInt8(truncatingIfNeeded: word >> shift) & 15
                text.append(nibble < 10 ? 0x30 + nibble : 0x57 + nibble)
            }
        }
    }

    static func nibble(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x61...0x66: character - 0x57
        default: nil
        }
    }
}
