import PageView
import Terminal
import Testing
import Wire

@testable import RepConsole

/// What a frame costs from the model to the bytes. The figures that count are those of a release build
///; elsewhere the bounds only catch what has gone out of hand.
@Suite(.serialized) struct DrawingTimeTests {
    private static let rounds = 60
    /// A debug build is about thirty times slower, and other tests run beside this one.
    #if DEBUG
        private static let slack = 200.0
    #else
        private static let slack = 1.0
    #endif

    private func percentile99(_ times: [Duration]) -> Double {
        let sorted = times.sorted()
        let nanoseconds = sorted[sorted.count * 99 / 100].nanosecondsClamped
        return Double(nanoseconds) / 1_000_000
    }

    @Test func aWholePageAndACursorMoveAreDrawnInTime() throws {
        let views = try ["shop-listing", "shop-delivery"].map { try PageFixture($0).view }
        var desk = Desk.watching(columns: 200, rows: 56)
        var display = Display(options: OutputOptions())
        var bytes: [UInt8] = []
        var pages: [Duration] = []
        var moves: [Duration] = []
        let clock = ContinuousClock()
        for round in 0..<Self.rounds {
            desk.page(
                7, sequence: UInt32(round) + 2, isKeyframe: true, .success(.keyframe(views[round % views.count])))
            bytes.removeAll(keepingCapacity: true)
            pages.append(clock.measure { display.append(desk.screen(), into: &bytes) })
            #expect(!bytes.isEmpty)
            desk.cursor(7, x: Double(100 + round * 7), y: Double(200 + round * 5))
            bytes.removeAll(keepingCapacity: true)
            moves.append(clock.measure { display.append(desk.screen(), into: &bytes) })
            #expect(!bytes.isEmpty && bytes.count < 400)
            bytes.removeAll(keepingCapacity: true)
            display.append(desk.screen(), into: &bytes)
            #expect(bytes.isEmpty, "nothing changed, so nothing is written")
        }
        let (page, move) = (self.percentile99(pages), self.percentile99(moves))
        print("200x56, \(Self.rounds) rounds: whole page p99 \(page) ms, cursor move p99 \(move) ms, unchanged 0 bytes")
        #expect(page < 8 * Self.slack)
        #expect(move < 1 * Self.slack)
    }
}
