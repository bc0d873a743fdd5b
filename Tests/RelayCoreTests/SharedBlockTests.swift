import RelayCore
import Testing
import Wire

/// Seats that stand at the same frame are handed what the first of them was handed.
@Suite struct SharedBlockTests {
    /// Three seats that have their keyframe, and two frames due for each.
    private static func twoDue() -> World {
        var world = World.live(seats: 3)
        _ = world.send(.keyframe)
        for seat in UInt32(0)..<3 { _ = world.gather(seat) }
        _ = world.send(.delta)
        _ = world.send(.cursor)
        world.shelf.uses = 0
        return world
    }

    @Test func seatsAtTheSameFrameShareOneBlock() {
        let world = Self.twoDue()
        let first = world.gather(0)
        #expect(first == Gathered(frames: [Sent(.delta, 2), Sent(.cursor, 1)], isMoreDue: false))
        #expect(world.gather(1, inNewTurn: false) == first)
        #expect(world.gather(2, inNewTurn: false) == first)
        #expect(world.shelf.uses == 2)
    }

    @Test func theRecordDoesNotTellABlockFromFrames() {
        var world = Self.twoDue()
        for seat in UInt32(0)..<3 { _ = world.gather(seat, inNewTurn: seat == 0) }
        world.pass(.seconds(1))
        #expect(world.deadline() == (0..<3).map { .recordSent(SeatID($0), [1...3]) })
    }

    @Test func aBlockIsNotHandedOnWhenItsTurnIsOver() {
        let world = Self.twoDue()
        let first = world.gather(0)
        #expect(world.gather(1) == first)
        #expect(world.shelf.uses == 0)
    }

    @Test func aBlockIsNotHandedOnWhenAFrameHasComeSince() {
        var world = Self.twoDue()
        _ = world.gather(0)
        _ = world.send(.delta)
        #expect(world.gather(1, inNewTurn: false).frames == [Sent(.delta, 2), Sent(.cursor, 1), Sent(.delta, 3)])
        #expect(world.shelf.uses == 0)
    }

    @Test func aSeatThatHasNoRoomForTheBlockTakesWhatFits() {
        let world = Self.twoDue()
        _ = world.gather(0)
        #expect(world.gather(1, room: 66, inNewTurn: false) == Gathered(frames: [Sent(.delta, 2)], isMoreDue: true))
        #expect(world.gather(1, inNewTurn: false) == Gathered(frames: [Sent(.cursor, 1)], isMoreDue: false))
    }

    @Test func aSeatWithoutItsBaseIsNotHandedABlockOfDeltas() {
        let world = Self.twoDue()
        _ = world.resync(1)
        _ = world.gather(0)
        #expect(world.gather(1, inNewTurn: false).frames == [])
        #expect(world.shelf.uses == 0)
    }

    @Test func aBlockThatStopsAtTheGatheringsBoundIsNotKept() {
        var limits = RelayLimits()
        limits.gatherBytesMax = 50
        var world = World.live(seats: 2, limits)
        for _ in 0..<3 { _ = world.send(.keyframe) }
        for seat in UInt32(0)..<2 {
            let gathered = world.gather(seat, inNewTurn: seat == 0)
            #expect(gathered == Gathered(frames: [Sent(.keyframe, 3)], isMoreDue: false))
        }
        _ = world.send(.delta)
        _ = world.send(.delta)
        world.shelf.uses = 0
        let first = world.gather(0)
        #expect(first == Gathered(frames: [Sent(.delta, 4)], isMoreDue: true))
        #expect(world.gather(1, inNewTurn: false) == first)
        #expect(world.shelf.uses == 0)
    }
}
