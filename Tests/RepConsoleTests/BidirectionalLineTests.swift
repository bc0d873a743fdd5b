import PageView
import Terminal
import Testing

@testable import RepConsole

/// Lines of both directions, as the browser shows them: what stands in memory, and in cells from left to right.
@Suite struct BidirectionalLineTests {
    private static let hello = "\u{5E9}\u{5DC}\u{5D5}\u{5DD}"
    private static let olleh = "\u{5DD}\u{5D5}\u{5DC}\u{5E9}"

    private static func shown(_ text: String, isTurned: Bool) -> String {
        let line = BidirectionalLine(Array(text), isTurned: isTurned)
        return String(line.order.map { line.shown($0) })
    }

    @Test(arguments: [
        ("", ""), ("Blue", "Blue"), (Self.hello, Self.olleh), ("(Blue\u{60C}", "\u{60C}Blue)"),
        ("\u{5D0}24\u{5D1}", "\u{5D1}24\u{5D0}"),
        // A sign between two Latin words is theirs, one between a Latin word and ours is the line's.
        ("Gore-Tex, Pro", "Gore-Tex, Pro"), ("Nike, \(Self.hello)", "\(Self.olleh) ,Nike"),
        // Numbers keep what stands in and beside them.
        ("\(Self.hello) 1,200.50", "1,200.50 \(Self.olleh)"), ("\(Self.hello) 50%", "50% \(Self.olleh)"),
        ("\u{20AA}450 \(Self.hello)", "\(Self.olleh) \u{20AA}450"), ("\(Self.hello) 12:30", "12:30 \(Self.olleh)"),
        // Brackets of a pair face alike, and what follows them does not come between.
        ("\u{627} (Navy Blue)\u{60C} \u{628}", "\u{628} \u{60C}(Navy Blue) \u{627}"),
        ("\(Self.hello) [\u{5D0}]", "[\u{5D0}] \(Self.olleh)"),
    ])
    func aLineReadFromRightToLeft(text: String, shown: String) {
        #expect(Self.shown(text, isTurned: true) == shown)
    }

    @Test(arguments: [
        ("in Hebrew, \(Self.hello), inside", "in Hebrew, \(Self.olleh), inside"),
        ("size \u{5D0} \u{5D1} 9", "size 9 \u{5D1} \u{5D0}"), ("a (\u{5D0}) b", "a (\u{5D0}) b"),
        ("\u{627} 5-6", "6-5 \u{627}"), ("\u{627} 5.6", "5.6 \u{627}"),
    ])
    func aLineReadFromLeftToRight(text: String, shown: String) {
        #expect(Self.shown(text, isTurned: false) == shown)
    }

    @Test func bracketsWithoutEndCostNoMoreThanTheirLetters() {
        let line = BidirectionalLine([Character](repeating: "(", count: 20_000), isTurned: true)
        #expect(line.levels.allSatisfy { $0 == 1 })
    }

    @Test func aCommaStandsOnTheSideThatItsLineIsReadTo() throws {
        // As painted: the Hebrew word at the right, and the Latin one, with its comma at its left, before the next.
        let paint = try PagePainterTests.paint(
            "[\"t\",96,0,32,16,\"\(Self.hello)\",255,512,16],[\"t\",48,0,40,16,\"Nike,\",255,0,16],"
                + "[\"t\",8,0,32,16,\"\(Self.hello)\",255,512,16]")
        #expect(paint.screen.line(0) == " \(Self.olleh) ,Nike \(Self.olleh)")
    }

    @Test func wordsPaintedAcrossOneAnotherAreOne() throws {
        // The bracket of each word is painted at the other's far end: both words take up all of it.
        let paint = try PagePainterTests.paint(
            "[\"t\",104,0,16,16,\"\u{627}\u{628}\",255,512,16],[\"t\",16,0,80,16,\"(Navy\",255,0,16],"
                + "[\"t\",8,0,88,16,\"Blue)\u{60C}\",255,512,16]")
        #expect(paint.screen.line(0) == " \u{60C}(Navy Blue) \u{628}\u{627}")
    }
}
