import PageView
import Terminal
import Testing

@testable import RepConsole

@Suite struct PagePainterTests {
    /// 10 px print (lines lower than 12 px) is longer in cells than in px by half: its words stand whole, but not near
    /// their px.
    @Test(arguments: [("basket", 0.75, 0.96), ("listing", 0.94, 0.94), ("account", 0.97, 0.97)])
    func theWordsOfARealPageStandWholeNearTheirPixels(name: String, all: Double, readable: Double) throws {
        let fixture = try PageFixture(name)
        let paint = PagePainter.paint(fixture.view, zoom: .readable, size: ScreenSize(columns: 200, rows: 53))
        let missing = fixture.missingWords(in: paint)
        let print = fixture.words.filter { $0.rect.height >= 12 }
        let missingPrint = missing.filter { $0.rect.height >= 12 }
        let share = 1 - Double(missing.count) / Double(fixture.words.count)
        let printShare = 1 - Double(missingPrint.count) / Double(print.count)
        Swift.print(
            "\(name): \(share) of \(fixture.words.count) words near px, \(printShare) of \(print.count) above 10;",
            paint.report.sentence)
        #expect(share >= all)
        #expect(printShare >= readable)
        #expect(Double(paint.report.placed) >= 0.97 * Double(paint.report.words))
    }

    @Test(arguments: PageFixture.shop)
    func theWordsOfTheShopStandInTheirPlaces(name: String) throws {
        let fixture = try PageFixture(name)
        let paint = PagePainter.paint(fixture.view, zoom: .readable, size: ScreenSize(columns: 200, rows: 52))
        let missing = fixture.missingWords(in: paint)
        let share = 1 - Double(missing.count) / Double(fixture.words.count)
        Swift.print("\(name): \(share) of \(fixture.words.count) words;", missing.map(\.text), paint.report.sentence)
        #expect(share >= (name.hasSuffix("-foot") ? 0.95 : 0.98))
    }

    @Test func aTextFieldIsItsValueBetweenEdgesOnOneRow() throws {
        let paint = try Self.paint(
            "[\"f\",0,16,160,16,\"text\",0,\"SW1A\",\"\",4294967295,[1,255],255,16]")
        #expect(paint.screen.line(1) == "▏SW1A              ▕")
        #expect(paint.screen[3, 1].background == Colour(rgb: 0xFFFFFF))
    }

    @Test func aMaskedFieldSaysSoAndAnEmptyOneShowsItsHint() throws {
        let paint = try Self.paint(
            """
            ["f",0,0,160,16,"password",0,"","",0,0,255,16],["f",0,32,160,16,"text",96,"","07…",0,0,255,16],
            ["f",0,64,64,16,"text",32,"","",0,0,255,16]
            """)
        #expect(paint.screen.line(0) == "▏▒▒▒▒ masked       ▕")
        #expect(paint.screen.line(2) == "▏07…               ▕")
        #expect(paint.screen.line(4) == "▏▒▒▒▒  ▕")
        #expect(paint.screen[1, 2].foreground != Colour(rgb: 0))
    }

    @Test func aWordReadFromRightToLeftIsTurnedForCells() throws {
        let word = "\u{5E9}\u{5DC}\u{5D5}\u{5DD}"
        let paint = try Self.paint("[\"t\",0,0,40,16,\"\(word)\",255,512,16],[\"t\",0,32,40,16,\"word\",255,0,16]")
        #expect(paint.screen.line(0) == String(word.reversed()))
        #expect(paint.screen.line(2) == "word")
    }

    @Test func checksRadiosAndSelectsAreCharacters() throws {
        let paint = try Self.paint(
            """
            ["f",0,0,16,16,"check",4,"","",0,0,255,16],["t",32,0,40,16,"News",255,0,16],
            ["f",0,32,16,16,"check",256,"","",0,0,255,16],["f",48,32,16,16,"radio",4,"","",0,0,255,16],
            ["f",0,64,120,16,"select",0,"Estonia","",0,[1,255],255,16]
            """)
        #expect(paint.screen.line(0) == "[x] News")
        #expect(paint.screen.line(2) == "[-]   (•)")
        #expect(paint.screen.line(4) == "▏Estonia     ▾▕")
    }

