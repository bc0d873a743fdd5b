import PageView
import Terminal
import Testing
import Wire

@testable import RepConsole

/// What the rep asks of the shopper's page: another tab, a finer picture.
@Suite struct AskStoryTests {
    private static func view(_ tabs: String, image: String = "") -> View {
        let body = """
            {"page":{"id":1,"url":"https://shop.example/","title":"Shop","tabs":\(tabs)},"viewport":[1280,800],
             "size":[1280,800],"ground":4294967295,"layers":[[0,0,0,0,0,1280,800,0,0]],
             "blocks":[[1,0,0,0,[["t",0,700,120,20,"Words",255,0,16]\(image)]]]}
            """
        guard let view = try? View(keyframe: Array(body.utf8)) else { preconditionFailure("our own body is a view") }
        return view
    }

    private static func desk(_ view: View) -> Desk {
        var desk = Desk.open(columns: 160, rows: 54)
        desk.press(.enter)
        desk.seat(1, number: 7)
        desk.page(7, sequence: 1, isKeyframe: true, .success(.keyframe(view)))
        return desk
    }

    private static let two = #"[[11,"Basket","https://shop.example/basket"],[12,"","https://shop.example/sizes"]]"#

    private static func asked(_ thing: Ask.Thing) -> [Effect] { [.send(.ask(number: 7, Ask(thing)))] }

    @Test func theRepChoosesAmongTheShoppersTabsAndAsksForOne() {
        var desk = Self.desk(Self.view(Self.two))
        #expect(desk.words().contains("2 other tabs, t lists"))
        desk.type("t")
        #expect(desk.words().contains("▸ 1 Basket /basket"))
        #expect(desk.words().contains("2 shop.example/sizes"))
        desk.type("jj")
        #expect(desk.words().contains("▸ 2"))
        #expect(desk.press(.enter) == Self.asked(.tab(12)))
        #expect(desk.words().contains("The shopper is asked to open the tab: shop.example/sizes"))
        #expect(!desk.words().contains("▸"))
        #expect(desk.type("t1") == Self.asked(.tab(11)))
        #expect(desk.type("tjk") == [])
        #expect(desk.press(.enter) == Self.asked(.tab(11)))
    }

    @Test func escapeAsksForNothingAndStaysInTheSession() {
        var desk = Self.desk(Self.view(Self.two))
        desk.type("t")
        #expect(desk.press(.escape) == [])
        #expect(!desk.words().contains("▸") && desk.model.shownIndex == 0)
        desk.type("t")
        #expect(desk.hear(.key(.control("c"))) == [])
        #expect(desk.words().contains("Press Ctrl-C again"))
    }

    @Test func aTabThatClosesLeavesTheList() {
        var desk = Self.desk(Self.view(Self.two))
        desk.type("tj")
        let one = Self.view(#"[[11,"Basket","https://shop.example/basket"]]"#)
        desk.page(7, sequence: 2, isKeyframe: true, .success(.keyframe(one)))
        #expect(desk.words().contains("▸ 1 Basket") && desk.words().contains("1 other tab, t lists"))
        desk.page(7, sequence: 3, isKeyframe: true, .success(.keyframe(Self.view("[]"))))
        #expect(!desk.words().contains("▸"))
        desk.type("t")
        #expect(desk.words().contains("The shopper has no other tab of this shop"))
    }

    @Test func theRepReadsWhatBecameOfTheAsk() {
        var desk = Self.desk(Self.view(Self.two))
        let words: [(Answer.Word, String)] = [
            (.yes, "goes to the tab"), (.no, "would rather not"), (.lapsed, "did not go"), (.gone, "is closed"),
        ]
        for (word, sentence) in words {
            desk.hear(.control(.answer(number: 7, Answer(ask: 1, word: word))))
            #expect(desk.words().contains(sentence))
        }
        desk.hear(
            .control(
                .refused(Refused(what: .ask, session: .sample(1), why: .capacity, text: "You ask too often."))))
        #expect(desk.words().contains("You ask too often.") && desk.words().contains("Words"))
    }

    @Test func aPictureThatIsPointedAtIsAskedForOnce() {
        let place = #""i",0,0,640,400,"image","A shoe",255"#
        var desk = Self.desk(Self.view("[]", image: ",[\(place),1,\"f00f\",5]"))
        desk.type("i")
        #expect(desk.words().contains("Point at a picture"))
        desk.hear(.hover(Position(column: 20, row: 10)))
        #expect(desk.type("i") == Self.asked(.picture(5)))
        #expect(desk.words().contains("A finer picture is asked for."))
        #expect(desk.type("i") == Self.asked(.picture(5)), "the mouse is there still")
        desk.hear(.hover(Position(column: 20, row: 53)))
        #expect(desk.type("i") == [], "the mouse has left the page")
        desk.hear(.click(Position(column: 20, row: 10)))
        #expect(desk.type("i") == Self.asked(.picture(5)), "what was clicked on counts for the mouse")
        let fine = Self.view("[]", image: ",[\(place),1,\"f00f\",5,2,\"f00f0f0f00ffffff\"]")
        desk.page(7, sequence: 2, isKeyframe: true, .success(.keyframe(fine)))
        desk.hear(.hover(Position(column: 20, row: 10)))
        #expect(desk.type("i") == [])
        #expect(desk.words().contains("as fine as the picture comes"))
        let tainted = Self.view("[]", image: ",[\(place)]")
        desk.page(7, sequence: 3, isKeyframe: true, .success(.keyframe(tainted)))
        desk.hear(.hover(Position(column: 20, row: 10)))
        #expect(desk.type("i") == [])
        #expect(desk.words().contains("does not let that picture be read"))
    }
}
