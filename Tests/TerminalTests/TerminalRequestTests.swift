import Testing

@testable import Terminal

@Suite struct TerminalRequestTests {
    private func text(_ bytes: [UInt8]?) -> String {
        String(decoding: bytes ?? [], as: UTF8.self).replacing("\u{1B}", with: "^")
    }

    @Test func aTitleCannotEndItsSequence() {
        #expect(self.text(TerminalRequest.title(SafeText("a\u{7}b\u{1B}\\c"))) == "^]2;ab\\c^\\")
    }

    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("é", "w6k=")])
    func copiedTextIsBase64(text: String, expected: String) {
        #expect(self.text(TerminalRequest.copy(text)) == "^]52;c;\(expected)^\\")
    }

    @Test func tooLongATextIsNotCopied() {
        #expect(TerminalRequest.copy(String(repeating: "a", count: TerminalRequest.copyBytesMax)) != nil)
        #expect(TerminalRequest.copy(String(repeating: "a", count: TerminalRequest.copyBytesMax + 1)) == nil)
    }
}
