import PageView
import Terminal
import Testing
import Wire

@testable import RepConsole

/// Looking round the page without moving the shopper.
@Suite struct LookStoryTests {
    /// A page of 4000 px, of which the upper 1600 were captured; each 200 px has a line that names its place.
    private static func view(
        scrollY: Int = 0, reach: String = "[[0,0,1280,1600]]", lines: Range<Int> = 0..<8, id: Int = 1, tab: String = "1"
    ) -> View {
        let blocks = lines.map { "[\($0 + 1),0,40,\($0 * 200),[[\"t\",0,0,120,20,\"Line at \($0 * 200)\",255,0,16]]]" }
        let body = """
            {"page":{"id":\(id),"url":"https://shop.example/long","title":"Long","tab":\(tab)},
             "viewport":[1280,800],"size":[1280,4000],"ground":4294967295,"reach":\(reach),
             "layers":[[0,0,0,0,0,1280,4000,0,\(scrollY)],
             [9,0,1,0,0,1280,40,0,0]],
             "blocks":[\(blocks.joined(separator: ",")),[99,9,0,0,[["t",400,10,120,20,"Fixed header",255,0,16]]]]}
            """
        guard let view = try? View(keyframe: Array(body.utf8)) else { preconditionFailure("our own body is a view") }
        return view
    }

    private static func desk(_ view: View = Self.view()) -> Desk {
        var desk = Desk.open(columns: 160, rows: 54)
        desk.press(.enter)
        desk.seat(1, number: 7)
        desk.page(7, sequence: 1, isKeyframe: true, .success(.keyframe(view)))
        return desk
    }

    private static func looks(_ effects: [Effect]) -> [Look] {
        effects.compactMap { effect in
            guard case .send(.look(7, let look)) = effect else { return nil }
            return look
        }
    }

    @Test func whatIsRoundTheViewportIsLookedAtWithoutAsking() {
        var desk = Self.desk()
        #expect(!desk.words().contains("Line at 1200"))
        #expect(desk.type("JJJJJJJ") == [])
        #expect(desk.words().contains("Line at 1000"))
        #expect(desk.words().contains("looking round, F follows"))
    }

    @Test func theRepReadsThatTheShopperWentToAnotherTab() {
        var desk = Self.desk()
        desk.page(7, sequence: 2, isKeyframe: true, .success(.keyframe(Self.view(id: 2))))
        #expect(!desk.words().contains("another tab"), "a page in the same tab")
        desk.page(7, sequence: 3, isKeyframe: true, .success(.keyframe(Self.view(id: 3, tab: "2"))))
        #expect(desk.words().contains("The shopper went to another tab: Long"))
    }

    @Test func oneKeyLeadsBackToTheShopper() {
        var desk = Self.desk()
        desk.press(.pageDown)
        #expect(!desk.words().contains("Line at 0 "))
        #expect(desk.words().contains("F follows"))
        desk.type("F")
        #expect(desk.words().contains("Line at 0"))
        #expect(desk.words().contains("follow on") && !desk.words().contains("F follows"))
    }

    @Test func aFlagSaysWhereTheShopperIs() {
        var desk = Self.desk()
        desk.press(.pageDown)
        desk.press(.pageDown)
        #expect(desk.words().contains("▲ the shopper is"))
        desk.type("F")
        desk.page(7, sequence: 2, isKeyframe: true, .success(.keyframe(Self.view(scrollY: 2400, reach: "[]"))))
        desk.press(.home)
        #expect(desk.words().contains("▼ the shopper is"))
    }

    @Test func whatTheRepLooksAtStandsStillWhileTheShopperScrolls() throws {
        var desk = Self.desk()
        desk.type("JJJJ")
        let before = desk.screen().lines().firstIndex { $0.contains("Line at 800") }
        let scroll = try ViewScroll(Array("[[0,0,300]]".utf8))
        desk.page(7, sequence: 2, isKeyframe: false, .success(.scroll(scroll)))
        #expect(before != nil)
        #expect(desk.screen().lines().firstIndex { $0.contains("Line at 800") } == before)
    }

    @Test func whatIsFixedStaysInTheShoppersViewport() {
        var desk = Self.desk()
        #expect(desk.words().contains("Fixed header"))
        desk.press(.pageDown)
        #expect(!desk.words().contains("Fixed header"))
    }

    @Test func whatWasNotSentIsHatchedAndAskedForOnceAtATime() throws {
        var desk = Self.desk()
        let looks = Self.looks(desk.press(.end))
        #expect(looks.count == 1)
        let look = try #require(looks.first)
        #expect(look.y <= 3200 && look.y + look.height >= 4000)
        #expect(desk.text().contains("░░░░"))
        #expect(Self.looks(desk.type("K")) == [], "too soon")
        #expect(Self.looks(desk.pass(LookAsked.intervalMin)).count == 1, "the place is another one now")
        #expect(Self.looks(desk.pass(.seconds(1))) == [])
        #expect(Self.looks(desk.pass(.seconds(1))).count == 1, "it has not come")
    }

    @Test func aPartThatCameIsDrawnAndKeptAliveWhileItIsLookedAt() {
        var desk = Self.desk()
        desk.press(.end)
        let all = Self.view(reach: "[[0,0,1280,1600],[0,2400,1280,1600]]", lines: 0..<20)
        #expect(desk.page(7, sequence: 2, isKeyframe: true, .success(.keyframe(all))) == [])
        #expect(desk.words().contains("Line at 3600"))
        #expect(!desk.text().contains("░░░░"))
        #expect(desk.model.deadline != nil)
        #expect(Self.looks(desk.pass(.seconds(9))) == [])
        #expect(Self.looks(desk.pass(.seconds(1))).count == 1)
        desk.type("F")
        #expect(Self.looks(desk.pass(.seconds(20))) == [])
    }

    @Test func anotherPageIsFollowedAgain() throws {
        var desk = Self.desk()
        desk.press(.pageDown)
        let delta = try ViewDelta(Array(#"{"page":{"id":2,"url":"https://shop.example/b","title":"B"}}"#.utf8))
        desk.page(7, sequence: 2, isKeyframe: false, .success(.delta(delta)))
        #expect(desk.words().contains("follow on"))
        #expect(desk.words().contains("The shopper went to another page; you follow again."))
    }

    @Test func aClickTellsWhatIsThereAndMarksIt() throws {
        var desk = Desk.watching(columns: 200, rows: 56)
        let scale = try #require(desk.model.sessions[0].scale)
        let cell = try #require(scale.cell(at: ViewPoint(x: 150, y: 322)))
        let place = Position(column: cell.column, row: cell.row + 2)
        let before = desk.screen()[place.column - 3, place.row]
        #expect(desk.hear(.click(place)) == [])
        #expect(desk.words().contains("Here: Place order, button"))
        #expect(desk.screen()[place.column - 3, place.row] != before)
        desk.hear(.click(place))
        #expect(!desk.words().contains("Here:"))
        #expect(desk.screen()[place.column - 3, place.row] == before)
    }

    @Test func aClickOnBareGroundTellsNothing() {
        var desk = Desk.watching(columns: 200, rows: 56)
        desk.hear(.click(Position(column: 150, row: 50)))
        #expect(!desk.words().contains("Here:"))
    }

    @Test func nothingIsAskedForAPageThatIsAway() {
        var desk = Self.desk()
        desk.hear(.control(.presence(Presence(session: .sample(1), state: .away))))
        #expect(Self.looks(desk.press(.end)) == [])
    }
}
