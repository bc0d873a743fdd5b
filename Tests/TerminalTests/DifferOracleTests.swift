import Testing

@testable import Terminal

/// The differ against libvterm: after each frame of random drawing, every cell's text, colours and attributes are as
/// drawn.
@Suite struct DifferOracleTests {
    private static let framesPerSeed = 12

    private func run(seed: UInt64, depth: ColourDepth) throws {
        var random = RandomScreens(seed: seed)
        let size = ScreenSize(columns: random.number(2...48), rows: random.number(2...12))
        let terminal = try #require(VirtualTerminal(size))
        var display = Display(options: OutputOptions(depth: depth, isSynchronised: random.number(0...1) == 0))
        var screen = Screen(size)
        for frame in 0..<Self.framesPerSeed {
            var hint: ScrollHint?
            if random.number(0...6) == 0, size.rows > 3 {
                let rows = random.number(0...1)..<random.number(2...size.rows)
                let moved = ScrollHint(rows: rows, distance: random.number(-2...2))
                screen.scroll(rows, by: moved.distance)
                hint = moved
            }
            random.draw(on: &screen)
            var bytes: [UInt8] = []
            display.append(screen, scroll: hint, into: &bytes)
            terminal.write(bytes)
            let mismatch = terminal.mismatch(with: screen, depth: depth)
            #expect(mismatch == nil, "seed \(seed) depth \(depth) frame \(frame)")
            if mismatch != nil { return }
            if let cursor = screen.cursor {
                #expect(terminal.cursor == cursor, "seed \(seed) frame \(frame)")
            }
            var again: [UInt8] = []
            display.append(screen, into: &again)
            #expect(again.isEmpty, "an unchanged screen must cost nothing: seed \(seed) frame \(frame)")
        }
    }

    @Test(arguments: ColourDepth.allCases)
    func everyCellIsAsDrawnInRandomFrames(depth: ColourDepth) throws {
        for seed in 0..<UInt64(depth == .truecolour ? 200 : 60) {
            try self.run(seed: seed, depth: depth)
        }
    }

    @Test func theOracleNoticesAWrongCell() throws {
        let size = ScreenSize(columns: 10, rows: 2)
        let terminal = try #require(VirtualTerminal(size))
        var screen = Screen(size)
        screen.put("red", column: 0, row: 0, style: Style(foreground: Colour(rgb: 0xFF0000)))
        terminal.write(Array("\u{1B}[H\u{1B}[38;2;255;0;0mred".utf8))
        #expect(terminal.mismatch(with: screen, depth: .truecolour) == nil)
        screen.put("green", column: 0, row: 1, style: Style(foreground: Colour(rgb: 0x00FF00)))
        #expect(terminal.mismatch(with: screen, depth: .truecolour) != nil)
    }
}