    /// The label has no room on its own row; and each of two marks near one another has its own label.
    @Test func aRadioButtonStandsOnTheRowOfItsLabel() throws {
        let radio = { (y: Int, state: Int) in "[\"f\",8,\(y),12,12,\"radio\",\(state),\"\",\"\",0,[1,255],255,14]" }
        let words = { (y: Int, word: String) in "[\"t\",40,\(y),60,20,\"\(word)\",255,0,14]" }
        let screen = try Self.paint(
            [radio(4, 4), radio(14, 0), words(0, "Small"), words(10, "Medium")].joined(separator: ",")
        ).screen
        let lines = screen.lines().filter { !$0.isEmpty }
        #expect(lines == [" (•) Small", " ( ) Medium"])
        let moved = try Self.paint(
            "[\"f\",0,5,12,12,\"radio\",4,\"\",\"\",0,[1,255],255,14],[\"t\",32,0,60,6,\"Above it\",255,0,6],"
                + "[\"t\",32,7,60,8,\"Large\",255,0,8]"
        ).screen
        #expect(moved.line(0) == "    Above it" && moved.line(1) == "(•) Large", "\(moved.lines())")
    }

    @Test func aRefusedFieldHasARedBorder() throws {
        let paint = try Self.paint("[\"f\",0,16,160,16,\"text\",8,\"x\",\"\",0,[1,255],255,16]")
        #expect(paint.screen[0, 1].foreground.rgb == PageTheme.dark.invalid.rgb)
    }

    @Test func aButtonFillsWholeRowsAndCentresItsLabel() throws {
        let paint = try Self.paint(
            "[\"b\",0,10,160,28,3830918911,0,6],[\"t\",50,16,60,16,\"Pay now\",4294967295,257,16]")
        #expect(paint.screen.line(1) == "      Pay now")
        let fill = Colour(rgb: 0xE4572E)
        #expect(paint.screen[0, 1].background == fill && paint.screen[19, 1].background == fill)
        #expect(paint.screen[8, 1].attributes.contains(.bold))
    }

    @Test func anOpaqueBoxErasesInkOnlyInCellsItCoversWhole() throws {
        let paint = try Self.paint(
            "[\"t\",0,0,160,16,\"one two three four\",255,0,16],"
                + "[\"b\",36,0,44,16,4294967295],[\"b\",84,20,4,4,4294967295]"
        )
        #expect(!paint.screen.text().contains("two"))
        #expect(paint.screen.text().contains("one") && paint.screen.text().contains("four"))
    }

    @Test func twoLinesOfOneRowStandOnTwoRowsInTheirOrder() throws {
        let paint = try Self.paint(
            "[\"t\",0,16,100,7,\"first of all\",255,0,7],[\"t\",0,23,100,7,\"second line\",255,0,7]")
        let lines = paint.screen.lines().filter { !$0.isEmpty }
        #expect(lines == ["first of all", "second line"])
        #expect(paint.report == PageReport(placed: 5, cut: 0, dropped: 0))
    }

    @Test func whatHasNoRoomIsCutOrDroppedAndCounted() throws {
        let lines = (0..<12).map { "[\"t\",0,\($0 * 2),160,2,\"a line of many words here\",255,0,4]" }
        let paint = try Self.paint(lines.joined(separator: ","))
        #expect(paint.report.words == 72)
        #expect(paint.report.dropped > 0)
        #expect(paint.report.placed > 0)
    }

    @Test func aRightAlignedPriceKeepsItsRightEdge() throws {
        let paint = try Self.paint("[\"t\",120,0,40,16,\"£1,113.00\",255,64,16]")
        #expect(paint.screen.line(0) == String(repeating: " ", count: 11) + "£1,113.00")
    }

