import Testing

@testable import Terminal

@Suite struct ColourDepthTests {
    @Test(
        arguments: [
            (0x000000, 16), (0xFFFFFF, 231), (0xFF0000, 196), (0x5F87AF, 67), (0x080808, 232), (0xEEEEEE, 255),
            (0x808080, 244), (0xE4572E, 166), (0x303030, 236),
        ] as [(UInt32, Int)])
    func theNearestOf256IsChosen(rgb: UInt32, index: Int) {
        #expect(EncodedColour.nearestOf256(Colour(rgb: rgb)) == index)
    }

    /// The fast choice is as near as the best of all 240.
    @Test func noOtherOf256IsNearer() {
        let levels = [0, 95, 135, 175, 215, 255]
        var palette: [(Int, Int, Int)] = []
        for index in 0..<216 {
            palette.append((levels[index / 36], levels[index / 6 % 6], levels[index % 6]))
        }
        for grey in stride(from: 8, through: 238, by: 10) {
            palette.append((grey, grey, grey))
        }
        var random = SplitMix64(seed: 3)
        for _ in 0..<2000 {
            let colour = Colour(rgb: UInt32.random(in: 0...0xFFFFFF, using: &random))
            let (red, green, blue) = colour.channels
            func distance(_ entry: (Int, Int, Int)) -> Int {
                let (dr, dg, db) = (entry.0 - red, entry.1 - green, entry.2 - blue)
                return dr * dr + dg * dg + db * db
            }
            let best = palette.map(distance).min() ?? 0
            #expect(distance(palette[EncodedColour.nearestOf256(colour) - 16]) == best)
        }
    }

    @Test func pageColoursBecomeTheDefaultOrAStrongOneOf16() {
        #expect(PaletteEncoder.background(Colour(rgb: 0xFFFFFF)) == nil)
        #expect(PaletteEncoder.background(Colour(rgb: 0x222222)) == nil)
        #expect(PaletteEncoder.background(Colour(rgb: 0xC00000)) == .red)
        #expect(PaletteEncoder.background(Colour(rgb: 0xFFD040)) == .brightYellow)
        #expect(PaletteEncoder.background(Colour(rgb: 0x14171F, role: .black)) == .black)
        #expect(PaletteEncoder.foreground(Colour(rgb: 0x777777), on: nil) == nil)
        #expect(PaletteEncoder.foreground(Colour(rgb: 0x0000EE), on: nil) == .blue)
    }

    @Test func textOnAnyOf16IsReadable() {
        for ground in PaletteRole.allCases {
            for ink in PaletteRole.allCases {
                let role = PaletteEncoder.foreground(Colour(rgb: 0, role: ink), on: ground)
                #expect(role != ground)
            }
            #expect(PaletteEncoder.foreground(.terminalDefault, on: ground) != nil)
        }
    }

    @Test func withoutColoursOnlyAttributesAreLeft() {
        var screen = Screen(columns: 2, rows: 1)
        screen.setHalves(column: 0, row: 0, upper: Colour(rgb: 0xFF0000), lower: Colour(rgb: 0xFF))
        #expect(EncodedCell(screen[0, 0], depth: .none).isErased)
        screen.put(
            "x", column: 1, row: 0,
            style: Style(foreground: Colour(rgb: 0xFF), background: Colour(rgb: 0xFF0000), attributes: [.bold]))
        #expect(EncodedCell(screen[1, 0], depth: .none).pen == Pen(attributes: .bold))
    }

    @Test func aDefaultColourAboveIsDrawnFromBelow() {
        var screen = Screen(columns: 1, rows: 1)
        screen.setHalf(column: 0, halfRow: 1, colour: Colour(rgb: 0xFF0000))
        let encoded = EncodedCell(screen[0, 0], depth: .truecolour)
        #expect(encoded.glyph.code == 0x2584)
        #expect(encoded.pen.background == .terminalDefault)
    }
}
