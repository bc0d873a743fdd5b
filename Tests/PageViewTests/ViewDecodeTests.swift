import PageView
import Testing

@Suite struct ViewDecodeTests {
    @Test func aMaskedControlKeepsNoValueWhateverThePeerSent() throws {
        let view = try ViewSamples.view(
            blocks: """
                [1,0,0,0,[["f",0,0,90,20,"text",32,"secret","",0,0,255,14],
                ["f",0,30,90,20,"password",0,"hunter2","",0,0,255,14]]]
                """)
        for case .control(let control) in view.blocks[0].items {
            #expect(control.value.isEmpty)
            #expect(control.hidesValue)
        }
        #expect(view.matches(of: "hunter2").isEmpty)
        #expect(!view.plainText().contains("secret"))
    }

    @Test func allMembersOfItemsAreRead() throws {
        let view = try ViewSamples.view(
            blocks: """
                [7,0,5,6,[["b",1,2,3,4,4278190335,[1,255,2,254,3,253,4,252],5,1],["m",0,0,16,8,"iban",255,14],
                ["i",0,0,9,9,"video","A film",255],["f",0,0,9,9,"select",3,"UK","Country",1,[2,9],255,14,"Land"]]]
                """)
        let items = view.blocks[0].items
        guard case .box(let box) = items[0], case .masked(let masked) = items[1], case .image(let image) = items[2],
            case .control(let control) = items[3]
        else {
            Issue.record("wrong kinds")
            return
        }
        #expect(box.border.left == ViewEdge(width: 4, colour: ViewColour(rgba: 252)))
        #expect(box.radius == 5 && box.isHatched && box.fill.rgb == 0xFF0000 && box.fill.isOpaque)
        #expect(masked.kind == .iban)
        #expect(image.kind == .video && image.alternative == "A film")
        #expect(control.kind == .select && control.value == "UK" && control.name == "Land")
        #expect(control.state == [.focused, .disabled] && control.border.top.width == 2)
        #expect(view.itemCount == 4)
    }

    @Test func eachLimitHoldsAndOnePastItIsRefused() throws {
        let text = String(repeating: "a", count: ViewLimits.textBytesMax)
        #expect(throws: Never.self) { try ViewSamples.view(blocks: self.line(text)) }
        #expect(throws: ViewError.textTooLong) { try ViewSamples.view(blocks: self.line(text + "a")) }

        let layers = (0..<ViewLimits.layerCountMax).map { "[\($0),0,\($0 == 0 ? 0 : 4),0,0,1,1,0,0]" }
        #expect(throws: Never.self) { try ViewSamples.view(layers: layers.joined(separator: ","), blocks: "") }
        let tooMany = layers + ["[999,0,4,0,0,1,1,0,0]"]
        #expect(throws: ViewError.tooMany) { try ViewSamples.view(layers: tooMany.joined(separator: ","), blocks: "") }

        let blocks = (1...ViewLimits.blockCountMax).map { "[\($0),0,0,0,[]]" }
        #expect(throws: Never.self) { try ViewSamples.view(blocks: blocks.joined(separator: ",")) }
        let oneMore = blocks + ["[9000,0,0,0,[]]"]
        #expect(throws: ViewError.tooMany) { try ViewSamples.view(blocks: oneMore.joined(separator: ",")) }

        let items = [String](repeating: "[\"z\"]", count: ViewLimits.blockItemCountMax)
        #expect(throws: Never.self) { try ViewSamples.view(blocks: "[1,0,0,0,[\(items.joined(separator: ","))]]") }
        let extra = (items + ["[\"z\"]"]).joined(separator: ",")
        #expect(throws: ViewError.tooMany) { try ViewSamples.view(blocks: "[1,0,0,0,[\(extra)]]") }
    }

    /// Takes the numbers and refuses what is one past each.
    private func taken(
        upTo most: Int, refused error: ViewError, _ read: (Int) throws -> Void
    ) {
        #expect(throws: Never.self) { try read(most) }
        #expect(throws: error) { try read(most + 1) }
    }

    @Test func aPageHasSoManyTabsAndRectanglesOfReachAndNoMore() {
        let whole = ViewSamples.keyframe(blocks: "")
        self.taken(upTo: ViewLimits.reachCountMax, refused: .tooMany) { count in
            let reach = Array(repeating: "[0,0,1,1]", count: count).joined(separator: ",")
            _ = try View(keyframe: Array((whole.dropLast() + ",\"reach\":[\(reach)]}").utf8))
        }
        self.taken(upTo: ViewLimits.tabCountMax, refused: .tooMany) { count in
            let tabs = (1...count).map { "[\($0),\"Shop\",\"/\"]" }.joined(separator: ",")
            let text = whole.replacing("\"language\"", with: "\"tabs\":[\(tabs)],\"language\"")
            #expect(text != whole)
            _ = try View(keyframe: Array(text.utf8))
        }
    }

