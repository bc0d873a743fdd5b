import Testing

@testable import Terminal

@Suite struct ScreenColourTests {
    private let red = Colour(rgb: 0xFF0000)
    private let blue = Colour(rgb: 0x0000FF)

    @Test func halfCellsShowTwoColours() {
        var screen = Screen(columns: 2, rows: 1)
        screen.setHalf(column: 0, halfRow: 0, colour: self.red)
        screen.setHalf(column: 0, halfRow: 1, colour: self.blue)
        #expect(screen.halves(column: 0, row: 0) == (self.red, self.blue))
        #expect(screen[0, 0].isPixelPair)
        screen.setHalf(column: 0, halfRow: 1, colour: self.red)
        #expect(screen[0, 0].isBlank)
        #expect(screen[0, 0].background == self.red)
    }

    @Test func textOverHalvesStandsOnTheirMean() {
        var screen = Screen(columns: 1, rows: 1)
        screen.setHalves(column: 0, row: 0, upper: Colour(rgb: 0xFF0000), lower: Colour(rgb: 0x000000))
        screen.put("x", column: 0, row: 0)
        #expect(screen[0, 0].background == Colour(rgb: 0x800000))
        #expect(screen.text() == "x")
    }

    @Test func alphaMixesWithWhatIsThere() {
        var screen = Screen(columns: 1, rows: 1)
        screen.fill(screen.bounds, with: Colour(rgb: 0xFFFFFF))
        screen.fillHalves(
            Rectangle(column: 0, row: 1, columns: 1, rows: 1), with: Colour(rgb: 0x000000), alpha: 51)
        #expect(screen.halves(column: 0, row: 0) == (Colour(rgb: 0xFFFFFF), Colour(rgb: 0xCCCCCC)))
    }

    @Test func anEdgeIsDrawnOnlyWhereThereIsNoInk() {
        var screen = Screen(columns: 4, rows: 2)
        screen.put("ab", column: 1, row: 0)
        screen.putEdges(around: screen.bounds, colour: self.blue)
        #expect(screen.lines() == ["▏ab▕", "▏▁▁▕"])
        #expect(screen[0, 0].foreground == self.blue)
        let isDrawn = screen.putEdge(.top, column: 1, row: 0, colour: self.red)
        #expect(!isDrawn)
    }

    @Test func anEdgeOverTwoColoursKeepsTheOneThatItLiesIn() {
        var screen = Screen(columns: 3, rows: 1)
        for column in 0..<3 { screen.setHalves(column: column, row: 0, upper: self.red, lower: self.blue) }
        screen.putEdge(.top, column: 0, row: 0, colour: Colour(rgb: 0))
        screen.putEdge(.bottom, column: 1, row: 0, colour: Colour(rgb: 0))
        let isDrawn = screen.putEdge(.left, column: 2, row: 0, colour: Colour(rgb: 0))
        #expect(screen[0, 0].background == self.red && screen[1, 0].background == self.blue)
        #expect(!isDrawn && screen[2, 0].isPixelPair && screen.edge(column: 0, row: 0) == .top)
    }

    @Test func aTintKeepsTheInkAndBothHalvesOfAWideGlyph() {
        var screen = Screen(columns: 4, rows: 1)
        screen.put("漢x", column: 0, row: 0, style: Style(foreground: self.blue, background: .terminalDefault))
        screen.tint(Rectangle(column: 1, row: 0, columns: 1, rows: 1), with: self.red)
        #expect(screen[0, 0].background == self.red)
        #expect(screen[1, 0].background == self.red)
        #expect(screen[2, 0].background.isDefault)
        #expect(screen.text() == "漢x")
        screen.add(.dim, to: Rectangle(column: 0, row: 0, columns: 1, rows: 1))
        #expect(screen[1, 0].attributes == .dim)
        #expect(screen[2, 0].attributes == [])
    }

    @Test func coloursOnlyAreNoText() {
        var screen = Screen(columns: 2, rows: 1)
        screen.setHalf(column: 0, halfRow: 0, colour: self.red)
        #expect(screen.text() == "")
    }

