import RelayCore
import Testing
import Wire

/// What each seat was handed, for the audit log.
@Suite struct SentRecordTests {
    @Test func framesInARowAreOneRange() {
        var world = World.live()
        _ = world.send(.keyframe)
        for _ in 0..<4 { _ = world.send(.delta) }
        _ = world.gather(0)
        world.pass(.seconds(1))
        #expect(world.deadline() == [.recordSent(SeatID(0), [1...5])])
        #expect(world.deadline() == [])
    }

    @Test func overtakenCursorsSplitARange() {
        var world = World.live()
        for kind in [FrameKind.keyframe, .cursor, .delta, .cursor, .cursor] { _ = world.send(kind) }
        _ = world.gather(0)
        world.pass(.seconds(1))
        #expect(world.deadline() == [.recordSent(SeatID(0), [1...1, 3...3, 5...5])])
    }

    @Test func theRecordIsDueASecondAfterTheFirstFrameAndNotBefore() {
        var world = World.live()
        _ = world.send(.keyframe)
        _ = world.gather(0)
        let interval = RelayLimits().sentRecordInterval
        #expect(world.session.nextDeadline == world.now + interval)
        world.pass(interval - .nanoseconds(1))
        _ = world.send(.delta)
        _ = world.gather(0)
        #expect(world.deadline() == [])
        world.pass(.nanoseconds(1))
        #expect(world.deadline() == [.recordSent(SeatID(0), [1...2])])
        #expect(world.session.nextDeadline == nil)
    }

    @Test func eachSeatHasItsOwnRecord() {
        var world = World.live(seats: 2)
        _ = world.send(.keyframe)
        _ = world.gather(0)
        _ = world.send(.delta)
        _ = world.gather(1)
        world.pass(.seconds(1))
        #expect(world.deadline() == [.recordSent(SeatID(0), [1...1]), .recordSent(SeatID(1), [1...2])])
    }

    @Test func aSeatThatLeavesIsRecordedWithIt() {
        var world = World.live(seats: 2)
        _ = world.send(.keyframe)
        _ = world.gather(0)
        #expect(world.leave(0) == [.recordSent(SeatID(0), [1...1]), .watch(on: true)])
        #expect(world.leave(1) == [.watch(on: false)])
    }

    @Test func theEndRecordsEverySeat() {
        var world = World.live(seats: 2)
        _ = world.send(.keyframe)
        _ = world.gather(0)
        _ = world.gather(1)
        #expect(
            world.act { $0.endAsked(by: .rep, now: $1, into: &$2) } == [
                .recordSent(SeatID(0), [1...1]), .recordSent(SeatID(1), [1...1]), .ended(.rep),
            ])
    }

    @Test func aFullRecordGoesOutAtOnceAndTheGatheringGoesOn() {
        var limits = RelayLimits()
        limits.sentRangeCountMax = 3
        var world = World.live(limits)
        _ = world.send(.keyframe)
        _ = world.gather(0)
        for _ in 0..<3 {
            _ = world.send(.cursor)
            _ = world.send(.cursor)
            _ = world.gather(0)
        }
        // Ranges 1, 3 and 5 are full; the cursor with index 7 waits for the record.
        #expect(world.session.hasDue(SeatID(0)))
        #expect(world.session.nextDeadline == world.now)
        #expect(world.deadline() == [.recordSent(SeatID(0), [1...1, 3...3, 5...5]), .wake])
        #expect(world.gather(0).frames == [Sent(.cursor, 6)])
    }

    @Test func oneRangeBelowTheLimitWaitsForItsSecond() {
        var limits = RelayLimits()
        limits.sentRangeCountMax = 3
        var world = World.live(limits)
        for kind in [FrameKind.keyframe, .cursor, .cursor] { _ = world.send(kind) }
        _ = world.gather(0)
        #expect(world.session.nextDeadline == world.now + .seconds(1))
    }

    @Test func everyAcceptedFrameIsRecordedOnceWithTheNextIndex() {
        var world = World.live()
        var indices: [UInt64] = []
        for kind in [FrameKind.keyframe, .delta, .cursor, .scroll, .press, .keyframe] {
            for case .recordFrame(let index) in world.send(kind) { indices.append(index) }
        }
        #expect(indices == Array(1...6))
        #expect(world.session.lastFrameIndex == 6)
    }
}
