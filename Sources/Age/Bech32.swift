/// Bech32 (BIP 173) without its limit of 90 characters, as age spells its keys.
enum Bech32 {
    private static let alphabet = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)

    /// `bytes` behind the human-readable part `prefix`, in lower case.
    static func encode(prefix: String, _ bytes: [UInt8]) -> String {
        let digits = Self.regrouped(bytes, from: 8, to: 5, pads: true) ?? []
        let checksum = Self.polymod(Self.expanded(prefix) + digits + [0, 0, 0, 0, 0, 0]) ^ 1
        let check = (0..<6).map { UInt8(truncatingIfNeeded: checksum >> (5 * (5 - $0)) & 31) }
        return prefix + "1" + String(decoding: (digits + check).map { Self.alphabet[Int($0)] }, as: UTF8.self)
    }

    /// The bytes behind `prefix`, which is lower case; nil where the text is mixed in case or its checksum is wrong.
    static func decode(_ text: String, prefix: String) -> [UInt8]? {
        let lower = text.lowercased()
        guard text == lower || text == text.uppercased(), lower.utf8.starts(with: (prefix + "1").utf8) else {
            return nil
        }
        var digits: [UInt8] = []
        for character in lower.utf8.dropFirst(prefix.utf8.count + 1) {
            guard let digit = Self.alphabet.firstIndex(of: character) else { return nil }
            digits.append(UInt8(digit))
        }
        guard digits.count >= 6, Self.polymod(Self.expanded(prefix) + digits) == 1 else { return nil }
        return Self.regrouped(digits.dropLast(6), from: 5, to: 8, pads: false)
    }

    private static func expanded(_ prefix: String) -> [UInt8] {
        prefix.utf8.map { $0 >> 5 } + [0] + prefix.utf8.map { $0 & 31 }
    }

    private static func polymod(_ values: [UInt8]) -> UInt32 {
        let generators: [UInt32] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3]
        var sum: UInt32 = 1
        for value in values {
            let top = sum >> 25
            sum = (sum & 0x1ff_ffff) << 5 ^ UInt32(value)
            for (bit, generator) in generators.enumerated() where top >> UInt32(bit) & 1 == 1 { sum ^= generator }
        }
        return sum
    }

    /// The same bits in groups of another size; nil where bits that do not fill a group are not zero.
    private static func regrouped(_ values: some Sequence<UInt8>, from: UInt32, to: UInt32, pads: Bool) -> [UInt8]? {
        var result: [UInt8] = []
        var held: UInt32 = 0
        var bits: UInt32 = 0
        for value in values {
            held = (held << from | UInt32(value)) & 0xFFFF
            bits += from
            while bits >= to {
                bits -= to
                result.append(UInt8(truncatingIfNeeded: held >> bits & (1 << to - 1)))
            }
        }
        let rest = held & (1 << bits - 1)
        if pads {
            if bits > 0 { result.append(UInt8(truncatingIfNeeded: rest << (to - bits))) }
        } else if bits >= from || rest != 0 {
            return nil
        }
        return result
    }
}
