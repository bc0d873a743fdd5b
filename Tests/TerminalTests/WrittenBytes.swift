/// What a frame's bytes may be: text without controls, and the few sequences that the differ writes.
enum WrittenBytes {
    /// The finals of sequences without a mark: moves, erasing, the pen.
    private static let finals: Set<Character> = ["H", "C", "K", "X", "J", "m", "r", "S", "T"]

    /// The first thing in `bytes` that no frame may hold, in words; nil when there is none.
    static func fault(in bytes: [UInt8]) -> String? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return "no UTF-8" }
        var scalars = text.unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            if scalar == "\u{1B}" {
                guard scalars.popFirst() == "[" else { return "an escape that is no CSI" }
                let parameters = scalars.prefix { "0123456789;:?".unicodeScalars.contains($0) }
                scalars = scalars.dropFirst(parameters.count)
                guard let final = scalars.popFirst() else { return "a sequence without end" }
                let isMode = ["?25", "?2026"].contains(String(parameters)) && (final == "h" || final == "l")
                guard isMode || !parameters.contains("?") && Self.finals.contains(Character(final)) else {
                    return "CSI \(String(parameters)) \(final)"
                }
            } else if let word = Self.fault(of: scalar) {
                return word
            }
        }
        return nil
    }

    private static func fault(of scalar: Unicode.Scalar) -> String? {
        let isForbidden =
            switch scalar.value {
            case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069, 0x61C, 0x200B, 0x200E...0x200F, 0xFEFF: true
            case 0xE000...0xF8FF, 0xE0000...0xE007F, 0xF0000...0x10FFFF: true
            default: false
            }
        return isForbidden ? "U+\(String(scalar.value, radix: 16))" : nil
    }
}