    @Test func aPlaceIsSoFarOutAndNoFurther() throws {
        for (place, isTaken) in [(ViewLimits.coordinateMax, true), (ViewLimits.coordinateMax + 1, false)] {
            for sign in ["", "-"] {
                let block = "[1,0,\(sign)\(Int(place)),0,[]]"
                if isTaken {
                    #expect(throws: Never.self) { try ViewSamples.view(blocks: block) }
                } else {
                    #expect(throws: ViewError.badNumber) { try ViewSamples.view(blocks: block) }
                }
            }
        }
    }

    @Test(arguments: [
        (0, ViewLimits.imageColumnsMax, ViewLimits.imageColourCountMax),
        (3, ViewLimits.fineColumnsMax, ViewLimits.fineColourCountMax),
    ])
    func aPictureHasSoManyColumnsAndColoursAndNoMore(_ skipped: Int, _ columnsMax: Int, _ countMax: Int) {
        func read(columns: Int, colours: Int) throws {
            // The finer one stands behind the coarse one and the picture's number.
            let before = skipped == 0 ? "" : "0,\"\",7,"
            let digits = String(repeating: "0", count: 4 * colours)
            _ = try ViewSamples.view(
                blocks: "[1,0,0,0,[[\"i\",0,0,9,9,\"image\",\"\",255,\(before)\(columns),\"\(digits)\"]]]")
        }
        self.taken(upTo: columnsMax, refused: .badNumber) { try read(columns: $0, colours: $0) }
        self.taken(upTo: countMax, refused: .tooMany) { try read(columns: 1, colours: $0) }
    }

    @Test func aDeltaThatWouldGrowTheViewPastALimitIsRefused() throws {
        let blocks = (1...ViewLimits.blockCountMax).map { "[\($0),0,0,0,[]]" }
        var view = try ViewSamples.view(blocks: blocks.joined(separator: ","))
        let delta = try ViewDelta(Array("{\"blocks\":[[9000,0,0,0,[]]]}".utf8))
        #expect(throws: ViewError.tooMany) { try view.apply(delta) }
        #expect(view.blocks.count == ViewLimits.blockCountMax)
    }

    @Test func noBytesTrapTheDecoderOrThePlacing() throws {
        let seed = Array(
            ViewSamples.keyframe(
                layers: "[0,0,0,0,0,400,300,0,9],[1,0,2,5,5,90,90,3,3],[2,1,4,1,1,5,5,0,0,50]",
                blocks: """
                    [1,0,0,0,[["b",0,0,9,9,255,[1,255],3,1],
                    ["t",1,1,50,16,"Hello wörld",255,1,14],["m",0,0,8,8,"card",255,14]]],
                    [2,2,0,0,[["i",0,0,9,9,"frame","x",0],["f",0,0,50,20,"check",4,"","",0,0,255,14,"Name"]]]
                    """
            ).utf8)
        var dice = ViewSamples.Dice(state: 7)
        let splices = ["1e308", "-1", "[", "]", "null", "\"", "99999999", "0.5", "{", "65536", ",", "\\ud800"]
        var whole = 0
        for _ in 0..<3000 {
            var bytes = seed
            for _ in 0...dice.roll(3) {
                let place = dice.roll(bytes.count)
                switch dice.roll(3) {
                case 0: bytes[place] = UInt8(dice.roll(256))
                case 1: bytes.removeSubrange(place..<min(place + dice.roll(9), bytes.count))
                default: bytes.insert(contentsOf: splices[dice.roll(splices.count)].utf8, at: place)
                }
            }
            if let view = try? View(keyframe: bytes) {
                whole += 1
                _ = view.placedItems(in: view.viewportRect).count + view.readingLines().count
                _ = view.visibleWords(in: view.viewportRect).count + view.matches(of: "o").count
            }
            _ = try? ViewDelta(bytes)
            _ = try? ViewScroll(bytes)
        }
        #expect(whole > 100)
    }

    private func line(_ text: String) -> String { "[1,0,0,0,[[\"t\",0,0,9,9,\"\(text)\",255,0,14]]]" }
}