    @Test func aWideLetterIsNeverCutInHalf() throws {
        let paint = try Self.paint(
            "[\"t\",120,0,40,16,\"東京都東京都東京都東京都\",255,0,16],[\"f\",0,32,48,16,\"text\",0,\"東京都\",\"\",0,0,255,16]")
        for row in 0..<paint.screen.rows {
            for column in 0..<paint.screen.columns where paint.screen[column, row].width == 2 {
                #expect(paint.screen[column + 1, row].width == 0)
            }
        }
        #expect(paint.screen.line(2).hasSuffix("▕"))
    }

    @Test func aPictureShowsItsColoursAndItsWordsCanBeReadOnThem() throws {
        let paint = try Self.paint(
            "[\"i\",0,0,160,160,\"image\",\"A red shoe\",2155905279,2,\"f00ff00f00ff00ff\"]")
        let (upper, _) = paint.screen.halves(column: 2, row: 0)
        let (_, lower) = paint.screen.halves(column: 17, row: 9)
        #expect(upper == Colour(rgb: 0xFF0000) && lower == Colour(rgb: 0x0000FF))
        let row = try #require((0..<10).first { paint.screen.line($0).contains("A red shoe") })
        let cell = paint.screen[8, row]
        #expect(abs(cell.foreground.luminance - cell.background.luminance) >= PageCanvas.contrastMin)
    }

    @Test func whatIsClearInAPictureShowsTheGround() throws {
        let paint = try Self.paint(
            "[\"b\",0,0,160,160,255],[\"i\",0,0,160,160,\"image\",\"\",0,1,\"fff0\"]")
        #expect(paint.screen.halves(column: 5, row: 5).upper == Colour(rgb: 0))
    }

    @Test(arguments: [
        (180, 0, 0, 0, 9), (0, 0, 9, 0, 0), (90, 0, 0, 19, 0), (270, 19, 0, 0, 0),
    ])
    func aGradientRunsInItsDirection(
        turn: Int, firstColumn: Int, firstRow: Int, lastColumn: Int, lastRow: Int
    ) throws {
        let paint = try Self.paint("[\"b\",0,0,160,160,2155905279,0,0,0,[\(turn),255,4294967295]]")
        let first = paint.screen.halves(column: firstColumn, row: firstRow).upper
        let last = paint.screen.halves(column: lastColumn, row: lastRow).lower
        let middle = paint.screen.halves(column: 10, row: 5).upper
        #expect(first.luminance < 24 && last.luminance > 231, "\(first) to \(last)")
        #expect((100...155).contains(Int(middle.luminance)))
    }

    @Test func aLineThatThePageCutEndsInAMark() throws {
        let paint = try Self.paint("[\"t\",0,0,100,16,\"Langdale Pro with\",255,128,14]")
        #expect(paint.screen.line(0).hasSuffix("with…"))
    }

    @Test func videosAndDrawingsSayWhatTheyAre() throws {
        let paint = try Self.paint(
            "[\"i\",0,0,160,48,\"video\",\"\",4278190335],[\"i\",0,64,160,48,\"canvas\",\"Sizes\",0]")
        #expect(paint.screen.text().contains("▷ video") && paint.screen.text().contains("drawing: Sizes"))
    }

    @Test func aScrollContainerSaysHowMuchMoreThereIs() throws {
        let view = try View(
            keyframe: Array(
                """
                {"page":{"id":1,"url":"","title":""},"viewport":[160,160],"size":[160,160],"ground":4294967295,
                "layers":[[0,0,0,0,0,160,160,0,0],[1,0,2,0,16,160,64,0,32]],
                "blocks":[[1,1,0,0,[["t",0,48,40,16,"seen",255,0,16],["t",0,240,40,16,"below",255,0,16]]]]}
                """.utf8))
        let scale = PageScale(
            cellWidth: 8, cellHeight: 16, origin: ViewPoint(x: 0, y: 0), size: ScreenSize(columns: 20, rows: 10))
        let screen = PagePainter.paint(view, scale: scale).screen
        #expect(screen.line(1).hasSuffix("▴ 2") && screen.line(4).hasSuffix("▾ 10+"))
        #expect(screen.line(2) == "seen" && !screen.text().contains("below"))
    }

