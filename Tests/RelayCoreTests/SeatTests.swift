import RelayCore
import Testing
import Wire

/// Joining, following and leaving.
@Suite struct SeatTests {
    @Test func aSeatWaitsForTheKeyframeThatItsJoiningRequests() {
        var world = World.live(seats: 0)
        #expect(world.join(0) == [.watch(on: true), .requestKeyframe])
        #expect(world.send(.cursor) == [.recordFrame(index: 1), .wake])
        #expect(world.gather(0) == Gathered(frames: [], isMoreDue: false))
        _ = world.send(.keyframe)
        _ = world.send(.delta)
        #expect(world.gather(0) == Gathered(frames: [Sent(.keyframe, 1), Sent(.delta, 2)], isMoreDue: false))
    }

    @Test func aSeatThatJoinsALiveSessionStartsAtTheNewestKeyframe() {
        var world = World.live()
        _ = world.send(.keyframe)
        _ = world.gather(0)
        for kind in [FrameKind.delta, .keyframe, .delta] { _ = world.send(kind) }
        #expect(world.gather(0).frames.count == 3)
        #expect(world.join(1) == [.wake, .watch(on: true)])
        #expect(world.gather(1).frames == [Sent(.keyframe, 3), Sent(.delta, 4)])
    }

    @Test func theLastSeatTakesTheRingsFramesWithItAndTheNextWaitsForAFreshKeyframe() {
        var world = World.live()
        _ = world.send(.keyframe)
        _ = world.send(.delta)
        #expect(world.leave(0) == [.watch(on: false)])
        world.session.turnEnded()
        world.pass(.seconds(30))
        #expect(world.session.ringFrameCount == 0)
        #expect(world.join(1) == [.watch(on: true), .requestKeyframe])
        #expect(world.gather(1) == Gathered(frames: [], isMoreDue: false))
        _ = world.send(.keyframe)
        #expect(world.gather(1).frames == [Sent(.keyframe, 3)])
    }

    @Test func seatsAreTakenUpToTheLimitAndOnePastItIsRefused() {
        var limits = RelayLimits()
        limits.seatCountMax = 3
        let world = World.live(seats: 3, limits)
        #expect(world.session.seatCount == 3)
        #expect(world.join(3) == nil)
        _ = world.leave(1)
        #expect(world.join(4) == [.watch(on: true)])
    }

    @Test func theSeatsAreNamedInTheOrderOfJoining() {
        let world = World.live(seats: 3)
        _ = world.leave(1)
        var seats: [SeatID] = []
        world.session.forEachSeat { seats.append($0) }
        #expect(seats == [SeatID(0), SeatID(2)])
    }

    @Test func theShopperIsToldOfEveryChangeAndOfTheLastToLeave() {
        let world = World.live(seats: 2)
        #expect(world.leave(0) == [.watch(on: true)])
        #expect(world.leave(0) == [])
        #expect(world.leave(1) == [.watch(on: false)])
    }

    @Test func aFrameWakesOnceATurn() {
        var world = World.live()
        #expect(world.send(.keyframe) == [.recordFrame(index: 1), .wake])
        #expect(world.send(.delta) == [.recordFrame(index: 2)])
        world.session.turnEnded()
        #expect(world.send(.delta) == [.recordFrame(index: 3), .wake])
    }

