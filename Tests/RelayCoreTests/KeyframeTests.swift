import RelayCore
import Testing
import Wire

/// When the shopper's script is asked for a keyframe.
@Suite struct KeyframeTests {
    @Test func requestsAreAtLeastHalfASecondApart() {
        var world = World.live(seats: 1)
        world.pass(.nanoseconds(499_999_999))
        #expect(world.join(1) == [.watch(on: true)])
        #expect(world.deadline() == [])
        #expect(world.session.nextDeadline == world.now + .nanoseconds(1))
        world.pass(.nanoseconds(1))
        #expect(world.deadline() == [.requestKeyframe])
        #expect(world.deadline() == [])
    }

    @Test func aHeldBackRequestIsForgottenWhenAKeyframeComes() {
        var world = World.live(seats: 1)
        _ = world.join(1)
        _ = world.send(.keyframe)
        #expect(world.session.nextDeadline == nil)
        world.pass(.seconds(1))
        #expect(world.deadline() == [])
    }

    @Test func anUnansweredRequestIsRepeatedAfterFiveSeconds() {
        var world = World.live(seats: 1)
        #expect(world.session.nextDeadline == world.now + .seconds(5))
        world.pass(.nanoseconds(4_999_999_999))
        #expect(world.deadline() == [])
        world.pass(.nanoseconds(1))
        #expect(world.deadline() == [.requestKeyframe])
        #expect(world.session.nextDeadline == world.now + .seconds(5))
    }

    @Test func anAnsweredRequestIsNotRepeated() {
        var world = World.live(seats: 1)
        _ = world.send(.keyframe)
        world.pass(.seconds(60))
        #expect(world.deadline() == [])
    }

    @Test func nobodyIsAskedAfterTheLastSeatHasLeft() {
        var world = World.live(seats: 1)
        _ = world.join(1)
        _ = world.leave(0)
        _ = world.leave(1)
        #expect(world.session.nextDeadline == nil)
        world.pass(.seconds(10))
        #expect(world.deadline() == [])
    }

    @Test func aNewLinkIsAskedAtOnce() {
        var world = World.live(seats: 1)
        _ = world.lose()
        #expect(world.arrive() == [.presence(.live), .watch(on: true), .requestKeyframe])
    }

    @Test func anAbsentShopperIsNotAsked() {
        let world = World.live(seats: 1)
        _ = world.lose()
        #expect(world.resync(0) == [])
        #expect(world.join(1) == [])
    }

    @Test func aFreshKeyframeIsAskedForBeforeTheRingCanLoseTheNewest() {
        var limits = RelayLimits()
        limits.ringFrameCountMax = 20
        var world = World.live(limits)
        _ = world.send(.keyframe)
        world.pass(.seconds(1))
        for _ in 0..<9 { #expect(world.send(.delta).contains(.requestKeyframe) == false) }
        #expect(world.send(.delta).contains(.requestKeyframe))
        #expect(world.send(.delta).contains(.requestKeyframe) == false)
    }

    @Test func halfARingOfBytesAsksForAFreshKeyframeToo() {
        var limits = RelayLimits()
        limits.ringBytesMax = 2000
        var world = World.live(limits)
        _ = world.send(.keyframe)
        world.pass(.seconds(1))
        #expect(world.send(.delta, body: 1000 - 66 - 28).contains(.requestKeyframe) == false)
        #expect(world.send(.delta, body: 0).contains(.requestKeyframe))
    }

    @Test func aLostKeyframeIsAskedForAgain() {
        var limits = RelayLimits()
        limits.ringFrameCountMax = 3
        var world = World.live(limits)
        _ = world.send(.keyframe)
        world.pass(.seconds(1))
        var requests = 0
        for _ in 0..<4 { requests += world.send(.delta).count { $0 == .requestKeyframe } }
        #expect(requests == 1)
        #expect(world.join(1)?.contains(.wake) == false)
    }
}
