import PageView
import Terminal
import Testing

@testable import RepConsole

@Suite struct ReaderStoryTests {
    @Test func thePageIsReadAsLinesAndDrawnAgain() {
        var desk = Desk.watching(columns: 60, rows: 24)
        desk.type("r")
        let text = desk.screen().lines().map { $0.trimmingPrefix { $0 == " " } }
        #expect(text.contains("Delivery details"))
        #expect(text.contains("[ Place order ]"))
        #expect(desk.words().contains("reader"))
        #expect(desk.screen().cursor != nil)
        desk.type("v")
        #expect(desk.screen().cursor == nil)
    }

    @Test func theReaderScrollsToItsEndAndNotPastIt() {
        var desk = Desk.watching(columns: 46, rows: 16)
        desk.type("r")
        for _ in 0..<40 { desk.press(.down) }
        #expect(desk.words().contains("£105.65"))
        desk.press(.home)
        #expect(desk.words().contains("Delivery details"))
    }

    @Test func aLongLineIsWrappedAtWords() throws {
        let line = String(repeating: "word ", count: 60) + String(repeating: "x", count: 200)
        let body = """
            {"page":{"id":1,"url":"","title":""},"viewport":[800,600],"size":[800,600],"ground":0,
            "layers":[[0,0,0,0,0,800,600,0,0]],"blocks":[[1,0,0,0,[["t",0,0,700,16,"\(line)",255,0,16]]]]}
            """
        let lines = ReaderScreen.lines(of: try View(keyframe: Array(body.utf8)), columns: 46)
        #expect(lines.allSatisfy { $0.text.columns <= 42 })
        #expect(lines.map(\.text.string).joined().filter { $0 == "x" }.count == 200)
    }

    @Test func theCursorSaysWhatItIsOn() {
        var desk = Desk.watching()
        desk.cursor(7, x: 80, y: 190)
        #expect(desk.words().contains("Cursor on Postcode, text"))
        desk.cursor(7, x: 70, y: 320)
        #expect(desk.words().contains("Cursor on Place order, button"))
        desk.cursor(7, x: 1000, y: 700)
        #expect(!desk.words().contains("Cursor on"))
    }
}
