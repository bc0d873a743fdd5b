import Testing

@testable import Terminal

@Suite struct PictureTests {
    private static let quarters: [UInt32] = [0xFF0000, 0x00FF00, 0x0000FF, 0xFFFFFF]

    private func picture(
        _ colours: [UInt32] = Self.quarters, columns: Int = 2,
        area: Rectangle = .init(column: 2, row: 1, columns: 4, rows: 2)
    ) throws -> ScreenPicture {
        try #require(ScreenPicture(area: area, colours: colours.map { Colour(rgb: $0) }, columns: columns))
    }

    private func sixels(_ picture: ScreenPicture, cell: (Int, Int), registers: Int = 256) throws -> [UInt8]? {
        var bytes: [UInt8] = []
        let size = try #require(CellPixels(width: cell.0, height: cell.1))
        return SixelPicture.append(picture, cell: size, registers: registers, to: &bytes) ? bytes : nil
    }

    @Test func sixelsFillTheCellsWithThePicture() throws {
        let bytes = try #require(try self.sixels(self.picture(), cell: (8, 17)))
        let read = try #require(SixelReader(bytes))
        #expect((read.width, read.height) == (32, 34))
        #expect(!read.pixels.contains(nil))
        let corners = [read.pixels[0], read.pixels[31], read.pixels[33 * 32], read.pixels[33 * 32 + 31]]
        #expect(corners == Self.quarters.map { Optional($0) })
    }

