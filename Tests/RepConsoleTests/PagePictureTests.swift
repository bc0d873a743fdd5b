import PageView
import Testing

@testable import RepConsole
@testable import Terminal

/// Pictures in a pane of 40 by 16 cells, each 8 by 16 px.
@Suite struct PagePictureTests {
    /// Two by two colours over 64 by 64 px, eight cells by four.
    private static let square = "[\"i\",16,32,64,64,\"image\",\"\",2155905279,2,\"f00f0f0f00ffffff\"]"

    private static func paint(
        _ items: String, pan: ViewPoint = ViewPoint(x: 0, y: 0), layers: String = "", blocks: String = ""
    ) throws -> PagePaint {
        let body = """
            {"page":{"id":1,"url":"https://shop.example/","title":""},"viewport":[320,256],"size":[320,256],
            "ground":4294967295,"layers":[[0,0,0,0,0,320,256,0,0]\(layers)],"blocks":[[1,0,0,0,[\(items)]]\(blocks)]}
            """
        return PagePainter.paint(
            try View(keyframe: Array(body.utf8)),
            scale: PageScale(
                cellWidth: 8, cellHeight: 16, origin: pan, size: ScreenSize(columns: 40, rows: 16), extent: .viewport))
    }

    @Test func aPictureIsDrawnInQuartersOfCells() throws {
        let screen = try Self.paint(Self.square).screen
        // The middle of four colours falls inside no cell here; a shift of half a cell puts it there.
        #expect(screen[2, 2].background.rgb == 0xFF0000)
        let shifted = try Self.paint(Self.square.replacing("[\"i\",16,32,", with: "[\"i\",12,24,")).screen
        let inked = Set((0..<16).flatMap { row in (0..<40).map { shifted[$0, row].glyph.code } })
        #expect(
            !inked.isDisjoint(with: [0x2596, 0x2597, 0x2598, 0x2599, 0x259A, 0x259B, 0x259C, 0x259D, 0x258C, 0x2590]))
    }

    @Test func aPictureIsHandedOnForPixelsWithItsPlaceAndItsColours() throws {
        let picture = try #require(try Self.paint(Self.square).screen.pictures.first)
        #expect(picture.area == Rectangle(column: 2, row: 2, columns: 8, rows: 4))
        #expect(picture.colours.map(\.rgb) == [0xFF0000, 0x00FF00, 0x0000FF, 0xFFFFFF] && picture.columns == 2)
        #expect((picture.left, picture.top, picture.right, picture.bottom) == (0, 0, 1, 1))
    }

    @Test func atThePanesEdgeThePartInItIsHandedOn() throws {
        let picture = try #require(
            try Self.paint(Self.square, pan: ViewPoint(x: 48, y: 0)).screen.pictures.first)
        #expect(picture.area == Rectangle(column: 0, row: 2, columns: 4, rows: 4))
        #expect((picture.left, picture.right) == (0.5, 1))
    }

    @Test func aPictureUnderAnythingButWordsStaysCells() throws {
        #expect(try Self.paint(Self.square + ",[\"b\",40,48,16,16,255]").screen.pictures.isEmpty)
        #expect(try Self.paint(Self.square + ",[\"b\",0,0,320,256,128]").screen.pictures.isEmpty)
        let words = try Self.paint(Self.square + ",[\"t\",24,48,32,16,\"Sale\",255,0,16]").screen
        #expect(words.pictures.count == 1 && words.text().contains("Sale"))
        let small = "[\"i\",16,32,16,16,\"image\",\"\",2155905279,2,\"f00f0f0f00ffffff\"]"
        #expect(try Self.paint(small).screen.pictures.isEmpty)
        #expect(
            try Self.paint(Self.square.replacing("f00f0f0f00ffffff", with: "f0080f0f00ffffff")).screen.pictures.isEmpty)
    }

    @Test func aModalsBackdropDarkensWordsBoxesAndPicturesAlike() throws {
        let under = Self.square + ",[\"b\",160,32,64,64,4278190335],[\"t\",160,128,64,16,\"Words\",4294967295,0,16],"
        let dark = try Self.paint(
            under + "[\"b\",160,128,1,1,0]", layers: ",[1,0,1,0,0,320,256,0,0]",
            blocks: ",[2,1,0,0,[[\"b\",0,0,320,256,153]]]"
        ).screen
        #expect(dark[2, 2].background.rgb == 0x660000)
        #expect(dark[22, 3].background.rgb == 0x660000)
        #expect(dark[0, 15].background.rgb == 0x666666)
        let light = try Self.paint(under + "[\"b\",160,128,1,1,0]").screen
        #expect(light[22, 3].background.rgb == 0xFF0000)
    }

    @Test func onlyTheLargestPicturesAreHandedOn() throws {
        let all = (0..<16).map { number in
            let width = 24 + number
            return "[\"i\",\(number % 8 * 40),\(number / 8 * 64),\(width),48,\"image\",\"\",255,1,\"f00f\"]"
        }
        let pictures = try Self.paint(all.joined(separator: ",")).screen.pictures
        #expect(pictures.count == ScreenPicture.countMax)
        #expect(pictures.allSatisfy { $0.area.columns >= 3 })
    }

    @Test func thePaneKeepsItsPicturesWhereItIs() throws {
        var desk = Desk.watching(columns: 120, rows: 40)
        let body = """
            {"page":{"id":1,"url":"https://shop.example/","title":""},"viewport":[1280,800],"size":[1280,800],
            "ground":4294967295,"layers":[[0,0,0,0,0,1280,800,0,0]],
            "blocks":[[1,0,0,0,[["i",320,160,320,320,"image","",255,2,"f00f0f0f00ffffff"]]]]}
            """
        desk.page(7, sequence: 2, isKeyframe: true, .success(.keyframe(try View(keyframe: Array(body.utf8)))))
        let scale = try #require(desk.model.shown?.scale)
        let area = try #require(desk.screen().pictures.first?.area)
        #expect(area.column == scale.column(320) && area.row == 2 + Int(scale.rowPlace(160).rounded()))
        desk.type("?")
        #expect(desk.screen().pictures.isEmpty)
    }
}
