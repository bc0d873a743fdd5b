import RelayCore
import Testing
import Wire

/// A mirror beside its session: what the session accepts is handed over, and both hand the same frames to their seats.
@Suite struct MirrorTests {
    private let now = Instant(nanoseconds: 1_000_000_000)

    private func mirror(next index: UInt64 = 1, _ limits: RelayLimits = RelayLimits()) -> Mirror {
        Mirror(limits: limits, next: index)
    }

    private func act(_ mirror: Mirror, _ fact: (Mirror, inout Outbox) -> Void) -> [SessionAction] {
        var outbox = Outbox()
        fact(mirror, &outbox)
        return outbox.actions
    }

    private func hand(_ mirror: Mirror, _ index: UInt64, _ kind: FrameKind, at now: Instant) -> [SessionAction] {
        let frame = World.frame(kind.rawValue, sequence: UInt32(index)).1
        return self.act(mirror) { $0.frameArrived(index, kind, frame, now: now, into: &$1) }
    }

    private func gather(_ mirror: Mirror, _ seat: UInt32, room: Int = .max) -> [Sent] {
        mirror.fanOut.turnEnded()
        var sink = TestSink(room: room)
        _ = mirror.fanOut.gather(SeatID(seat), now: self.now, into: &sink)
        return sink.frames
    }