    @Test func aPictureOfOneColourIsAFewBytes() throws {
        let one = try self.picture([0x336699], columns: 1, area: Rectangle(column: 0, row: 0, columns: 1, rows: 1))
        let bytes = try #require(try self.sixels(one, cell: (6, 13)))
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "\u{1B}P0;0;0q\"1;1;6;13#0;2;20;40;60#0!6~-#0!6~-#0!6@-\u{1B}\\")
    }

    @Test func colourRegistersAreNotExceededAndTheMostAlikeShareOne() throws {
        let many = (0..<256).map { UInt32($0) << 16 | UInt32($0) }
        let bytes = try #require(try self.sixels(self.picture(many, columns: 16), cell: (8, 17), registers: 16))
        let read = try #require(SixelReader(bytes))
        #expect(Set(read.pixels).count <= 16)
        let (colours, indices) = ColourQuantiser.reduced([0xFF0000, 0xFE0000, 0x0000FF, 0xFF0000], to: 2)
        #expect(indices[0] == indices[1] && indices[0] == indices[3] && indices[0] != indices[2])
        #expect(colours[Int(indices[2])] == 0x0000FF)
        #expect(ColourQuantiser.reduced([], to: 4).indices.isEmpty)
    }

    @Test func aPictureOfAnySizeIsBoundedBytes() throws {
        var random = SplitMix64(seed: 7)
        let noise = (0..<256).map { _ in UInt32.random(in: 0...0xFFFFFF, using: &random) }
        for (columns, rows, cell) in [
            (300, 100, (10, 20)), (2000, 499, (128, 128)), (1, 400, (8, 17)), (24, 12, (8, 17)),
        ] {
            let area = Rectangle(column: 0, row: 0, columns: columns, rows: rows)
            let bytes = try self.sixels(self.picture(noise, columns: 16, area: area), cell: cell)
            #expect((bytes?.count ?? 0) <= SixelPicture.bytesMax)
            #expect(bytes != nil || columns >= 300)
            var kitty: [UInt8] = []
            KittyPicture.append(try self.picture(noise, columns: 16, area: area), slot: 3, to: &kitty)
            #expect(kitty.count < 4300)
        }
    }

    @Test func sixelsThatWouldBeCoarserThanTheCellsAreNotWritten() throws {
        let area = Rectangle(column: 0, row: 0, columns: 75, rows: 22)
        let fine = (0..<64 * 64).map { UInt32($0) }
        #expect(try self.sixels(self.picture(fine, columns: 64, area: area), cell: (8, 17)) == nil)
        let coarse = (0..<16 * 16).map { UInt32($0) }
        #expect(try self.sixels(self.picture(coarse, columns: 16, area: area), cell: (8, 17)) != nil)
    }

    @Test func kittysBytesAreExactlyThese() throws {
        var bytes: [UInt8] = []
        KittyPicture.append(
            try self.picture([0x010203], columns: 1, area: Rectangle(column: 0, row: 0, columns: 1, rows: 1)), slot: 2,
            to: &bytes)
        KittyPicture.appendDeletion(slot: 2, to: &bytes)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "\u{1B}_Ga=T,f=24,q=2,C=1,z=-1,p=1,i=168886274,s=2,v=2,c=1,r=1;AQIDAQIDAQIDAQID\u{1B}\\"
                + "\u{1B}_Ga=d,d=I,q=2,i=168886274\u{1B}\\")
    }

    // MARK: On a display

    private static let cell = CellPixels(width: 8, height: 17)

    /// A screen of cells that show a picture, with a word on it.
    private func screen(_ graphics: TerminalGraphics) throws -> (Screen, Display) {
        var screen = Screen(columns: 12, rows: 6)
        for row in 1..<3 {
            for column in 2..<6 {
                screen.setHalves(
                    column: column, row: row, upper: Colour(rgb: 0xFF0000), lower: Colour(rgb: UInt32(column) << 4))
            }
        }
        screen.put("x", column: 3, row: 1)
        screen.addPicture(try self.picture())
        return (screen, Display(options: OutputOptions(isSynchronised: true, graphics: graphics)))
    }

    private func written(_ screen: Screen, _ display: inout Display) -> String {
        var bytes: [UInt8] = []
        display.append(screen, into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func sixelsComeBeforeTheWordsOnThemAndOnce() throws {
        let cell = try #require(Self.cell)
        var (screen, display) = try self.screen(.sixel(cell, registers: 256))
        let first = self.written(screen, &display)
        let parts = first.split(separator: "\u{1B}P", omittingEmptySubsequences: false)
        #expect(first.hasPrefix("\u{1B}[?2026h\u{1B}[m\u{1B}[?25l\u{1B}[2J\u{1B}[2;3H\u{1B}P0;0;0q"))
        #expect(
            first.hasSuffix("\u{1B}[?2026l")
                && first.split(separator: "2026", omittingEmptySubsequences: false).count == 3)
        #expect(parts.count == 2 && parts[1].contains("x"))
        // The cells under the pixels are not written.
        #expect(!first.contains("▀"))
        #expect(self.written(screen, &display) == "")
    }

    @Test func whatMovesOverAPictureIsWrittenAloneAndThePictureWhenItHasLeft() throws {
        let cell = try #require(Self.cell)
        let (screen, made) = try self.screen(.sixel(cell, registers: 256))
        var display = made
        _ = self.written(screen, &display)
        var covered = screen
        covered.put("◤", column: 4, row: 2)
        let over = self.written(covered, &display)
        #expect(over.contains("◤") && !over.contains("\u{1B}P") && over.utf8.count < 80)
        var further = screen
        further.put("◤", column: 5, row: 2)
        #expect(!self.written(further, &display).contains("\u{1B}P"))
        #expect(self.written(screen, &display).contains("\u{1B}P0;0;0q"))
        #expect(self.written(screen, &display) == "")
    }

    @Test func cellsOfAPictureThatIsGoneAreWrittenAgain() throws {
        let cell = try #require(Self.cell)
        var (screen, display) = try self.screen(.sixel(cell, registers: 256))
        _ = self.written(screen, &display)
        screen.pictures.removeAll()
        let bytes = self.written(screen, &display)
        #expect(bytes.split(separator: "▀", omittingEmptySubsequences: false).count == 8 && bytes.contains("x"))
        #expect(self.written(screen, &display) == "")
    }

    @Test func aPictureThatMovesIsDrawnAtItsNewPlaceAndItsOldCellsAreWritten() throws {
        let cell = try #require(Self.cell)
        var (screen, display) = try self.screen(.sixel(cell, registers: 256))
        _ = self.written(screen, &display)
        var moved = Screen(columns: 12, rows: 6)
        moved.copy(
            Rectangle(column: 0, row: 0, columns: 12, rows: 5), of: screen, to: Position(column: 0, row: 1))
        moved.addPicture(try self.picture(area: Rectangle(column: 2, row: 2, columns: 4, rows: 2)))
        let bytes = self.written(moved, &display)
        #expect(bytes.contains("\u{1B}[3;3H\u{1B}P"))
        #expect(bytes.contains("\u{1B}[2;3H") && !bytes.contains("\u{1B}[2;3H\u{1B}P"))
    }

    @Test func aPictureInTheLastRowStaysCells() throws {
        let cell = try #require(Self.cell)
        var screen = Screen(columns: 8, rows: 3)
        screen.addPicture(try self.picture(area: Rectangle(column: 2, row: 1, columns: 4, rows: 2)))
        var display = Display(options: OutputOptions(graphics: .sixel(cell, registers: 16)))
        #expect(!self.written(screen, &display).contains("\u{1B}P"))
    }

    @Test func kittysPictureIsUnderBlanksAndDeletedWhileSomethingLiesOverIt() throws {
        let (screen, made) = try self.screen(.kitty)
        var display = made
        let first = self.written(screen, &display)
        #expect(first.contains("\u{1B}[2;3H\u{1B}_Ga=T,") && first.contains("x") && !first.contains("▀"))
        #expect(self.written(screen, &display) == "")
        var covered = screen
        covered.put("◤", column: 4, row: 2)
        let over = self.written(covered, &display)
        #expect(over.contains("\u{1B}_Ga=d,d=I,") && over.contains("▀") && over.contains("◤"))
        let again = self.written(screen, &display)
        #expect(again.contains("\u{1B}_Ga=T,") && !again.contains("▀"))
        #expect(String(decoding: display.farewell, as: UTF8.self).hasPrefix("\u{1B}_Ga=d,d=I,"))
        display.invalidate()
        #expect(self.written(screen, &display).contains("\u{1B}_Ga=d,d=I,"))
    }

    @Test func withoutPixelsPicturesAreTheirCells() throws {
        var (screen, display) = try self.screen(.blocks)
        let bytes = self.written(screen, &display)
        #expect(bytes.contains("▀") && !bytes.contains("\u{1B}P") && !bytes.contains("\u{1B}_"))
        #expect(display.farewell.isEmpty)
    }

    @Test func whatIsNoPictureIsRefused() {
        let area = Rectangle(column: 0, row: 0, columns: 2, rows: 2)
        #expect(ScreenPicture(area: area, colours: [], columns: 1) == nil)
        #expect(ScreenPicture(area: area, colours: [Colour(rgb: 0)], columns: 0) == nil)
        #expect(ScreenPicture(area: area, colours: [Colour(rgb: 0)], columns: 2) == nil)
        var screen = Screen(columns: 2, rows: 2)
        for column in 0..<2 {
            if let picture = ScreenPicture(
                area: Rectangle(column: column, row: 0, columns: 2, rows: 1), colours: [Colour(rgb: 0)], columns: 1)
            {
                screen.addPicture(picture)
            }
        }
        #expect(screen.pictures.count == 1)
        #expect(CellPixels(width: 0, height: 3) == nil && CellPixels(width: 8, height: 4000) == nil)
    }
}
