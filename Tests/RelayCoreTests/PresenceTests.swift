import RelayCore
import Testing
import Wire

/// The shopper's link comes and goes; the session goes on or ends.
@Suite struct PresenceTests {
    @Test func seatsAreToldThatTheShopperIsAwayAndBack() {
        var world = World.live(seats: 2)
        #expect(world.lose() == [.presence(.away)])
        #expect(world.lose() == [])
        #expect(world.session.isShopperPresent == false)
        #expect(world.arrive() == [.presence(.live), .watch(on: true), .requestKeyframe])
    }

    @Test func aLinkThatReplacesAnotherIsNoReturn() {
        var world = World.live()
        #expect(world.arrive() == [.watch(on: true), .requestKeyframe])
    }

    @Test func sequencesStartAgainOnANewLinkWithAKeyframe() {
        var world = World.live()
        for kind in [FrameKind.keyframe, .delta, .cursor] { _ = world.send(kind) }
        #expect(world.gather(0).frames == [Sent(.keyframe, 1), Sent(.delta, 2), Sent(.cursor, 1)])
        _ = world.arrive()
        #expect(world.send(raw: 0x11, sequence: 1) == [.closeShopper(.outOfOrder)])
        _ = world.arrive()
        #expect(world.send(.keyframe) == [.recordFrame(index: 4), .wake])
        #expect(world.send(.cursor) == [.recordFrame(index: 5)])
        #expect(world.gather(0).frames == [Sent(.keyframe, 1), Sent(.cursor, 1)])
    }

    @Test func framesOfAnAbsentShopperAreIgnored() {
        var world = World.live()
        _ = world.lose()
        #expect(world.send(.keyframe) == [])
        #expect(world.consent(World.withdrawn, 2) == [])
    }

    @Test func aShopperIsAwaitedForAHundredAndTwentySeconds() {
        var world = World.live()
        _ = world.lose()
        #expect(world.session.nextDeadline == world.now + .seconds(120))
        world.pass(.nanoseconds(119_999_999_999))
        #expect(world.deadline() == [])
        world.pass(.nanoseconds(1))
        #expect(world.deadline() == [.ended(.away)])
        #expect(world.session.nextDeadline == nil)
    }

    @Test func aShopperWhoNeverComesIsAwaitedNoLonger() {
        var world = World()
        world.pass(.seconds(120))
        #expect(world.deadline() == [.ended(.away)])
    }

    @Test func aShopperWhoCameBackIsNotEnded() {
        var world = World.live()
        _ = world.lose()
        world.pass(.seconds(119))
        _ = world.arrive()
        world.pass(.seconds(60))
        #expect(world.deadline().contains(.ended(.away)) == false)
    }

    @Test(arguments: EndReason.allCases) func anEndIsSaidOnceWithItsReason(reason: EndReason) {
        let world = World.live()
        #expect(world.act { $0.endAsked(by: reason, now: $1, into: &$2) } == [.ended(reason)])
        #expect(world.act { $0.endAsked(by: .relay, now: $1, into: &$2) } == [])
    }
}
