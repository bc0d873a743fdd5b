import RelayCore
import Testing
import Wire

/// Seats that asked for no cursor, beside others.
@Suite struct CursorlessSeatTests {
    /// Seat 0 without cursor and seat 1 with it, both with their keyframe.
    private static func pair(_ limits: RelayLimits = RelayLimits()) -> World {
        var world = World.live(seats: 0, limits)
        _ = world.join(0, wantsCursor: false)
        _ = world.join(1)
        _ = world.send(.keyframe)
        for seat in UInt32(0)..<2 { _ = world.gather(seat) }
        return world
    }

    @Test func aSeatThatAskedForNoCursorGetsNone() {
        var world = Self.pair()
        for kind in [FrameKind.cursor, .delta, .cursor, .scroll, .cursor] { _ = world.send(kind) }
        #expect(world.gather(0) == Gathered(frames: [Sent(.delta, 2), Sent(.scroll, 3)], isMoreDue: false))
        #expect(world.gather(1).frames == [Sent(.delta, 2), Sent(.scroll, 3), Sent(.cursor, 3)])
    }

    @Test func cursorsAloneAreNothingForIt() {
        var world = Self.pair()
        for _ in 0..<3 { _ = world.send(.cursor) }
        #expect(world.gather(0) == Gathered(frames: [], isMoreDue: false))
        #expect(!world.session.hasDue(SeatID(0)))
        #expect(world.gather(1).frames == [Sent(.cursor, 3)])
    }

    @Test func noBlockOfOneKindReachesASeatOfTheOther() {
        for first in [[0, 1], [1, 0]] as [[UInt32]] {
            var world = Self.pair()
            _ = world.send(.cursor)
            _ = world.send(.delta)
            _ = world.send(.cursor)
            world.shelf.uses = 0
            for (place, seat) in first.enumerated() {
                let due = seat == 0 ? [Sent(.delta, 2)] : [Sent(.delta, 2), Sent(.cursor, 2)]
                #expect(world.gather(seat, inNewTurn: place == 0).frames == due)
            }
            #expect(world.shelf.uses == 0)
        }
    }

    @Test func seatsWithoutCursorShareTheirBlock() {
        var world = World.live(seats: 0)
        for seat in UInt32(0)..<3 { _ = world.join(seat, wantsCursor: false) }
        for kind in [FrameKind.keyframe, .cursor, .delta, .cursor] { _ = world.send(kind) }
        for seat in UInt32(0)..<3 { _ = world.gather(seat, inNewTurn: seat == 0) }
        _ = world.send(.delta)
        world.shelf.uses = 0
        for seat in UInt32(0)..<3 {
            #expect(world.gather(seat, inNewTurn: seat == 0).frames == [Sent(.delta, 3)])
        }
        #expect(world.shelf.uses == 2)
        world.pass(.seconds(1))
        for seat in UInt32(0)..<3 { #expect(world.session.hasDue(SeatID(seat)) == false) }
        #expect(world.deadline() == (0..<3).map { .recordSent(SeatID($0), [1...5]) })
    }

    @Test func itsRecordRunsOverThePageFramesAlone() {
        var limits = RelayLimits()
        limits.sentRangeCountMax = 2
        var world = World.live(seats: 0, limits)
        _ = world.join(0, wantsCursor: false)
        _ = world.send(.keyframe)
        // Sixty cursors a second between the page frames, each of them a turn: the record of two ranges is never full.
        for _ in 0..<10 {
            for _ in 0..<6 {
                _ = world.send(.cursor)
                _ = world.gather(0)
            }
            _ = world.send(.delta)
            #expect(world.gather(0).frames.count == 1)
        }
        _ = world.send(.cursor)
        _ = world.gather(0)
        world.pass(.seconds(1))
        #expect(world.deadline() == [.recordSent(SeatID(0), [1...72])])
        // What comes after the record begins with the next page frame, or the cursors before it.
        _ = world.send(.cursor)
        _ = world.gather(0)
        _ = world.send(.delta)
        _ = world.gather(0)
        world.pass(.seconds(1))
        #expect(world.deadline() == [.recordSent(SeatID(0), [74...74])])
    }

    @Test func aKeyframeThatItIsSentToBeginsANewRange() {
        var world = Self.pair()
        for kind in [FrameKind.delta, .cursor, .delta, .keyframe, .cursor] { _ = world.send(kind) }
        _ = world.resync(0)
        #expect(world.gather(0).frames == [Sent(.keyframe, 4)])
        world.pass(.seconds(1))
        #expect(world.deadline().ranges(0) == [1...1, 5...6])
    }

    @Test func cursorsDoNotMakeItLag() {
        var world = Self.pair()
        for _ in 0..<50 { _ = world.send(.cursor) }
        // Its link takes nothing, and nothing is due for it.
        world.block(0)
        world.pass(.seconds(9))
        _ = world.deadline()
        world.block(0)
        world.pass(.seconds(9))
        #expect(!world.deadline().contains(.closeSeat(SeatID(0), .tooSlow)))
        #expect(world.session.holds(SeatID(0)))
        _ = world.send(.delta)
        #expect(world.gather(0).frames == [Sent(.delta, 2)])
    }

    @Test func aSeatThatStopsAtAPageFrameIsRecordedUpToThere() {
        var world = Self.pair()
        for kind in [FrameKind.cursor, .delta, .cursor, .delta] { _ = world.send(kind) }
        #expect(world.gather(0, room: 66) == Gathered(frames: [Sent(.delta, 2)], isMoreDue: true))
        world.block(0)
        world.pass(.seconds(1))
        #expect(world.deadline().ranges(0) == [1...4])
        #expect(world.gather(0).frames == [Sent(.delta, 3)])
    }

    @Test func aSeatThatComesBackStaysAsItWas() {
        var world = Self.pair()
        _ = world.act { $0.seatLost(SeatID(0), now: $1, into: &$2) }
        for kind in [FrameKind.cursor, .delta, .cursor] { _ = world.send(kind) }
        let mark = FrameMark(of: World.frame(FrameKind.keyframe.rawValue, sequence: 1).1)
        _ = world.act { _ = $0.seatBack(SeatID(0), after: mark, wantsCursor: false, now: $1, into: &$2) }
        #expect(world.gather(0).frames == [Sent(.delta, 2)])
    }

    @Test func aMirrorHasSuchSeatsToo() {
        let now = Instant(nanoseconds: 1_000_000_000)
        let mirror = Mirror(limits: RelayLimits(), next: 1)
        var outbox = Outbox()
        mirror.join(SeatID(1), at: .keyframe(notBefore: 0), wantsCursor: false, now: now, into: &outbox)
        for (place, kind) in [FrameKind.keyframe, .cursor, .delta, .cursor].enumerated() {
            let frame = World.frame(kind.rawValue, sequence: UInt32(place + 1)).1
            mirror.frameArrived(UInt64(place + 1), kind, frame, now: now, into: &outbox)
        }
        var sink = TestSink(room: .max)
        _ = mirror.fanOut.gather(SeatID(1), now: now, into: &sink)
        #expect(sink.frames == [Sent(.keyframe, 1), Sent(.delta, 3)])
        outbox.removeAll()
        mirror.leave(SeatID(1), into: &outbox)
        #expect(outbox.actions.ranges(1) == [1...4])
    }
}