    @Test func hatchesAndFramesSayThatTheyAreNotShown() throws {
        let paint = try Self.paint(
            "[\"b\",0,0,160,48,0,0,0,1],[\"i\",0,64,160,48,\"frame\",\"bank\",0]")
        #expect(paint.screen.line(0).hasPrefix("▒▒▒"))
        #expect(paint.screen.text().contains("not shown"))
        #expect(paint.screen.text().contains("bank, not shown"))
    }

    @Test func lettersAsPaleAsTheirGroundArePushedUntilTheyCanBeRead() throws {
        let paint = try Self.paint("[\"t\",0,0,60,16,\"Pale\",4278124287,0,16]")
        #expect(abs(paint.screen[0, 0].foreground.luminance - 255) >= PageCanvas.contrastMin)
    }

    @Test func escapesAndPrivateUseNeverReachACell() throws {
        let paint = try Self.paint(
            "[\"t\",0,0,100,16,\"a\\u001b[2Jb \\ue000 \\u202ec\",255,0,16]")
        let text = paint.screen.text()
        #expect(
            !text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0xE000 || $0.value == 0x202E })
        #expect(text.contains("◇"))
    }

    @Test func noPlaceOrSizeTrapsThePainter() throws {
        var dice = 1
        func roll(_ values: [Int]) -> Int {
            dice = (dice * 48271) % 2_147_483_647
            return values[dice % values.count]
        }
        let places = [-10_000_000, -300, -1, 0, 7, 150, 299, 10_000_000]
        let lengths = [0, 1, 7, 90, 400, 10_000_000]
        for _ in 0..<120 {
            let items = (0..<12).map { index -> String in
                let rect = "\(roll(places)),\(roll(places)),\(roll(lengths)),\(roll(lengths))"
                switch index % 6 {
                case 0:
                    return "[\"b\",\(rect),\(roll([0, 255, 128, 4294967295])),[\(roll([0, 1, 9])),255],3,\(index / 6)]"
                case 1: return "[\"t\",\(rect),\"some words 東京 here\",255,\(roll([0, 1, 32, 64, 256])),14]"
                case 2: return "[\"m\",\(rect),\"card\",255,14]"
                case 3: return "[\"i\",\(rect),\"\(["image", "frame"][index / 6])\",\"words for it\",255]"
                case 4: return "[\"f\",\(rect),\"area\",0,\"a value of words\",\"\",255,[1,255],255,14]"
                default: return "[\"f\",\(rect),\"\(["check", "text"][index / 6])\",32,\"\",\"\",255,0,255,14]"
                }
            }
            for size in [ScreenSize(columns: 1, rows: 1), ScreenSize(columns: 33, rows: 9)] {
                let view = try Self.view(items.joined(separator: ","))
                for zoom in [Zoom.fit, .readable, .cell(width: 3)] {
                    let pan = ViewPoint(x: Double(roll(places)), y: Double(roll([0, -40, 90])))
                    #expect(PagePainter.paint(view, zoom: zoom, pan: pan, size: size).screen.size == size)
                }
            }
        }
    }

    private static func view(_ items: String) throws -> View {
        try View(
            keyframe: Array(
                """
                {"page":{"id":1,"url":"","title":""},"viewport":[160,160],"size":[160,160],"ground":4294967295,
                "layers":[[0,0,0,0,0,160,160,0,0]],"blocks":[[1,0,0,0,[\(items)]]]}
                """.utf8))
    }

    /// A page of 160 by 160 px in 20 by 10 cells of 8 by 16 px.
    static func paint(_ items: String) throws -> PagePaint {
        let scale = PageScale(
            cellWidth: 8, cellHeight: 16, origin: ViewPoint(x: 0, y: 0), size: ScreenSize(columns: 20, rows: 10))
        return PagePainter.paint(try self.view(items), scale: scale)
    }
}
