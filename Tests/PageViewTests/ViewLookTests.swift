import PageView
import Testing

@Suite struct ViewLookTests {
    private let blocks = """
        [1,0,10,10,[["b",0,0,200,100,4294967295],["t",5,5,100,16,"Your basket",255,1,24],
        ["t",5,30,20,16,"Agree to our",255,0,14],
        ["t",27,30,30,16,"terms",255,20,14],
        ["f",5,60,80,20,"text",8,"SW1","",0,0,255,14,"Postcode"]]],
        [2,0,10,150,[["b",0,0,90,30,4278190335],["t",10,8,70,14,"Place order",255,288,14]]]
        """

    @Test func theTopmostThingAtAPointIsHitAndNamed() throws {
        let view = try ViewSamples.view(blocks: self.blocks)
        #expect(view.hit(at: ViewPoint(x: 20, y: 75))?.name == "Postcode")
        #expect(view.hit(at: ViewPoint(x: 12, y: 152))?.name == "Place order")
        #expect(view.hit(at: ViewPoint(x: 40, y: 45))?.name == "terms")
        #expect(view.hit(at: ViewPoint(x: 12, y: 105))?.name == "")
        #expect(view.hit(at: ViewPoint(x: 390, y: 290)) == nil)
    }

    @Test func aClippedItemIsNotHitOutsideItsClip() throws {
        let view = try ViewSamples.view(
            layers: "[0,0,0,0,0,400,300,0,0],[1,0,2,0,0,50,50,0,0]",
            blocks: "[1,1,0,0,[[\"t\",0,40,50,40,\"Half\",255,0,14]]]")
        #expect(view.hit(at: ViewPoint(x: 5, y: 45)) != nil)
        #expect(view.hit(at: ViewPoint(x: 5, y: 60)) == nil)
    }

    @Test func searchFindsPartsOfLinesWithoutRegardToCase() throws {
        let view = try ViewSamples.view(blocks: self.blocks)
        let match = try #require(view.matches(of: "BASKET").first)
        #expect(match.line == "Your basket" && match.block == 1 && match.index == 1)
        #expect(match.rect.x > 50 && match.rect.right < 116 && match.rect.y == 15)
        #expect(view.matches(of: "sw1").count == 1)
        #expect(view.matches(of: "").isEmpty)
    }

    @Test func readingJoinsPiecesOfALineAndNamesRoles() throws {
        let lines = try ViewSamples.view(blocks: self.blocks).readingLines()
        #expect(
            lines.map(\.text) == ["Your basket", "Agree to our terms", "Postcode: SW1 (refused)", "[ Place order ]"])
        #expect(lines.map(\.role) == [.heading, .text, .control, .button])
    }

    @Test func aDialogIsReadFirst() throws {
        let view = try ViewSamples.view(
            layers: "[0,0,0,0,0,400,300,0,0],[1,0,3,10,10,100,100,0,0]",
            blocks: "[1,0,0,0,[[\"t\",0,0,50,16,\"Page\",255,0,14]]],[2,1,0,0,[[\"t\",0,0,50,16,\"Dialog\",255,0,14]]]")
        #expect(view.plainText() == "Dialog\nPage")
    }

    @Test func wordsUnderALaterOpaqueBoxAreNotVisible() throws {
        let view = try ViewSamples.view(
            blocks: """
                [1,0,0,0,[["t",0,0,200,16,"left right",255,0,14],["b",100,0,200,50,4294967295],["b",0,0,99,16,64]]]
                """)
        #expect(view.visibleWords(in: view.viewportRect).map(\.text) == ["left"])
    }

    @Test func wordsStandInTheirLineByTheSharesOfTheirLetters() throws {
        let text = try ViewSamples.view(blocks: "[1,0,0,0,[[\"t\",10,0,100,16,\"mm ii\",255,0,14]]]").placedItems(
            in: .everything)[0]
        guard case .text(let line) = text.item else { return }
        let words = line.words(in: text.rect)
        #expect(words.map(\.text) == ["mm", "ii"])
        #expect(words[0].rect.x == 10 && words[0].rect.width > 3 * words[1].rect.width)
        #expect(abs(words[1].rect.right - 110) < 0.01)
    }

    @Test func opacityOfAncestorsMultiplies() throws {
        let view = try ViewSamples.view(
            layers: "[0,0,0,0,0,400,300,0,0],[1,0,4,0,0,50,50,0,0,50],[2,1,4,5,5,50,50,0,0,50]",
            blocks: "[1,2,1,1,[[\"t\",0,0,50,16,\"Pale\",255,0,14]]]")
        let placed = try #require(view.placedItems(in: .everything).first)
        #expect(placed.opacity == 0.25 && placed.rect.x == 6)
    }

    @Test func theCommonTextSizeIsWeighedByLetters() throws {
        #expect(try ViewSamples.view(blocks: self.blocks).commonTextSize == 14)
        #expect(try ViewSamples.view(blocks: "").commonTextSize == 16)
    }
}
