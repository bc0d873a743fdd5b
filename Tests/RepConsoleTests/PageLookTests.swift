import PageView
import Terminal
import Testing

@testable import RepConsole

/// What screenshots beside the browser's showed: headings, tables, borders beside words, right to left, lost lines.
@Suite struct PageLookTests {
    @Test func theWordsOfAHeadingStandTogether() throws {
        let paint = try Self.paint("[\"t\",0,0,156,32,\"Spring sale\",255,1,30],[\"t\",0,48,150,16,\"a b\",255,0,16]")
        #expect(paint.screen.lines().contains("Spring sale"))
        #expect(paint.screen.line(3) != "a b", "other words stand where their px are")
    }

    @Test func piecesThatTouchAreOneWord() throws {
        let paint = try Self.paint(
            "[\"t\",0,0,60,28,\"£129\",255,1,24],[\"t\",60,6,20,14,\".99\",255,0,12],"
                + "[\"t\",96,0,60,28,\"£159\",255,8,24]")
        #expect(paint.screen.lines().first { $0.contains("129") }?.hasPrefix("£129.99     £159") == true)
    }

    @Test func cellsOfATableShareTheirLines() throws {
        let cell = { (x: Int, y: Int, word: String) in
            "[\"b\",\(x),\(y),48,32,0,[1,3149642751]],[\"t\",\(x + 8),\(y + 16),24,14,\"\(word)\",255,0,14]"
        }
        let paint = try Self.paint(
            [cell(8, 16, "UK"), cell(56, 16, "EU"), cell(8, 48, "7"), cell(56, 48, "41")].joined(separator: ","))
        let lines = paint.screen.lines()
        #expect(lines.filter { $0.contains("UK") } == [" ▏UK   ▏EU  ▕"])
        #expect(lines.filter { $0.contains("41") } == ["▕ 7   ▕ 41   ▏"])
        let crossing = try #require(lines.firstIndex { $0.contains("41") }) - 1
        #expect(lines[crossing] == "▕▔▔▔▔▔▕▔▔▔▔▔▔▏", "the upright goes through the rule: \(lines)")
        let levels = lines.filter { $0.contains("▔▔▔") || $0.contains("▁▁▁") }
        #expect(levels.count == 3, "one above, one between, one below: \(lines)")
    }

    @Test func anUprightGoesThroughARuleThatGoesOnUnderIt() throws {
        let cell = { (x: Int, y: Int, word: String) in
            "[\"b\",\(x),\(y),48,32,0,[1,3149642751]],[\"t\",\(x + 8),\(y + 2),24,14,\"\(word)\",255,0,14]"
        }
        let screen = try Self.paint(
            [cell(8, 16, "UK"), cell(56, 16, "EU"), cell(8, 48, "7"), cell(56, 48, "41")].joined(separator: ",")
        ).screen
        let crossing = try #require(screen.lines().firstIndex { $0.contains("41") }) - 1
        let uprights = (1..<13).filter { screen[$0, crossing].attributes == .underline }
        #expect(uprights.count == 1 && (1..<13).count { screen.edge(column: $0, row: crossing) == .bottom } == 11)
        let upright = try #require(uprights.first)
        let edge = screen.edge(column: upright, row: crossing)
        #expect(edge == .left || edge == .right, "\(screen.lines())")
    }

    @Test func aFieldOfOneRowHasAllItsSidesOrNoneButBrackets() throws {
        let field = "[\"f\",0,32,80,16,\"text\",0,\"1\",\"\",4294967295,[1,255],255,14]"
        let free = try Self.paint(field)
        #expect(free.screen.lines()[1...3].map(\.self) == ["▁▁▁▁▁▁▁▁▁▁", "▏1       ▕", "▔▔▔▔▔▔▔▔▔▔"])
        let near = try Self.paint(field + ",[\"t\",0,16,32,16,\"Name\",255,0,14]")
        #expect(near.screen.lines()[1...3].map(\.self) == ["Name", "▏1       ▕", ""])
    }

    @Test func aCornerIsDrawnInTheColourThatGoesOnBesideIt() throws {
        // A red box from the middle of row 1 to the middle of row 3, columns 2 to 5.
        let paint = try Self.paint("[\"b\",16,24,32,32,4278190335]")
        let (corner, side, red) = (paint.screen[5, 3], paint.screen[4, 3], Colour(rgb: 0xFF0000))
        #expect(corner.background == red && corner.foreground == Colour(rgb: 0xFFFFFF))
        #expect(side.foreground == red && side.background == Colour(rgb: 0xFFFFFF))
        let halves = paint.screen.halves(column: 5, row: 3)
        #expect(halves.upper == red && halves.lower == Colour(rgb: 0xFFFFFF))
    }