    @Test func itsSeatsAreHandedWhatTheSessionAcceptedFromTheNewestKeyframeOn() {
        var world = World.live(seats: 1)
        for kind in [FrameKind.keyframe, .delta, .keyframe, .delta] { _ = world.send(kind) }
        let mirror = self.mirror(next: 3)
        world.session.fanOut.forEachFrame(from: 3) { index, kind, frame in
            _ = self.act(mirror) { $0.frameArrived(index, kind, frame, now: world.now, into: &$1) }
        }
        #expect(
            self.act(mirror) { $0.join(SeatID(9), at: .keyframe(notBefore: 0), now: world.now, into: &$1) } == [.wake])
        #expect(self.gather(mirror, 9) == [Sent(.keyframe, 3), Sent(.delta, 4)])
        #expect(mirror.fanOut.nextFrameIndex == world.session.fanOut.nextFrameIndex)
    }

    @Test func whatItsSeatsWereHandedIsRecordedByTheSessionsOwnIndices() {
        let mirror = self.mirror(next: 40)
        _ = self.act(mirror) { $0.join(SeatID(1), at: .keyframe(notBefore: 0), now: self.now, into: &$1) }
        _ = self.hand(mirror, 40, .keyframe, at: self.now)
        _ = self.hand(mirror, 41, .delta, at: self.now)
        _ = self.gather(mirror, 1)
        #expect(self.act(mirror) { $0.leave(SeatID(1), into: &$1) }.ranges(1) == [40...41])
    }

    @Test func aHoleInWhatIsHandedOverAsksForAKeyframeAndGoesOnThere() {
        let mirror = self.mirror()
        _ = self.act(mirror) { $0.join(SeatID(1), at: .keyframe(notBefore: 0), now: self.now, into: &$1) }
        _ = self.hand(mirror, 1, .keyframe, at: self.now)
        _ = self.gather(mirror, 1)
        #expect(self.hand(mirror, 5, .delta, at: self.now).contains(.requestKeyframe))
        #expect(self.gather(mirror, 1) == [])
        #expect(!self.hand(mirror, 6, .keyframe, at: self.now).contains(.requestKeyframe))
        _ = self.hand(mirror, 7, .delta, at: self.now)
        #expect(self.gather(mirror, 1) == [Sent(.keyframe, 6), Sent(.delta, 7)])
    }

    @Test func aSeatThatComesBackInAHoleIsNotShownWhatItHasSeen() {
        let mirror = self.mirror()
        _ = self.hand(mirror, 1, .keyframe, at: self.now)
        _ = self.hand(mirror, 2, .delta, at: self.now)
        // Frames 3 and 4 were left out; the rep has applied them over its other link.
        let actions = self.act(mirror) { $0.join(SeatID(1), at: .frame(5), now: self.now, into: &$1) }
        #expect(actions == [.requestKeyframe])
        #expect(self.gather(mirror, 1) == [])
        _ = self.hand(mirror, 6, .keyframe, at: self.now)
        #expect(self.gather(mirror, 1) == [Sent(.keyframe, 6)])
    }

    @Test func aSeatWhoseFrameTheSessionHasNoMoreIsNotShownAnOldKeyframeOfALaggingMirror() {
        let mirror = self.mirror()
        _ = self.hand(mirror, 1, .keyframe, at: self.now)
        let actions = self.act(mirror) { $0.join(SeatID(1), at: .keyframe(notBefore: 4), now: self.now, into: &$1) }
        #expect(actions == [.requestKeyframe])
        #expect(self.gather(mirror, 1) == [])
        _ = self.hand(mirror, 4, .keyframe, at: self.now)
        #expect(self.gather(mirror, 1) == [Sent(.keyframe, 4)])
    }

    @Test func aSeatThatComesBackGoesOnWhereTheMirrorReachesBackTo() {
        let mirror = self.mirror(next: 3)
        for (index, kind) in [(3, FrameKind.delta), (4, .keyframe), (5, .delta)] as [(UInt64, FrameKind)] {
            _ = self.hand(mirror, index, kind, at: self.now)
        }
        for (seat, index, sent) in [
            (1, 2, [Sent(.keyframe, 4), Sent(.delta, 5)]), (2, 5, [Sent(.delta, 5)]), (3, 6, []),
            (4, 3, [Sent(.delta, 3), Sent(.keyframe, 4), Sent(.delta, 5)]),
        ] as [(UInt32, UInt64, [Sent])] {
            _ = self.act(mirror) { $0.join(SeatID(seat), at: .frame(index), now: self.now, into: &$1) }
            #expect(self.gather(mirror, seat) == sent, "from \(index)")
        }
    }

    @Test func aKeyframeAfterAHoleNeedsNoOther() {
        let mirror = self.mirror()
        _ = self.act(mirror) { $0.join(SeatID(1), at: .keyframe(notBefore: 0), now: self.now, into: &$1) }
        _ = self.hand(mirror, 1, .keyframe, at: self.now)
        #expect(self.hand(mirror, 9, .keyframe, at: self.now) == [])
        #expect(self.gather(mirror, 1) == [Sent(.keyframe, 9)])
    }

    @Test func aSeatThatLostItsBaseOrJoinsWithoutAKeyframeAsksTheSession() {
        let mirror = self.mirror()
        #expect(
            self.act(mirror) { $0.join(SeatID(1), at: .keyframe(notBefore: 0), now: self.now, into: &$1) } == [
                .requestKeyframe
            ])
        _ = self.hand(mirror, 1, .keyframe, at: self.now)
        _ = self.gather(mirror, 1)
        #expect(self.act(mirror) { $0.resyncAsked(SeatID(1), into: &$1) } == [.requestKeyframe])
    }

    @Test func aSeatThatStandsStillIsClosedHereAndTheOthersAreNot() {
        let mirror = self.mirror()
        for seat: UInt32 in 1...2 {
            _ = self.act(mirror) { $0.join(SeatID(seat), at: .keyframe(notBefore: 0), now: self.now, into: &$1) }
        }
        _ = self.hand(mirror, 1, .keyframe, at: self.now)
        _ = self.gather(mirror, 1)
        mirror.fanOut.blocked(SeatID(2), now: self.now)
        let later = self.now + RelayLimits().seatStalledDurationMax
        #expect(mirror.fanOut.nextDeadline.map { $0 <= later } == true)
        let actions = self.act(mirror) { $0.deadlinePassed(now: later, into: &$1) }
        #expect(actions.contains(.closeSeat(SeatID(2), .tooSlow)))
        #expect(mirror.fanOut.holds(SeatID(1)))
        #expect(!mirror.fanOut.holds(SeatID(2)))
    }

    @Test func itsEndPutsEverythingOnRecord() {
        let mirror = self.mirror()
        _ = self.act(mirror) { $0.join(SeatID(3), at: .keyframe(notBefore: 0), now: self.now, into: &$1) }
        _ = self.hand(mirror, 1, .keyframe, at: self.now)
        _ = self.gather(mirror, 3)
        #expect(self.act(mirror) { $0.end(into: &$1) } == [.recordSent(SeatID(3), [1...1])])
        #expect(mirror.fanOut.seatCount == 0)
    }

    @Test func aSessionWatchedOnlyFromOtherLoopsKeepsItsFramesForThem() {
        var world = World.live(seats: 0)
        #expect(
            world.act { _ = $0.joinMirrored(SeatID(1), now: $1, into: &$2) } == [.watch(on: true), .requestKeyframe])
        #expect(world.send(.keyframe) == [.recordFrame(index: 1)])
        #expect(world.session.ringFrameCount == 1)
        #expect(world.session.holds(SeatID(1)))
        #expect(world.leave(1) == [.watch(on: false)])
        #expect(world.session.ringFrameCount == 0)
    }

    @Test func mirroredSeatsCountAgainstTheLimit() {
        var limits = RelayLimits()
        limits.seatCountMax = 2
        let world = World.live(seats: 1, limits)
        var joined: [Bool] = []
        for seat: UInt32 in 10...11 {
            _ = world.act { joined.append($0.joinMirrored(SeatID(seat), now: $1, into: &$2)) }
        }
        #expect(joined == [true, false])
        #expect(world.join(12) == nil)
    }

    @Test func aMirrorsWishForAKeyframeIsThrottledLikeAnyOther() {
        var world = World.live(seats: 0)
        _ = world.act { _ = $0.joinMirrored(SeatID(1), now: $1, into: &$2) }
        _ = world.send(.keyframe)
        #expect(world.act { $0.keyframeWanted(now: $1, into: &$2) } == [])
        world.pass(RelayLimits().keyframeRequestIntervalMin)
        #expect(world.deadline() == [.requestKeyframe])
    }
}
