import AuditCore
import Testing

@Suite struct JSONTextTests {
    @Test func aTextIsQuotedSoThatATerminalAndAParserAreSafe() {
        #expect(JSONText.quoted("plain ä") == "\"plain ä\"")
        let hostile = JSONText.quoted("a\"b\\c\n\u{1B}[2J\u{9B}")
        #expect(hostile.hasPrefix("\"a\\\"b\\\\c"))
        #expect(!hostile.unicodeScalars.contains { $0.value < 0x20 })
    }
}
