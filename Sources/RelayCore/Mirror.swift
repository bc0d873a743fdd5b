package import Wire

/// A session as another loop has it: the frames that the session's own loop hands over, and the seats of this loop's
/// links.
///
/// The session's loop says which frame is which, so that audit ranges mean the same everywhere. A hole in what is
/// handed over (this loop did not keep up) voids what is held, and the seats go on at the next keyframe. Pure; confined
/// to its loop's thread. Of `SessionAction` it uses `wake`, `recordSent`, `closeSeat`, and `requestKeyframe`, which
/// goes to the session's loop.
package final class Mirror {
    /// The frames and the seats.
    package let fanOut: FanOut

    /// A mirror of a session whose next frame is `index`.
    package init(sharing limits: SharedRelayLimits, next index: UInt64) {
        self.fanOut = FanOut(sharing: limits, next: index)
    }

    /// The same with limits of its own.
    package convenience init(limits: RelayLimits, next index: UInt64) {
        self.init(sharing: SharedRelayLimits(limits), next: index)
    }

    /// The session's loop has accepted a frame. Handed over once, in the order of `index`.
    package func frameArrived(
        _ index: UInt64, _ kind: FrameKind, _ frame: SharedFrame, now: Instant, into outbox: inout Outbox
    ) {
        precondition(index >= self.fanOut.ring.next, "a frame is handed over once")
        if index > self.fanOut.ring.next {
            self.fanOut.restart(at: index)
            if kind != .keyframe, self.fanOut.seatCount > 0 { outbox.append(.requestKeyframe) }
        }
        _ = self.fanOut.ring.append(frame, kind: kind, now: now)
        self.checkSeats(now: now, into: &outbox)
        self.fanOut.wake(into: &outbox)
    }

    /// A seat that the session has granted begins or goes on here, with the cursor or without. The session has asked
    /// for a keyframe if it holds none.
    package func join(
        _ id: SeatID, at start: SeatStart, wantsCursor: Bool = true, now: Instant, into outbox: inout Outbox
    ) {
        if self.fanOut.join(id, at: start, wantsCursor: wantsCursor, into: &outbox) { outbox.append(.requestKeyframe) }
    }

    /// A rep leaves its seat or its link is gone.
    package func leave(_ id: SeatID, into outbox: inout Outbox) {
        _ = self.fanOut.leave(id, into: &outbox)
    }

    /// A rep's model lost its base.
    package func resyncAsked(_ id: SeatID, into outbox: inout Outbox) {
        if self.fanOut.resyncAsked(id, into: &outbox) { outbox.append(.requestKeyframe) }
    }

    /// Does what is due at `now`.
    package func deadlinePassed(now: Instant, into outbox: inout Outbox) {
        self.checkSeats(now: now, into: &outbox)
        self.fanOut.checkRecords(now: now, into: &outbox)
    }

    /// The session is over, or has no seat here any more: everything is put on record and forgotten.
    package func end(into outbox: inout Outbox) {
        self.fanOut.end(into: &outbox)
    }

    private func checkSeats(now: Instant, into outbox: inout Outbox) {
        while let id = self.fanOut.removeStalled(now: now, into: &outbox) {
            outbox.append(.closeSeat(id, .tooSlow))
        }
        if self.fanOut.resyncLagging(now: now) { outbox.append(.requestKeyframe) }
    }
}

@available(*, unavailable)
extension Mirror: Sendable {}
