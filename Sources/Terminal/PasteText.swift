/// What is kept of pasted bytes.
enum PasteText {
    /// Drops C0, DEL and C1 but line feeds and tabs; carriage returns become line feeds. Broken UTF-8 becomes U+FFFD.
    static func cleaned(_ bytes: ArraySlice<UInt8>) -> String {
        var result = String.UnicodeScalarView()
        var isAfterReturn = false
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            defer { isAfterReturn = scalar == "\r" }
            switch scalar.value {
            case 0x0A: if !isAfterReturn { result.append("\n") }
            case 0x0D: result.append("\n")
            case 0x09: result.append("\t")
            case 0x00..<0x20, 0x7F..<0xA0: continue
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
