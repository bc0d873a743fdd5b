package import Wire

/// A seat whose rep's link is lost: it keeps its name, and for a while the page is captured on for it.
struct LostSeat {
    let id: SeatID
    /// Nil once the page is no longer captured for it.
    var watchedUntil: Instant?
}

/// Seats whose rep's link breaks and comes back. How long a seat may stay lost is not the session's: who gives it up
/// says `leave`.
extension Session {
    /// The link of a seat is lost, on whichever loop. For `RelayLimits.lostSeatWatchDurationMax` the ring and the
    /// capture go on for it.
    package func seatLost(_ id: SeatID, now: Instant, into outbox: inout Outbox) {
        guard !self.isEnded else { return }
        guard self.mirroredSeats.remove(id) != nil || self.fanOut.leave(id, into: &outbox) else { return }
        self.lostSeats.append(LostSeat(id: id, watchedUntil: now + self.limits.lostSeatWatchDurationMax))
    }

    /// A lost seat is back over a link of this loop. Its rep applied the frame `last`: it goes on after that one when
    /// the ring holds it, else at a keyframe, with the cursor or without as before. False when the seat is not lost.
    package func seatBack(
        _ id: SeatID, after last: FrameMark?, wantsCursor: Bool = true, now: Instant, into outbox: inout Outbox
    ) -> Bool {
        guard let wasWatched = self.takeLost(id) else { return false }
        let isKeyframeWanted = self.fanOut.join(
            id, at: self.fanOut.start(after: last), wantsCursor: wantsCursor, into: &outbox)
        if !wasWatched { self.tellWatched(into: &outbox) }
        if isKeyframeWanted { self.requestKeyframe(now: now, into: &outbox) }
        return true
    }

    /// A lost seat is back over a link of another loop, whose `Mirror` hands it the frames. False when it is not lost.
    package func seatBackMirrored(_ id: SeatID, now: Instant, into outbox: inout Outbox) -> Bool {
        guard let wasWatched = self.takeLost(id) else { return false }
        self.mirroredSeats.insert(id)
        if !wasWatched { self.tellWatched(into: &outbox) }
        if self.fanOut.ring.newestKeyframe == nil { self.requestKeyframe(now: now, into: &outbox) }
        return true
    }

    /// Ends the capture for the seats that are lost for too long.
    func checkLostSeats(now: Instant, into outbox: inout Outbox) {
        var isOver = false
        for place in self.lostSeats.indices {
            guard let until = self.lostSeats[place].watchedUntil, until <= now else { continue }
            self.lostSeats[place].watchedUntil = nil
            isOver = true
        }
        if isOver { self.seatLeft(into: &outbox) }
    }

    /// Takes a seat out of the lost ones; whether the page was captured for it. Nil when it is not lost.
    private func takeLost(_ id: SeatID) -> Bool? {
        guard !self.isEnded, let place = self.lostSeats.firstIndex(where: { $0.id == id }) else { return nil }
        return self.lostSeats.remove(at: place).watchedUntil != nil
    }
}
