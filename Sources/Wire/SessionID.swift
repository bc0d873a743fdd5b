/// The name of a session: 16 random bytes, written as 26 characters of lower-case Crockford base32.
package struct SessionID: Hashable, Sendable, CustomStringConvertible {
    /// The first eight bytes, big-endian.
    package let high: UInt64
    /// The last eight bytes, big-endian.
    package let low: UInt64

    /// The length of `text`.
    package static let textCount = 26

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads the 26-character form, lower case only; the two unused leading bits must be zero.
    package init?(_ text: String) {
        guard text.utf8.count == Self.textCount else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (place, character) in text.utf8.enumerated() {
            guard let digit = Self.alphabet.firstIndex(of: character), place > 0 || digit < 8 else { return nil }
            high = high << 5 | low >> 59
            low = low << 5 | UInt64(digit)
        }
        self.init(high: high, low: low)
    }

    /// 26 characters of lower-case Crockford base32: 128 bits behind two zero bits.
    package var text: String {
        var characters: [UInt8] = []
        characters.reserveCapacity(Self.textCount)
        for place in (0..<Self.textCount).reversed() {
            let shift = place * 5
            let digit: UInt64
            if shift >= 64 {
                digit = self.high >> (shift - 64)
            } else if shift > 59 {
                digit = self.low >> shift | self.high << (64 - shift)
            } else {
                digit = self.low >> shift
            }
            characters.append(Self.alphabet[Int(digit & 31)])
        }
        return String(decoding: characters, as: UTF8.self)
    }

    package var description: String { self.text }

    /// The 16 bytes, as they enter the first frame hash.
    package var bytes: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: self.high >> (56 - 8 * $0)) }
            + (0..<8).map { UInt8(truncatingIfNeeded: self.low >> (56 - 8 * $0)) }
    }

    /// Crockford's digits: no i, l, o, u.
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
}
