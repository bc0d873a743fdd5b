import RelayCore
import Testing
import Wire

/// Order, numbers and rates of what the shopper sends: `Protocol/wire.md`, "Lanes and kinds" and "Limits".
@Suite struct ShopperFrameTests {
    @Test func theFirstPageFrameOfALinkIsAKeyframe() {
        for kind in [FrameKind.delta, .scroll, .press] {
            var world = World.live()
            #expect(world.send(kind) == [.closeShopper(.outOfOrder)])
        }
    }

    @Test func aGapInThePageLaneClosesTheLink() {
        var world = World.live()
        _ = world.send(.keyframe)
        #expect(world.send(raw: 0x11, sequence: 3) == [.closeShopper(.outOfOrder)])
    }

    @Test func aRepeatInThePageLaneClosesTheLink() {
        var world = World.live()
        _ = world.send(.keyframe)
        #expect(world.send(raw: 0x10, sequence: 1) == [.closeShopper(.outOfOrder)])
    }

    @Test func thePageLaneStartsAtOne() {
        #expect(World.live().send(raw: 0x10, sequence: 0) == [.closeShopper(.outOfOrder)])
        #expect(World.live().send(raw: 0x10, sequence: 2) == [.closeShopper(.outOfOrder)])
    }

    @Test func aCursorThatDoesNotGrowClosesTheLink() {
        for sequence in [UInt32(5), 4, 0] {
            let world = World.live()
            #expect(world.send(raw: 0x20, sequence: 5) == [.recordFrame(index: 1), .wake])
            #expect(world.send(raw: 0x20, sequence: sequence) == [.closeShopper(.outOfOrder)])
        }
    }

    @Test func aGapInTheCursorLaneIsLegal() {
        let world = World.live()
        _ = world.send(raw: 0x20, sequence: 5)
        #expect(world.send(raw: 0x20, sequence: .max) == [.recordFrame(index: 2)])
    }

    @Test func aWrongSessionNumberClosesTheLink() {
        for number in [UInt32(0), 6, 8] {
            #expect(World.live().send(raw: 0x10, sequence: 1, session: number) == [.closeShopper(.malformed)])
        }
    }

    @Test func aKnownKindOfAnotherLaneIsTheWrongRole() {
        for kind in FrameKind.allCases where kind.lane == .talk || kind.lane == .control {
            #expect(World.live().send(raw: kind.rawValue, sequence: 1) == [.closeShopper(.wrongRole)])
        }
    }

