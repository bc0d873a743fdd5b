import PageView
import RepConsole
import Testing

@testable import Terminal

/// Pages at random, painted and written, against libvterm: what the terminal shows is what was painted, and no word of
/// a page becomes more than text.
@Suite struct RandomViewOracleTests {
    private static let frameCount = 5_000
    private static let framesPerTerminal = 50

    @Test func everyCellOfRandomHostilePagesIsAsPaintedAndNothingEscapes() throws {
        var mismatches = 0
        var faults = 0
        var written = 0
        for seed in 0..<UInt64(Self.frameCount / Self.framesPerTerminal) {
            var views = RandomViews(seed: seed)
            let size = ScreenSize(columns: views.number(8...52), rows: views.number(3...15))
            let terminal = try #require(VirtualTerminal(size))
            let depth = ColourDepth.allCases[Int(seed) % ColourDepth.allCases.count]
            var display = Display(
                options: OutputOptions(
                    depth: depth, isSynchronised: seed % 2 == 0, joinsEmoji: false, widensSelectedEmoji: false))
            for frame in 0..<Self.framesPerTerminal {
                let screen = try Self.painted(&views, size: size)
                var bytes: [UInt8] = []
                display.append(screen, into: &bytes)
                terminal.write(bytes)
                written += bytes.count
                if let fault = WrittenBytes.fault(in: bytes) {
                    faults += 1
                    Issue.record("seed \(seed) frame \(frame): \(fault)")
                }
                if let mismatch = terminal.mismatch(with: screen, depth: depth, clustersByFirst: true) {
                    mismatches += 1
                    Issue.record("seed \(seed) frame \(frame) depth \(depth): \(mismatch)")
                }
                var again: [UInt8] = []
                display.append(screen, into: &again)
                #expect(again.isEmpty, "an unchanged page must cost nothing: seed \(seed) frame \(frame)")
            }
        }
        print("\(Self.frameCount) pages, \(written) bytes: \(mismatches) mismatches, \(faults) escapes")
    }

    private static func painted(_ views: inout RandomViews, size: ScreenSize) throws -> Screen {
        let zooms: [Zoom] = [.fit, .readable, .cell(width: 4), .cell(width: 12)]
        let paint = PagePainter.paint(
            try views.view(), zoom: zooms[views.number(0...3)],
            pan: ViewPoint(x: Double(views.number(-20...60)), y: Double(views.number(-20...60))), size: size)
        var screen = paint.screen
        let overlay = PageOverlay(
            cursor: ViewPoint(x: Double(views.number(-10...330)), y: Double(views.number(-10...250))),
            name: views.words(), press: ViewPoint(x: Double(views.number(0...320)), y: Double(views.number(0...240))))
        overlay.draw(on: &screen, pane: screen.bounds, scale: paint.scale)
        screen.put(views.words(), column: views.number(-3...size.columns), row: views.number(0...size.rows - 1))
        return screen
    }

    @Test(arguments: ["\u{1B}]52;c;aGk=\u{7}", "a\u{1B}[6nb", "\u{9B}31m", "x\u{202E}y", "\u{10EEEE}", "\u{1B}[?1049l"])
    func theCheckOfBytesNoticesWhatMayNotBe(text: String) {
        #expect(WrittenBytes.fault(in: Array(text.utf8)) != nil)
        #expect(WrittenBytes.fault(in: Array("\u{1B}[?2026h\u{1B}[2;3H\u{1B}[38;2;1;2;3mé 東\u{1B}[m".utf8)) == nil)
    }
}
