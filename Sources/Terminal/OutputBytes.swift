/// Writing control sequences into a byte array that is used again and again.
extension [UInt8] {
    /// Appends the ASCII of a literal.
    mutating func append(ascii text: StaticString) {
        unsafe self.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends `number`, 0 or more, in decimal.
    mutating func append(decimal number: Int) {
        if number >= 1000 {
            self.append(decimal: number / 1000)
        }
        if number >= 100 {
            self.append(0x30 + UInt8(number / 100 % 10))
        }
        if number >= 10 {
            self.append(0x30 + UInt8(number / 10 % 10))
        }
        self.append(0x30 + UInt8(number % 10))
    }

    /// Appends `CSI number final`, the number left out when it is 1 (the default of cursor and erase functions).
    mutating func append(csi number: Int, _ final: UInt8) {
        self.append(ascii: "\u{1B}[")
        if number != 1 {
            self.append(decimal: number)
        }
        self.append(final)
    }

    /// Appends one scalar as UTF-8; the caller's scalars come from a glyph.
    mutating func append(scalar: UInt32) {
        switch scalar {
        case 0..<0x80:
            self.append(UInt8(scalar))
        case 0x80..<0x800:
            self.append(0xC0 | UInt8(scalar >> 6))
            self.append(0x80 | UInt8(scalar & 0x3F))
        case 0x800..<0x10000:
            self.append(0xE0 | UInt8(scalar >> 12))
            self.append(0x80 | UInt8(scalar >> 6 & 0x3F))
            self.append(0x80 | UInt8(scalar & 0x3F))
        default:
            self.append(0xF0 | UInt8(scalar >> 18 & 7))
            self.append(0x80 | UInt8(scalar >> 12 & 0x3F))
            self.append(0x80 | UInt8(scalar >> 6 & 0x3F))
            self.append(0x80 | UInt8(scalar & 0x3F))
        }
    }

    /// Appends bytes in base64 (RFC 4648, section 4).
    mutating func append(base64 bytes: [UInt8]) {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<Swift.min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                self.append(place <= group.count ? digits[bits >> (18 - 6 * place) & 63] : 0x3D)
            }
        }
    }
}
