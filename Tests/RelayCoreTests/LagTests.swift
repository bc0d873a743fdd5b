import RelayCore
import Testing
import Wire

/// Seats that fall behind: resynced, then closed with a code that asks them back.
@Suite struct LagTests {
    /// Lags only by what the test says.
    private static func limits() -> RelayLimits {
        var limits = RelayLimits()
        limits.seatBehindBytesMax = 1000
        limits.shopperBurstFramesMax = 1 << 20
        limits.shopperBurstBytesMax = 1 << 30
        return limits
    }

    /// One seat that has its base and whose link takes nothing more, with one 66 byte delta due.
    private static func blocked(_ limits: RelayLimits = LagTests.limits()) -> World {
        var world = World.live(limits)
        _ = world.send(.keyframe)
        _ = world.gather(0)
        world.pass(.seconds(1))
        _ = world.send(.delta)
        world.block(0)
        return world
    }

    @Test func aSeatAtTheByteLimitIsLeftAloneAndOnePastItIsResynced() {
        var world = Self.blocked()
        _ = world.send(.delta, body: 1000 - 66 - 28)
        #expect(world.session.bytesBehind(SeatID(0)) == 1000)
        #expect(world.session.isFollowing(SeatID(0)))
        #expect(world.send(.delta, body: 0).contains(.requestKeyframe))
        #expect(world.session.isFollowing(SeatID(0)) == false)
        #expect(world.session.hasDue(SeatID(0)) == false)
    }

    @Test func aSeatThreeSecondsBehindIsResynced() {
        var world = Self.blocked()
        world.pass(.nanoseconds(2_999_999_999))
        #expect(world.deadline().contains(.requestKeyframe) == false)
        #expect(world.session.isFollowing(SeatID(0)))
        world.pass(.nanoseconds(1))
        #expect(world.session.nextDeadline.map { $0 <= world.now } == true)
        #expect(world.deadline().contains(.requestKeyframe))
        #expect(world.session.isFollowing(SeatID(0)) == false)
    }

    @Test func aSlowSeatThatKeepsUpWithTheOldestIsNotResynced() {
        var world = Self.blocked()
        for _ in 0..<40 {
            world.pass(.milliseconds(500))
            _ = world.send(.delta)
            // One delta is taken a step, one stays due: half a second behind, for twenty seconds.
            #expect(world.gather(0, room: 66).frames.count == 1)
            world.block(0)
            #expect(world.deadline().contains(.requestKeyframe) == false)
            #expect(world.session.isFollowing(SeatID(0)))
        }
    }

    @Test func aSeatWhoseLinkTakesEverythingIsNotBehindHoweverMuchIsDue() {
        var world = World.live(Self.limits())
        _ = world.send(.keyframe)
        for _ in 0..<100 { _ = world.send(.delta) }
        #expect(world.session.bytesBehind(SeatID(0)) > 1000)
        #expect(world.gather(0).frames.count == 101)
    }

    @Test func aResyncedSeatJumpsToANewerKeyframeAndReceivesNoDeltaBeforeIt() {
        var world = Self.blocked()
        for _ in 0..<2 { _ = world.send(.delta, body: 300) }
        #expect(world.session.bytesBehind(SeatID(0)) == 66 + 2 * 328)
        #expect(world.send(.keyframe, body: 300) == [.recordFrame(index: 5)])
        #expect(world.session.bytesBehind(SeatID(0)) == 328)
        _ = world.send(.delta)
        #expect(world.session.isFollowing(SeatID(0)))
        #expect(world.gather(0).frames == [Sent(.keyframe, 5), Sent(.delta, 6)])
    }

    @Test func aResyncedSeatWithoutANewerKeyframeWaitsForOne() {
        var world = Self.blocked()
        for _ in 0..<4 { _ = world.send(.delta, body: 300) }
        #expect(world.gather(0).frames == [])
        _ = world.send(.delta)
        #expect(world.gather(0).frames == [])
        _ = world.send(.keyframe)
        #expect(world.gather(0).frames == [Sent(.keyframe, 8)])
    }

