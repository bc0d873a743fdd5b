import RelayCore
import Testing
import Wire

/// A rep's link breaks and comes back: the seat goes on after the last frame that the rep applied, or at a keyframe.
@Suite struct LostSeatTests {
    /// One seat that was handed a keyframe and two deltas.
    private func watched(_ limits: RelayLimits = RelayLimits()) -> World {
        var world = World.live(seats: 1, limits)
        for kind in [FrameKind.keyframe, .delta, .delta] { _ = world.send(kind) }
        _ = world.gather(0)
        return world
    }

    private func lose(_ world: World) -> [SessionAction] {
        world.act { $0.seatLost(SeatID(0), now: $1, into: &$2) }
    }

    private func back(_ world: World, after sequence: UInt32?) -> [SessionAction] {
        let mark = sequence.map { FrameMark(of: World.frame(FrameKind.delta.rawValue, sequence: $0).1) }
        var isBack = false
        let actions = world.act { isBack = $0.seatBack(SeatID(0), after: mark, now: $1, into: &$2) }
        #expect(isBack)
        return actions
    }

    @Test func itGoesOnAfterTheLastFrameThatTheRepApplied() {
        var world = self.watched()
        // Nothing changes for the shopper; what was handed over is on record.
        #expect(self.lose(world).ranges(0) == [1...3])
        _ = world.send(.delta)
        _ = world.send(.cursor)
        #expect(self.back(world, after: 2) == [.wake])
        // Frame 3 was handed to the lost link and never applied.
        #expect(world.gather(0).frames == [Sent(.delta, 3), Sent(.delta, 4), Sent(.cursor, 1)])
        _ = world.send(.delta)
        #expect(world.gather(0).frames == [Sent(.delta, 5)])
    }

    @Test func aRepThatMissedNothingIsHandedNothingTwice() {
        var world = self.watched()
        _ = self.lose(world)
        _ = self.back(world, after: 3)
        #expect(world.gather(0).frames == [])
        _ = world.send(.delta)
        #expect(world.gather(0).frames == [Sent(.delta, 4)])
    }

    @Test func aFrameThatTheRingLostMeansAKeyframe() {
        var limits = RelayLimits()
        limits.ringFrameCountMax = 4
        var world = self.watched(limits)
        _ = self.lose(world)
        for kind in [FrameKind.delta, .keyframe, .delta, .delta] { _ = world.send(kind) }
        _ = self.back(world, after: 3)
        #expect(world.gather(0).frames == [Sent(.keyframe, 5), Sent(.delta, 6), Sent(.delta, 7)])
    }

    @Test func aRepWithoutABaseOrWithAStrangeOneStartsAtTheKeyframe() {
        for sequence in [nil, 99] as [UInt32?] {
            var world = self.watched()
            _ = self.lose(world)
            _ = world.send(.delta)
            _ = self.back(world, after: sequence)
            #expect(world.gather(0).frames == [Sent(.keyframe, 1), Sent(.delta, 2), Sent(.delta, 3), Sent(.delta, 4)])
        }
    }

    @Test func theSameSequenceOfAnotherLinkOfTheShoppersIsAnotherFrame() {
        var world = self.watched()
        _ = self.lose(world)
        _ = world.lose()
        world.pass(.seconds(1))
        _ = world.arrive()
        for kind in [FrameKind.keyframe, .delta, .delta] { _ = world.send(kind) }
        let old = FrameMark(sequence: 3, captureTime: 12345)
        _ = world.act { _ = $0.seatBack(SeatID(0), after: old, now: $1, into: &$2) }
        #expect(world.gather(0).frames == [Sent(.keyframe, 1), Sent(.delta, 2), Sent(.delta, 3)])
    }

    @Test func theCaptureEndsForASeatThatStaysLostAndBeginsAgainWithIt() {
        var world = self.watched()
        _ = self.lose(world)
        #expect(world.session.nextDeadline.map { $0 <= world.now + .seconds(10) } ?? false)
        world.pass(.milliseconds(9_999))
        #expect(!world.deadline().contains(.watch(on: false)))
        #expect(world.session.holds(SeatID(0)))
        world.pass(.milliseconds(1))
        #expect(world.deadline() == [.watch(on: false)])
        #expect(!world.session.holds(SeatID(0)))
        #expect(world.session.seatCount == 1)
        #expect(world.session.ringFrameCount == 0)
        #expect(self.back(world, after: 3) == [.watch(on: true), .requestKeyframe])
        _ = world.send(.delta)
        #expect(world.gather(0).frames == [], "nothing before the keyframe")
    }

    @Test func aLostSeatThatIsGivenUpLeavesAsAnyOther() {
        var world = self.watched()
        _ = self.lose(world)
        #expect(world.leave(0) == [.watch(on: false)])
        #expect(world.session.seatCount == 0)
        world = self.watched()
        _ = self.lose(world)
        world.pass(.seconds(10))
        _ = world.deadline()
        #expect(world.leave(0) == [], "the shopper knows already")
        #expect(world.session.seatCount == 0)
    }

    @Test func aSeatThatIsNotLostCannotComeBack() {
        let world = self.watched()
        _ = world.act { #expect(!$0.seatBack(SeatID(0), after: nil, now: $1, into: &$2)) }
        _ = world.act { #expect(!$0.seatBackMirrored(SeatID(4), now: $1, into: &$2)) }
        _ = world.act { $0.seatLost(SeatID(4), now: $1, into: &$2) }
        #expect(world.session.seatCount == 1)
    }
}
