import Testing

@testable import Terminal

@Suite struct ScreenTests {
    /// No half of a wide glyph stands alone, and both halves look alike.
    private func halvesAreWhole(_ screen: Screen) -> Bool {
        for row in 0..<screen.rows {
            for column in 0..<screen.columns {
                let cell = screen[column, row]
                if cell.width == 2 {
                    let half = screen[column + 1, row]
                    guard column + 1 < screen.columns, half.width == 0, half.background == cell.background else {
                        return false
                    }
                }
                if cell.width == 0, column == 0 || screen[column - 1, row].width != 2 { return false }
            }
        }
        return true
    }

    @Test func aCellIsSixteenBytesWithoutHoles() {
        #expect(MemoryLayout<Cell>.stride == 16)
        #expect(MemoryLayout<Cell>.size == 16)
    }

    @Test func textLandsWhereItIsPutAndTrailingBlanksAreCut() {
        var screen = Screen(columns: 12, rows: 3)
        let end = screen.put("Postcode", column: 2, row: 1)
        #expect(end == 10)
        #expect(screen.text() == "\n  Postcode\n")
        #expect(screen.lines() == ["", "  Postcode", ""])
    }

    @Test func textIsClippedToItsRectangle() {
        var screen = Screen(columns: 10, rows: 2)
        let clip = Rectangle(column: 2, row: 0, columns: 4, rows: 1)
        let end = screen.put("abcdefgh", column: 0, row: 0, clip: clip)
        #expect(end == 8)
        screen.put("hidden", column: 2, row: 1, clip: clip)
        #expect(screen.text() == "  cdef\n")
    }

    @Test func nothingOutsideTheScreenTraps() {
        var screen = Screen(columns: 4, rows: 2)
        screen.put("far", column: -100, row: 0)
        screen.put("far", column: 100, row: 0)
        screen.put("far", column: 0, row: -1)
        screen.put("far", column: 0, row: 2)
        screen.fill(Rectangle(column: -5, row: -5, columns: 100, rows: 100), with: Colour(rgb: 0xFF))
        screen.setHalf(column: -1, halfRow: -1, colour: Colour(rgb: 0xFF))
        screen.setHalf(column: 4, halfRow: 4, colour: Colour(rgb: 0xFF))
        let isDrawn = screen.putEdge(.left, column: 9, row: 9, colour: Colour(rgb: 0xFF))
        #expect(!isDrawn)
        #expect(screen[9, 9] == .blank)
        #expect(screen.text() == "\n")
    }

    @Test func overwritingOneHalfOfAWideGlyphBlanksTheOther() {
        var screen = Screen(columns: 6, rows: 1)
        screen.put("漢字", column: 0, row: 0)
        screen.put("x", column: 1, row: 0)
        #expect(screen.text() == " x字")
        screen.put("y", column: 2, row: 0)
        #expect(screen.text() == " xy")
        screen.put("漢字", column: 0, row: 0)
        screen.put("漢", column: 1, row: 0)
        #expect(screen.text() == " 漢")
        #expect(self.halvesAreWhole(screen))
    }

    @Test func aWideGlyphThatAnEdgeWouldCutIsABlank() {
        var screen = Screen(columns: 3, rows: 1)
        screen.put("a漢b", column: 1, row: 0)
        #expect(screen.text() == " a")
        screen.put("漢b", column: -1, row: 0)
        #expect(screen.text() == " b")
        #expect(self.halvesAreWhole(screen))
    }

    @Test func randomDrawingNeverLeavesAHalf() {
        for seed in 0..<UInt64(60) {
            var random = RandomScreens(seed: seed)
            var screen = Screen(columns: random.number(1...40), rows: random.number(1...10))
            for _ in 0..<20 {
                random.draw(on: &screen)
                #expect(self.halvesAreWhole(screen), "seed \(seed)")
            }
        }
    }

    @Test func copyingCutsWideGlyphsAtBothEdges() {
        var source = Screen(columns: 6, rows: 1)
        source.put("漢字e\u{301}", column: 0, row: 0)
        var screen = Screen(columns: 6, rows: 1)
        screen.put("......", column: 0, row: 0)
        screen.copy(Rectangle(column: 1, row: 0, columns: 2, rows: 1), of: source, to: Position(column: 1, row: 0))
        #expect(screen.text() == ".  ...")
        screen.copy(Rectangle(column: 2, row: 0, columns: 3, rows: 1), of: source, to: Position(column: 4, row: 0))
        #expect(screen.text() == ".  .字")
        screen.copy(source.bounds, of: source, to: Position(column: 0, row: 0))
        #expect(screen == source)
    }

    @Test func screensAreEqualByWhatTheyShow() {
        var one = Screen(columns: 4, rows: 1)
        one.put("e\u{301}o\u{308}", column: 0, row: 0)
        var two = Screen(columns: 4, rows: 1)
        two.put("o\u{308}", column: 1, row: 0)
        two.put("e\u{301}", column: 0, row: 0)
        #expect(one == two)
        two.put("e\u{300}", column: 0, row: 0)
        #expect(one != two)
        two.cursor = Position(column: 0, row: 0)
        #expect(one != two)
    }

    @Test func moreClustersThanTheStoreHoldsShowTheirFirstScalar() {
        var screen = Screen(columns: 1, rows: 1)
        var put = 0
        for base in UInt32(0x61)...0x7A {
            for mark in UInt32(0x300)...0x35B where mark != 0x34F {
                let text = [base, mark].compactMap { Unicode.Scalar($0) }.reduce(into: "") {
                    $0.unicodeScalars.append($1)
                }
                screen.put(text, column: 0, row: 0)
                put += 1
                let wanted = put <= ClusterStore.clusterCountMax ? 2 : 1
                #expect(screen.scalars(of: screen[0, 0]).count == wanted)
            }
        }
        #expect(put > ClusterStore.clusterCountMax)
        screen.clear()
        screen.put("e\u{301}", column: 0, row: 0)
        #expect(screen.text() == "e\u{301}")
    }

    @Test func sizesAreBroughtBetweenTheirLimits() {
        #expect(ScreenSize(columns: 0, rows: -3) == ScreenSize(columns: 1, rows: 1))
        let huge = ScreenSize(columns: .max, rows: .max)
        #expect(huge.columns == ScreenSize.columnsMax)
        #expect(huge.rows == ScreenSize.rowsMax)
    }

    @Test func rectanglesMeetWhereBothAre() {
        let one = Rectangle(column: 0, row: 0, columns: 4, rows: 4)
        #expect(
            one.intersection(Rectangle(column: 2, row: 3, columns: 9, rows: 9))
                == Rectangle(column: 2, row: 3, columns: 2, rows: 1))
        #expect(one.intersection(Rectangle(column: 9, row: 9, columns: 1, rows: 1)).isEmpty)
    }
}
