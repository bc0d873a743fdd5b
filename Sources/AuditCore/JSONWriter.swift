/// Appends the only JSON spelling that the log knows: no white space, members in their fixed order.
struct JSONWriter {
    var bytes: [UInt8]

    mutating func raw(_ text: StaticString) {
        // Sound: a static string's bytes live for ever.
        text.withUTF8Buffer { unsafe self.bytes.append(contentsOf: $0) }
    }

    mutating func count(_ value: UInt64) {
        if value >= 10 { self.count(value / 10) }
        self.bytes.append(0x30 + UInt8(truncatingIfNeeded: value % 10))
    }

    /// A string: `"` and `\` behind a `\`; U+0000-001F, U+007F-009F, U+2028 and U+2029 as `\u` with four lower-case
    /// digits, so that no line can be broken and no terminal steered; everything else as it is.
    mutating func string(_ text: String) {
        self.bytes.append(0x22)
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22, 0x5C:
                self.bytes.append(0x5C)
                self.bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            case let value where JSONWriter.isEscaped(value):
                self.bytes.append(0x5C)
                self.bytes.append(0x75)
                for shift in stride(from: 12, through: 0, by: -4) {
                    let nibble = UInt8(truncatingIfNeeded: value >> UInt32(shift)) & 15
                    self.bytes.append(nibble < 10 ? 0x30 + nibble : 0x57 + nibble)
                }
            case 0x20...0x7E: self.bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            default: self.bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        self.bytes.append(0x22)
    }

    mutating func words(_ words: [String]) {
        self.bytes.append(0x5B)
        for (index, word) in words.enumerated() {
            if index > 0 { self.bytes.append(0x2C) }
            self.string(word)
        }
        self.bytes.append(0x5D)
    }

    mutating func ranges(_ ranges: [FrameRange]) {
        self.bytes.append(0x5B)
        for (index, range) in ranges.enumerated() {
            if index > 0 { self.bytes.append(0x2C) }
            self.bytes.append(0x5B)
            self.count(range.first)
            self.bytes.append(0x2C)
            self.count(range.last)
            self.bytes.append(0x5D)
        }
        self.bytes.append(0x5D)
    }

    static func isEscaped(_ scalar: UInt32) -> Bool {
        scalar < 0x20 || (0x7F...0x9F).contains(scalar) || scalar == 0x2028 || scalar == 0x2029
    }
}
