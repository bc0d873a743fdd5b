/// Makes any text fit a field, so that no peer's bytes can make a record fail.
enum AuditText {
    /// `text` as a machine word: other characters become `_`, the end is cut, nothing becomes `_`.
    static func word(_ text: String) -> String {
        if Self.isWord(text) { return text }
        let bytes = text.utf8.prefix(AuditLimits.wordBytesMax).map { Self.isWordByte($0) ? $0 : 0x5F }
        return bytes.isEmpty ? "_" : String(decoding: bytes, as: UTF8.self)
    }

    /// At most 16 of `words`, each as a word.
    static func words(_ words: [String]) -> [String] {
        words.prefix(AuditLimits.wordCountMax).map { Self.word($0) }
    }

    /// `text` cut to at most `bytesMax` bytes between two scalars; nothing becomes `_`.
    static func cut(_ text: String, _ bytesMax: Int) -> String {
        if text.isEmpty { return "_" }
        guard text.utf8.count > bytesMax else { return text }
        var result = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            count += UTF8.width(scalar)
            if count > bytesMax { break }
            result.append(scalar)
        }
        return String(result)
    }

    /// `text` up to its first `?` or `#`, cut: an address without what people typed.
    static func address(_ text: String, _ bytesMax: Int) -> String {
        let end = text.utf8.firstIndex { $0 == 0x3F || $0 == 0x23 } ?? text.utf8.endIndex
        return Self.cut(String(text[..<end]), bytesMax)
    }

    static func isWord(_ text: String) -> Bool {
        (1...AuditLimits.wordBytesMax).contains(text.utf8.count) && text.utf8.allSatisfy { Self.isWordByte($0) }
    }

    static func isAddress(_ text: String, _ bytesMax: Int) -> Bool {
        (1...bytesMax).contains(text.utf8.count) && !text.utf8.contains { $0 == 0x3F || $0 == 0x23 }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}
