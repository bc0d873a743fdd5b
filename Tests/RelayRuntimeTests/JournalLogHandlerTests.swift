import Logging
import RelayRuntime
import Testing

@Suite struct JournalLogHandlerTests {
    @Test func aLineHasItsPriorityAndItsFactsByName() {
        let line = JournalLogHandler.line(.notice, "link closed", ["link": "3.1", "code": "4500"])
        #expect(String(decoding: line, as: UTF8.self) == "<5>link closed code=4500 link=3.1\n")
    }

    @Test func aPeersTextCannotEndALineOrColourIt() {
        let line = JournalLogHandler.line(.warning, "a\nb", ["peer": "\u{1B}[31m\u{9B}x"])
        #expect(String(decoding: line, as: UTF8.self) == "<4>a\u{FFFD}b peer=\u{FFFD}[31m\u{FFFD}x\n")
    }
}