    @Test func aThickBorderAtTheLeftIsThick() throws {
        let paint = try Self.paint("[\"b\",16,16,80,64,4294967295,[0,0,0,0,0,0,4,255]]")
        #expect(paint.screen.text().contains("▎"))
    }

    @Test func hintsReadFromRightToLeftStandAtTheRight() throws {
        let hint = "\u{5E9}\u{5DC}\u{5D5}\u{5DD} 24 \u{5D0}\u{5D1}"
        let paint = try Self.paint("[\"f\",0,16,160,16,\"text\",96,\"\",\"\(hint)\",4294967295,0,255,14]")
        #expect(paint.screen.line(1) == "▏        \u{5D1}\u{5D0} 24 \u{5DD}\u{5D5}\u{5DC}\u{5E9}▕")
        #expect(RightToLeft.line("Size \u{5D0}\u{5D1} \u{5D2} 9") == "Size 9 \u{5D2} \u{5D1}\u{5D0}")
        #expect(RightToLeft.line("plain words") == "plain words")
    }

    @Test func linesWithoutRoomLeaveAMarkThatTellsThem() throws {
        let lines = (0..<12).map { "[\"t\",0,\($0 * 2),120,2,\"line \($0) of it\",255,0,4]" }
        let view = try View(
            keyframe: Array(
                """
                {"page":{"id":1,"url":"","title":""},"viewport":[160,160],"size":[160,160],"ground":4294967295,
                "layers":[[0,0,0,0,0,160,160,0,0],[1,0,2,0,0,104,160,0,0]],
                "blocks":[[1,1,0,0,[\(lines.joined(separator: ","))]]]}
                """.utf8))
        let paint = PagePainter.paint(view, scale: Self.scale)
        let lost = try #require(paint.report.lost.first)
        #expect(lost.words.hasPrefix("line ") && lost.count > 1)
        #expect(paint.screen.line(lost.row).hasSuffix("⋯\(lost.count)"))
        #expect(lost.isAt(Position(column: lost.mark.lowerBound, row: lost.row)))
    }

    @Test func aContainerSaysWhatIsBeyondEachOfItsSides() throws {
        let view = try View(
            keyframe: Array(
                """
                {"page":{"id":1,"url":"","title":""},"viewport":[160,160],"size":[160,160],"ground":4294967295,
                "layers":[[0,0,0,0,0,160,160,0,0],[1,0,2,0,0,160,80,16,32]],
                "blocks":[[1,1,0,0,[["b",0,0,240,240,4294967295]]]]}
                """.utf8))
        let screen = PagePainter.paint(view, scale: Self.scale).screen
        #expect(screen.line(0).hasSuffix("▴ 2"))
        #expect(screen.line(2) == " ◂ 2" + String(repeating: " ", count: 12) + "▸ 8")
        #expect(screen.line(4).hasSuffix("▾ 8+"))
    }

    @Test func theShoppersCursorIsLabelledOverFieldsAlone() throws {
        let view = try Self.view(
            "[\"f\",0,16,160,16,\"text\",96,\"\",\"\",0,[1,255],255,14,\"Postcode\"],"
                + "[\"t\",0,64,80,16,\"Words\",255,0,14]")
        #expect(PointedAt.label(for: ViewPoint(x: 20, y: 20), in: view) == "Postcode")
        #expect(PointedAt.label(for: ViewPoint(x: 20, y: 70), in: view) == nil)
    }

    @Test func theMouseIsToldWhatItIsOver() throws {
        var desk = Desk.watching(columns: 200, rows: 56)
        let row = try #require(desk.screen().lines().firstIndex { $0.contains("Total") })
        let column = desk.screen().line(row).prefix { !$0.isLetter }.count
        desk.hear(.hover(Position(column: column, row: row)))
        #expect(desk.text().contains("Here: Total, text"))
        desk.hear(.hover(Position(column: 0, row: 0)))
        #expect(!desk.text().contains("Here: Total"))
    }

    private static let scale = PageScale(
        cellWidth: 8, cellHeight: 16, origin: ViewPoint(x: 0, y: 0), size: ScreenSize(columns: 20, rows: 10))

    private static func view(_ items: String) throws -> View {
        try View(
            keyframe: Array(
                """
                {"page":{"id":1,"url":"","title":""},"viewport":[160,160],"size":[160,160],"ground":4294967295,
                "layers":[[0,0,0,0,0,160,160,0,0]],"blocks":[[1,0,0,0,[\(items)]]]}
                """.utf8))
    }

    private static func paint(_ items: String) throws -> PagePaint {
        PagePainter.paint(try self.view(items), scale: self.scale)
    }
}
