/// Base64 as RFC 4648, section 4: the standard alphabet, padded, canonical (unused bits are zero).
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")

    /// The padded text of `bytes`.
    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let second = index + 1 < bytes.count ? bytes[index + 1] : 0
            let third = index + 2 < bytes.count ? bytes[index + 2] : 0
            let group = UInt32(bytes[index]) << 16 | UInt32(second) << 8 | UInt32(third)
            text.append(Self.alphabet[Int(group >> 18 & 63)])
            text.append(Self.alphabet[Int(group >> 12 & 63)])
            text.append(index + 1 < bytes.count ? Self.alphabet[Int(group >> 6 & 63)] : Self.padding)
            text.append(index + 2 < bytes.count ? Self.alphabet[Int(group & 63)] : Self.padding)
            index += 3
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes that `text` spells. White space is refused: whoever reads wrapped text takes its line ends out first.
    /// Throws `base64Malformed`, or `tooLong` when the result would pass `bytesMax`.
    package static func decode(_ text: some Collection<UInt8>, bytesMax: Int) throws(SSHError) -> [UInt8] {
        guard text.count / 4 <= bytesMax / 3 + 1 else { throw .tooLong(bytesMax: bytesMax) }
        guard text.count % 4 == 0 else { throw .base64Malformed }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var group: UInt32 = 0
        var filled = 0
        var padded = 0
        for character in text {
            if character == Self.padding {
                padded += 1
                guard padded <= 2 else { throw .base64Malformed }
                group <<= 6
            } else {
                guard padded == 0, let value = Self.value(of: character) else { throw .base64Malformed }
                group = group << 6 | value
            }
            filled += 1
            if filled == 4 {
                bytes.append(UInt8(truncatingIfNeeded: group >> 16))
                if padded < 2 { bytes.append(UInt8(truncatingIfNeeded: group >> 8)) }
                if padded < 1 { bytes.append(UInt8(truncatingIfNeeded: group)) }
                let unused: UInt32 = padded == 2 ? 0xFFFF : padded == 1 ? 0xFF : 0
                guard group & unused == 0 else { throw .base64Malformed }
                group = 0
                filled = 0
            }
        }
        guard bytes.count <= bytesMax else { throw .tooLong(bytesMax: bytesMax) }
        return bytes
    }

    private static func value(of character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
