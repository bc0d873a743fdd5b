import Testing

@testable import WebSocketTransport

@Suite struct VisitPaceTests {
    private static let second: UInt64 = 1_000_000_000

    @Test func aRoundSeesEverySlot() {
        for round in [Self.second / 80, Self.second / 4, Self.second * 5 / 2] {
            for slots in [0, 1, 15, 16, 17, 500, 9_999, 10_000, 100_000] {
                let pace = VisitPace(slots: slots, round: round)
                #expect(Int(round / pace.interval) * pace.visits >= slots)
            }
        }
    }

    @Test func fewAreVisitedAtATimeAsLongAsTheRoundHasMilliseconds() {
        for slots in stride(from: 0, through: 60_000, by: 97) {
            let pace = VisitPace(slots: slots, round: Self.second * 5 / 2)
            #expect(pace.visits <= VisitPace.visitsMax)
        }
        #expect(VisitPace(slots: 100_000, round: Self.second * 5 / 2).visits == 40)
    }

    @Test func aLoopWithFewLinksSleepsForLong() {
        for slots in [0, 1, 100, 512] {
            #expect(VisitPace(slots: slots, round: Self.second * 5 / 2).interval == 156_000_000)
        }
    }
}
