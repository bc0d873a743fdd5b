import PairingCore
import Testing
import Wire

@testable import RelayRuntime

@Suite struct ResumeTokenTests {
    private let session = SessionID(high: 1, low: 2)

    @Test func aTokenIsTheSameAfterItsText() throws {
        let text = ResumeToken.text(self.session, (1, .max, 0, 0xABC))
        let read = try #require(ResumeToken.read(text))
        #expect(read.session == self.session)
        #expect(read.token == ResumeTokens.Token(1, .max, 0, 0xABC))
        #expect(text.utf8.count == SessionID.textCount + 65)
    }

    @Test func aTokenCutOrChangedAnywhereIsNoneOrAnother() {
        let text = ResumeToken.text(self.session, (1, 2, 3, 4))
        for count in 0..<text.count {
            #expect(ResumeToken.read(String(text.prefix(count))) == nil)
        }
        for bad in [text + "0", text.uppercased(), text.replacingOccurrences(of: ".", with: "-"), "." + text, ""] {
            #expect(ResumeToken.read(bad) == nil)
        }
    }
}

extension String {
    fileprivate func replacingOccurrences(of old: Character, with new: Character) -> String {
        String(self.map { $0 == old ? new : $0 })
    }
}