    @Test func aSeatWhoseTailFellOutOfTheRingIsResyncedThoughItsLinkIsWell() {
        var limits = Self.limits()
        limits.ringFrameCountMax = 4
        var world = World.live(limits)
        _ = world.send(.keyframe)
        _ = world.gather(0)
        world.pass(.seconds(1))
        for _ in 0..<4 { _ = world.send(.delta) }
        #expect(world.session.isFollowing(SeatID(0)))
        #expect(world.send(.delta).contains(.closeSeat(SeatID(0), .tooSlow)) == false)
        #expect(world.session.isFollowing(SeatID(0)) == false)
        #expect(world.gather(0).frames == [])
        _ = world.send(.keyframe)
        _ = world.send(.delta)
        #expect(world.gather(0).frames == [Sent(.keyframe, 7), Sent(.delta, 8)])
    }

    @Test func aSeatThatTookNothingForTenSecondsIsClosedAndAskedBack() {
        var world = Self.blocked()
        world.pass(.nanoseconds(9_999_999_999))
        #expect(world.deadline().contains(.closeSeat(SeatID(0), .tooSlow)) == false)
        world.pass(.nanoseconds(1))
        #expect(world.session.nextDeadline == world.now)
        #expect(world.deadline() == [.watch(on: false), .closeSeat(SeatID(0), .tooSlow)])
        #expect(world.session.seatCount == 0)
        #expect(CloseCode.tooSlow.mayReconnect)
    }

    @Test func aResyncDoesNotPutOffTheEndOfADeadLink() {
        var world = Self.blocked()
        var closed: Duration?
        let start = world.now
        for _ in 0..<200 where closed == nil {
            world.pass(.milliseconds(100))
            var actions = world.send(world.pageSequence % 20 == 0 ? .keyframe : .delta)
            world.block(0)
            actions += world.deadline()
            if actions.contains(.closeSeat(SeatID(0), .tooSlow)) { closed = world.now.duration(since: start) }
        }
        #expect(closed == .seconds(10))
    }

    @Test func aLinkThatTakesSomethingIsNotClosed() {
        var world = Self.blocked()
        for step in 0..<30 {
            world.pass(.seconds(1))
            _ = world.send(.delta)
            if step % 9 == 8 {
                _ = world.send(.keyframe)
                _ = world.gather(0, room: 66)
            }
            world.block(0)
            #expect(world.deadline().contains(.closeSeat(SeatID(0), .tooSlow)) == false)
        }
    }

    @Test func aLinkThatRecoversWhileNothingIsDueIsNotClosed() {
        var world = Self.blocked()
        world.pass(.seconds(3))
        _ = world.deadline()
        #expect(world.gather(0) == Gathered(frames: [], isMoreDue: false))
        world.pass(.seconds(30))
        _ = world.deadline()
        #expect(world.session.seatCount == 1)
    }

    @Test func aQuietPageDoesNotCountAsAStall() {
        var world = World.live(Self.limits())
        _ = world.send(.keyframe)
        _ = world.gather(0)
        world.block(0)
        world.pass(.seconds(60))
        _ = world.deadline()
        _ = world.send(.delta)
        world.block(0)
        #expect(world.session.seatCount == 1)
        #expect(world.session.isFollowing(SeatID(0)))
    }

    @Test func aBlockedSeatThatNeverHadItsBaseIsHandedTheNewestKeyframeOnly() {
        var world = World.live(Self.limits())
        for _ in 0..<3 {
            _ = world.send(.keyframe)
            _ = world.send(.delta)
            world.block(0)
            world.pass(.seconds(2))
        }
        #expect(world.gather(0).frames == [Sent(.keyframe, 5), Sent(.delta, 6)])
    }

    @Test func aJoiningSeatWhoseFirstKeyframeIsLateIsGivenAFresherOne() {
        var world = World.live(Self.limits())
        _ = world.send(.keyframe)
        _ = world.gather(0)
        _ = world.join(1)
        world.block(1)
        world.pass(.seconds(3))
        #expect(world.deadline().contains(.requestKeyframe))
        _ = world.send(.keyframe)
        #expect(world.gather(1).frames == [Sent(.keyframe, 2)])
    }
}