    @Test func aDefaultColourIsNotMixed() {
        #expect(self.red.blended(over: .terminalDefault, alpha: 200) == self.red)
        #expect(self.red.blended(over: .terminalDefault, alpha: 20) == .terminalDefault)
        #expect(self.red.blended(over: self.blue, alpha: 0) == self.blue)
        #expect(Colour.terminalDefault.rgb == nil)
        #expect(Colour(rgb: 0x123456, role: .cyan).rgb == 0x123456)
        #expect(Colour(rgb: 0x123456, role: .cyan).role == .cyan)
        #expect(Colour(rgb: 0x123456).role == nil)
    }

    @Test func quartersTakeTheTwoNearestColours() {
        var screen = Screen(columns: 1, rows: 1)
        let white = Colour(rgb: 0xFFFFFF)
        let black = Colour(rgb: 0)
        screen.setQuarters(
            column: 0, row: 0,
            Quarters(upperLeft: white, upperRight: black, lowerLeft: black, lowerRight: white))
        #expect(screen[0, 0].glyph.code == 0x259A)
        #expect(screen[0, 0].foreground == white)
        #expect(screen[0, 0].background == black)
        #expect(screen.text() == "")
        screen.setQuarters(
            column: 0, row: 0,
            Quarters(
                upperLeft: Colour(rgb: 0xF0F0F0), upperRight: white, lowerLeft: black, lowerRight: Colour(rgb: 0x101010)
            ))
        #expect(screen.halves(column: 0, row: 0) == (Colour(rgb: 0xF7F7F7), Colour(rgb: 0x080808)))
        screen.setQuarters(
            column: 0, row: 0,
            Quarters(upperLeft: self.red, upperRight: self.red, lowerLeft: self.red, lowerRight: self.red))
        #expect(screen[0, 0].isBlank)
        #expect(screen[0, 0].background == self.red)
        // Halves win over other ways that are as near; a lone quarter is inked alone.
        screen.setQuarters(
            column: 0, row: 0,
            Quarters(upperLeft: black, upperRight: white, lowerLeft: white, lowerRight: Colour(rgb: 0xFDFDFD)))
        #expect(screen[0, 0].glyph.code == 0x259F)
        #expect(screen[0, 0].background == black)
        // The best two: the dark pair keeps its colour, though the middle of the luminances would part it.
        screen.setQuarters(
            column: 0, row: 0,
            Quarters(
                upperLeft: self.red, upperRight: Colour(rgb: 0xFE0202), lowerLeft: Colour(rgb: 0x00008F),
                lowerRight: Colour(rgb: 0x00009F)))
        #expect(screen[0, 0].glyph.code == 0x2580)
        #expect(screen[0, 0].background == Colour(rgb: 0x000097))
        screen.setQuarters(
            column: 5, row: 5, Quarters(upperLeft: white, upperRight: black, lowerLeft: black, lowerRight: white))
    }

    @Test func quartersOfTheDefaultColourAreDrawnAsGround() {
        for mask in 0..<16 {
            let glyph = QuadrantGlyphs.glyph(mask)
            #expect(QuadrantGlyphs.complement(of: QuadrantGlyphs.complement(of: glyph)) == glyph)
        }
        var screen = Screen(columns: 1, rows: 1)
        screen.setQuarters(
            column: 0, row: 0,
            Quarters(
                upperLeft: .terminalDefault, upperRight: Colour(rgb: 0), lowerLeft: Colour(rgb: 0),
                lowerRight: Colour(rgb: 0)))
        let encoded = EncodedCell(screen[0, 0], depth: .truecolour)
        #expect(encoded.pen.background == .terminalDefault)
        #expect(encoded.pen.foreground == .truecolour(Colour(rgb: 0)))
        #expect(encoded.glyph.code == 0x259F)
    }

    @Test func oneCellsTextIsRead() {
        var screen = Screen(columns: 4, rows: 1)
        screen.put("漢e\u{301}", column: 0, row: 0)
        #expect((0..<4).map { screen.text(column: $0, row: 0) } == ["漢", "", "e\u{301}", " "])
    }
}