    @Test func unknownKindsAreSkippedAndCounted() {
        let world = World.live()
        for kind in [UInt8(0x00), 0x5f, 0x60, 0xff] { #expect(world.send(raw: kind, sequence: 9, session: 0) == []) }
        #expect(world.session.unknownFrameCount == 4)
        #expect(world.session.lastFrameIndex == 0)
    }

    @Test func anUnknownPageFrameIsSkippedAndKeepsItsPlaceInTheLane() {
        var world = World.live()
        _ = world.send(.keyframe)
        #expect(world.send(raw: 0x1f, sequence: 2) == [])
        #expect(world.send(raw: 0x11, sequence: 3) == [.recordFrame(index: 2)])
        #expect(world.session.unknownFrameCount == 1)
        #expect(world.gather(0).frames == [Sent(.keyframe, 1), Sent(.delta, 3)])
    }

    @Test func anUnknownCursorFrameIsSkippedAndKeepsItsPlaceInTheLane() {
        let world = World.live()
        #expect(world.send(raw: 0x2a, sequence: 5) == [])
        #expect(world.send(raw: 0x20, sequence: 5) == [.closeShopper(.outOfOrder)])
    }

    @Test func anUnknownPageFrameIsNoWayAroundConsentNumberOrOrder() {
        var early = World()
        _ = early.arrive()
        #expect(early.send(raw: 0x1f, sequence: 1) == [.closeShopper(.consentMissing)])
        #expect(World.live().send(raw: 0x1f, sequence: 1, session: 8) == [.closeShopper(.malformed)])
        #expect(World.live().send(raw: 0x1f, sequence: 1) == [.closeShopper(.outOfOrder)])
    }

    @Test func aRefusedLinkIsHeardNoMore() {
        var world = World.live()
        _ = world.send(.keyframe)
        #expect(world.send(raw: 0x11, sequence: 9) == [.closeShopper(.outOfOrder)])
        #expect(world.send(raw: 0x11, sequence: 2) == [])
        #expect(world.send(raw: 0x11, sequence: 9) == [])
        #expect(world.consent(World.withdrawn, 2) == [])
        #expect(world.session.lastFrameIndex == 1)
        #expect(world.session.isShopperPresent)
        #expect(world.lose() == [.presence(.away)])
        #expect(world.arrive() == [.presence(.live), .watch(on: true), .requestKeyframe])
        #expect(world.send(.keyframe) == [.recordFrame(index: 2)])
    }

    @Test func anUnansweredRequestToARefusedLinkIsForgotten() {
        let world = World.live()
        #expect(world.send(raw: 0x11, sequence: 9) == [.closeShopper(.outOfOrder)])
        #expect(world.session.nextDeadline == nil)
    }

    @Test func framesAreTakenAtTheFrameLimitAndOnePastItClosesTheLink() {
        var limits = RelayLimits()
        limits.shopperBurstFramesMax = 10
        limits.shopperRateFramesMax = 2
        // Consent is the first of the ten.
        var world = World.live(limits)
        #expect(world.send(.keyframe).contains(.recordFrame(index: 1)))
        for index in UInt64(2)...9 { #expect(world.send(.delta) == [.recordFrame(index: index)]) }
        #expect(world.send(.delta) == [.closeShopper(.tooFast)])
        world.pass(.milliseconds(500))
        _ = world.arrive()
        #expect(world.send(.keyframe).contains(.recordFrame(index: 10)))
        #expect(world.send(.delta) == [.closeShopper(.tooFast)])
    }

    @Test func bytesAreTakenAtTheByteLimitAndOnePastItClosesTheLink() {
        var limits = RelayLimits()
        limits.shopperBurstBytesMax = 1024
        limits.shopperRateBytesMax = 64
        var world = World.live(limits)
        #expect(world.send(.keyframe, body: 1000).contains(.recordFrame(index: 1)))
        world.pass(.seconds(1))
        #expect(world.send(.delta, body: 41) == [.closeShopper(.tooFast)])
        _ = world.arrive()
        #expect(world.send(.keyframe, body: 40).contains(.recordFrame(index: 2)))
    }

    @Test func unknownKindsAndConsentsCountInTheRate() {
        var limits = RelayLimits()
        limits.shopperBurstFramesMax = 4
        let world = World.live(limits)
        #expect(world.send(raw: 0xff, sequence: 1) == [])
        #expect(world.consent(World.given) == [.acknowledge(talk: 1)])
        #expect(world.send(raw: 0xff, sequence: 1) == [])
        #expect(world.consent(World.given) == [.closeShopper(.tooFast)])
    }

    @Test func aNewLinkDoesNotFillTheBuckets() {
        var limits = RelayLimits()
        limits.shopperBurstFramesMax = 2
        var world = World.live(limits)
        _ = world.send(.keyframe)
        _ = world.arrive()
        #expect(world.send(.keyframe) == [.closeShopper(.tooFast)])
    }

    @Test func framesWhileNobodyWatchesAreDroppedUnrecordedAndBreakTheBase() {
        var world = World.live()
        _ = world.send(.keyframe)
        _ = world.leave(0)
        #expect(world.send(.delta) == [])
        #expect(world.session.ringFrameCount == 0)
        #expect(world.session.lastFrameIndex == 1)
        world.pass(.seconds(1))
        #expect(world.join(1) == [.watch(on: true), .requestKeyframe])
        #expect(world.send(.delta) == [.recordFrame(index: 2)])
        #expect(world.gather(1) == Gathered(frames: [], isMoreDue: false))
        _ = world.send(.keyframe)
        #expect(world.gather(1).frames == [Sent(.keyframe, 4)])
    }
}
