import PageView
import Terminal
import Testing

@testable import RepConsole

/// Looking inside a scroll container: lines of 40 px in a box of 160 px, of which 400 px were sent.
@Suite struct InsideStoryTests {
    private static func view(scrollY: Int = 200, layers: String = "") throws -> View {
        let lines = (1...16).map { "[\"t\",10,\($0 * 40),90,16,\"line \($0).\",255,0,16]" }.joined(separator: ",")
        let body = """
            {"page":{"id":1,"url":"https://shop.example/","title":"Shop"},"viewport":[1280,800],"size":[1280,2400],
             "ground":4294967295,
             "layers":[[0,0,0,0,0,1280,2400,0,0],[2,0,2,320,160,640,160,0,\(scrollY)]\(layers)],
             "blocks":[[1,2,0,0,[\(lines)]],[2,0,0,20,[["t",0,0,90,16,"On the page",255,0,16]]]]}
            """
        return try View(keyframe: Array(body.utf8))
    }

    private static func desk() throws -> Desk {
        var desk = Desk.watching(columns: 160, rows: 54)
        desk.page(7, sequence: 2, isKeyframe: true, .success(.keyframe(try self.view())))
        return desk
    }

    /// A cell of the screen inside the container.
    private static let over = Position(column: 60, row: 16)

    private static func shown(_ desk: inout Desk) -> [Int] {
        let words = desk.words()
        return (1...16).filter { words.contains("line \($0).") }
    }

    @Test func theWheelOverAContainerLooksInsideItAndTheShopperIsNotMoved() throws {
        var desk = try Self.desk()
        #expect(Self.shown(&desk) == [5, 6, 7, 8])
        #expect(desk.hear(.wheel(lines: 5, at: Self.over)).isEmpty)
        #expect(Self.shown(&desk) == [7, 8, 9, 10])
        #expect(desk.words().contains("▲ the shopper is 5 rows up · F follows"))
        #expect(desk.words().contains("looking inside, F follows"))
        #expect(desk.words().contains("On the page"))
        #expect(desk.model.shown?.isFollowing == true)
        #expect(desk.model.shown?.view?.layers.last?.scrollY == 200)
        desk.type("F")
        #expect(Self.shown(&desk) == [5, 6, 7, 8])
        #expect(desk.words().contains("follow on"))
    }

    @Test func whatIsAtItsEndLeavesTheWheelToThePage() throws {
        var desk = try Self.desk()
        for _ in 0..<12 { desk.hear(.wheel(lines: 3, at: Self.over)) }
        #expect(desk.model.shown?.isFollowing == false)
        #expect(desk.model.shown?.inside[2]?.y == 496)
        var other = try Self.desk()
        other.hear(.wheel(lines: 3, at: Position(column: 5, row: 40)))
        #expect(other.model.shown?.inside.isEmpty == true)
    }

    @Test func keysLookRoundInTheChosenContainer() throws {
        var desk = try Self.desk()
        desk.type("e")
        #expect(desk.words().contains("you look inside"))
        desk.press(.end)
        #expect(Self.shown(&desk) == [13, 14, 15, 16])
        desk.press(.home)
        #expect(Self.shown(&desk) == [1, 2, 3, 4])
        #expect(desk.words().contains("▼ the shopper is"))
        desk.type("e")
        desk.press(.down)
        #expect(desk.model.shown?.isFollowing == false)
        #expect(Self.shown(&desk) == [1, 2, 3, 4])
    }

    @Test func aPageWithoutContainersSaysSo() {
        var desk = Desk.watching()
        desk.type("e")
        #expect(desk.words().contains("Nothing here scrolls on its own."))
    }

    @Test func theShopperScrollsWithoutMovingWhatTheRepLooksAt() throws {
        var desk = try Self.desk()
        desk.hear(.wheel(lines: 5, at: Self.over))
        let scroll = try ViewScroll(Array("[[2,0,400]]".utf8))
        desk.page(7, sequence: 3, isKeyframe: false, .success(.scroll(scroll)))
        #expect(Self.shown(&desk) == [7, 8, 9, 10])
        #expect(desk.words().contains("▼ the shopper is"))
        // A container that is gone is forgotten; another page is looked at as it is.
        desk.page(7, sequence: 4, isKeyframe: true, .success(.keyframe(.sample())))
        #expect(desk.model.shown?.inside.isEmpty == true)
        #expect(!desk.words().contains("looking inside"))
    }

    @Test func theMouseAndTheSearchMeanWhatTheRepSees() throws {
        var desk = try Self.desk()
        desk.hear(.wheel(lines: 5, at: Self.over))
        desk.type("/line 9.")
        #expect(desk.words().contains("1 of 1"))
        let rect = try #require(desk.model.shown?.find?.match?.rect)
        #expect(desk.model.shown?.shownView?.hit(at: ViewPoint(x: rect.midX, y: rect.midY))?.name == "line 9.")
    }

    @Test func aContainerScrollsOverWhatWasSentOfIt() throws {
        let view = try Self.view(layers: ",[3,2,4,0,0,10,10,0,0],[4,3,2,0,900,100,50,0,0],[5,0,1,0,0,10,10,0,0]")
        let range = try #require(view.scrollRange(of: 2))
        #expect(range.least == ViewPoint(x: 0, y: 40) && range.most == ViewPoint(x: 0, y: 790))
        #expect(view.scrollRange(of: 0) == nil && view.scrollRange(of: 9) == nil)
        #expect(view.scrollers(at: ViewPoint(x: 330, y: 170)) == [2])
        #expect(view.scrollers(at: ViewPoint(x: 5, y: 5)).isEmpty)
        #expect(view.scrolled(to: [9: ViewPoint(x: 1, y: 1)]) == view)
    }
}