    @Test func onlyTheNewestCursorReachesASeat() {
        var world = World.live()
        for kind in [FrameKind.keyframe, .cursor, .cursor, .delta, .cursor, .scroll] { _ = world.send(kind) }
        #expect(
            world.gather(0).frames == [Sent(.keyframe, 1), Sent(.delta, 2), Sent(.cursor, 3), Sent(.scroll, 3)])
    }

    @Test func aCursorThatWasSentIsNotOvertakenAfterwards() {
        var world = World.live()
        _ = world.send(.keyframe)
        _ = world.send(.cursor)
        #expect(world.gather(0).frames == [Sent(.keyframe, 1), Sent(.cursor, 1)])
        _ = world.send(.cursor)
        #expect(world.gather(0).frames == [Sent(.cursor, 2)])
    }

    @Test func aGatheringStopsAtItsBudgetAndTheNextGoesOn() {
        var limits = RelayLimits()
        limits.gatherBytesMax = 200
        var world = World.live(limits)
        // 64 + 2 bytes each: three reach 198, the fourth passes the budget, and is the last.
        _ = world.send(.keyframe)
        for _ in 0..<5 { _ = world.send(.delta) }
        #expect(world.gather(0).frames.count == 4)
        #expect(world.gather(0) == Gathered(frames: [Sent(.delta, 5), Sent(.delta, 6)], isMoreDue: false))
    }

    @Test func aSinkThatRefusesKeepsTheSeatsPlace() {
        var world = World.live()
        for kind in [FrameKind.keyframe, .delta, .cursor] { _ = world.send(kind) }
        #expect(world.gather(0, room: 65) == Gathered(frames: [], isMoreDue: true))
        #expect(world.session.hasDue(SeatID(0)))
        #expect(world.session.bytesBehind(SeatID(0)) == 3 * 66)
        #expect(world.gather(0, room: 66) == Gathered(frames: [Sent(.keyframe, 1)], isMoreDue: true))
        #expect(world.session.bytesBehind(SeatID(0)) == 2 * 66)
        #expect(world.gather(0) == Gathered(frames: [Sent(.delta, 2), Sent(.cursor, 1)], isMoreDue: false))
        #expect(world.session.hasDue(SeatID(0)) == false)
    }

    @Test func aRefusedKeyframeIsNoBase() {
        var world = World.live()
        _ = world.send(.keyframe)
        #expect(world.gather(0, room: 10).frames == [])
        #expect(world.session.isFollowing(SeatID(0)) == false)
        _ = world.send(.delta)
        _ = world.send(.keyframe)
        #expect(world.gather(0).frames == [Sent(.keyframe, 3)])
    }

    @Test func aSlowSeatNeverChangesWhatAnotherGets() {
        var limits = RelayLimits()
        limits.ringFrameCountMax = 16
        var alone = World.live(seats: 1, limits)
        var beside = World.live(seats: 2, limits)
        for step in 0..<200 {
            let kind: FrameKind = step % 9 == 0 ? .keyframe : step % 2 == 0 ? .cursor : .delta
            _ = alone.send(kind)
            _ = beside.send(kind)
            _ = beside.gather(1, room: 0)
            beside.block(1)
            #expect(alone.gather(0) == beside.gather(0))
            alone.pass(.milliseconds(20))
            beside.pass(.milliseconds(20))
        }
    }

    @Test func aSeatThatDoesNotExistGetsAndOwesNothing() {
        var world = World.live()
        _ = world.send(.keyframe)
        #expect(world.gather(9) == Gathered(frames: [], isMoreDue: false))
        #expect(world.leave(9) == [])
        #expect(world.resync(9) == [])
        world.block(9)
        #expect(world.session.hasDue(SeatID(9)) == false)
        #expect(world.session.bytesBehind(SeatID(9)) == 0)
        #expect(world.session.tail(of: SeatID(9)) == nil)
        #expect(world.session.isFollowing(SeatID(9)) == false)
    }

    @Test func aRepThatLostItsBaseGetsNothingBeforeANewKeyframe() {
        var world = World.live()
        _ = world.send(.keyframe)
        _ = world.gather(0)
        world.pass(.seconds(1))
        #expect(world.resync(0) == [.requestKeyframe])
        _ = world.send(.delta)
        #expect(world.gather(0) == Gathered(frames: [], isMoreDue: false))
        _ = world.send(.keyframe)
        #expect(world.gather(0).frames == [Sent(.keyframe, 3)])
    }

    @Test func aRepThatLostItsBaseIsGivenAKeyframeThatIsAlreadyDue() {
        var world = World.live()
        _ = world.send(.keyframe)
        _ = world.gather(0)
        for kind in [FrameKind.delta, .keyframe, .delta] { _ = world.send(kind) }
        world.session.turnEnded()
        #expect(world.resync(0) == [.wake])
        #expect(world.gather(0).frames == [Sent(.keyframe, 3), Sent(.delta, 4)])
    }

    @Test func afterTheEndASeatOwesAndGetsNothing() {
        var world = World.live()
        _ = world.send(.keyframe)
        _ = world.act { $0.endAsked(by: .rep, now: $1, into: &$2) }
        #expect(world.session.hasDue(SeatID(0)) == false)
        #expect(world.session.bytesBehind(SeatID(0)) == 0)
        #expect(world.session.seatCount == 0)
        #expect(world.join(1) == nil)
    }

    @Test func aSeatsNameIsNeverUsedTwice() async {
        await #expect(processExitsWith: .failure) { _ = World.live().join(0) }
    }
}
