import PageView
import Terminal
import Testing

@testable import RepConsole

@Suite struct FindStoryTests {
    @Test func typedWordsAreFoundCountedAndMarked() throws {
        var desk = Desk.watching()
        desk.type("/POST")
        #expect(desk.words().contains("/POST▏ 1 of 2"))
        let screen = desk.screen()
        let row = try #require((2..<38).first { screen.line($0).contains("Postcode") })
        let column = try #require(Array(screen.line(row)).firstIndex(of: "P"))
        #expect(screen[column, row].background == Theme.dark.accent)
        #expect(screen[column + 4, row].background != Theme.dark.accent)
        desk.press(.enter)
        desk.type("n")
        #expect(desk.words().contains("2 of 2"))
        desk.type("n")
        #expect(desk.words().contains("1 of 2"))
        desk.type("N")
        #expect(desk.words().contains("2 of 2 n next"))
        desk.press(.escape)
        #expect(desk.words().contains("Watching:"))
        #expect(desk.model.focus == .session(0))
    }

    @Test func aPlaceOutOfSightIsGoneToAndEndsFollowing() {
        var desk = Desk.watching(columns: 60, rows: 20)
        #expect(!desk.words().contains("£105.65"))
        desk.type("/105")
        #expect(desk.words().contains("£105.65"))
        #expect(desk.model.sessions[0].isFollowing == false)
    }

    @Test func lettersOfCommandsAreTypedAndBackspaceTakesThemBack() {
        var desk = Desk.watching()
        desk.type("/xq?")
        #expect(desk.words().contains("/xq?▏ nowhere"))
        #expect(desk.model.helpPage == nil && desk.model.question == nil)
        for _ in 0..<4 { desk.press(.backspace) }
        #expect(desk.words().contains("type what to find"))
        desk.press(.enter)
        #expect(desk.model.sessions[0].find == nil)
    }

    @Test func aNewViewIsSearchedAgain() {
        var desk = Desk.watching()
        desk.type("/postcode")
        desk.press(.enter)
        desk.keyframe(7, sequence: 9, title: "Again")
        #expect(desk.words().contains("1 of 2"))
    }

    @Test func aSearchNeverGrowsPastItsBound() {
        var desk = Desk.watching()
        desk.type("/" + String(repeating: "é", count: 200))
        #expect(desk.model.sessions[0].find?.words.count == PageFind.letterCountMax)
    }
}
