package import Wire

/// Seats: joining, leaving, and finding the way back after a lost base or a slow link.
extension Session {
    /// A rep takes a seat over a link of this loop, with the cursor or without. False when all are taken or the session
    /// is over.
    package func join(_ id: SeatID, wantsCursor: Bool = true, now: Instant, into outbox: inout Outbox) -> Bool {
        guard !self.isEnded, self.seatCount < self.limits.seatCountMax else { return false }
        let isKeyframeWanted = self.fanOut.join(
            id, at: .keyframe(notBefore: 0), wantsCursor: wantsCursor, into: &outbox)
        self.tellWatched(into: &outbox)
        if isKeyframeWanted { self.requestKeyframe(now: now, into: &outbox) }
        return true
    }

    /// A rep takes a seat over a link of another loop, whose `Mirror` hands it the frames. False as with `join`.
    package func joinMirrored(_ id: SeatID, now: Instant, into outbox: inout Outbox) -> Bool {
        guard !self.isEnded, self.seatCount < self.limits.seatCountMax else { return false }
        precondition(!self.mirroredSeats.contains(id), "a seat's name is never reused in its session")
        self.mirroredSeats.insert(id)
        self.tellWatched(into: &outbox)
        if self.fanOut.ring.newestKeyframe == nil { self.requestKeyframe(now: now, into: &outbox) }
        return true
    }

    /// A rep leaves its seat or its link is gone, on whichever loop.
    package func leave(_ id: SeatID, now: Instant, into outbox: inout Outbox) {
        guard !self.isEnded else { return }
        if let place = self.lostSeats.firstIndex(where: { $0.id == id }) {
            // Without its capture it has left as far as the shopper knows.
            guard self.lostSeats.remove(at: place).watchedUntil != nil else { return }
        } else {
            guard self.mirroredSeats.remove(id) != nil || self.fanOut.leave(id, into: &outbox) else { return }
        }
        self.seatLeft(into: &outbox)
    }

    /// A rep's model lost its base: nothing but a keyframe that it has not been sent yet helps.
    package func resyncAsked(_ id: SeatID, now: Instant, into outbox: inout Outbox) {
        guard !self.isEnded else { return }
        if self.fanOut.resyncAsked(id, into: &outbox) { self.requestKeyframe(now: now, into: &outbox) }
    }

    /// A mirror has a seat that only a new keyframe helps.
    package func keyframeWanted(now: Instant, into outbox: inout Outbox) {
        guard !self.isEnded else { return }
        self.requestKeyframe(now: now, into: &outbox)
    }

    /// Hands the frames that are due for a seat of this loop to `sink` (`FanOut.gather`). True when more is due.
    package func gather<Sink: FrameSink & ~Copyable>(_ id: SeatID, now: Instant, into sink: inout Sink) -> Bool {
        self.fanOut.gather(id, now: now, into: &sink).isMoreDue
    }

    /// The end of a turn has come: the next frame wakes again.
    package func turnEnded() { self.fanOut.turnEnded() }

    /// All seats of this loop, in the order in which they joined.
    package func forEachSeat(_ body: (SeatID) -> Void) { self.fanOut.forEachSeat(body) }

    /// Whether the page is captured for the seat, on whichever loop.
    package func holds(_ id: SeatID) -> Bool {
        self.mirroredSeats.contains(id) || self.fanOut.holds(id)
            || self.lostSeats.contains { $0.id == id && $0.watchedUntil != nil }
    }

    /// The link of a seat of this loop does not take more now. What is due waits in the ring.
    package func blocked(_ id: SeatID, now: Instant) { self.fanOut.blocked(id, now: now) }

    /// Whether frames are due for a seat of this loop.
    package func hasDue(_ id: SeatID) -> Bool { self.fanOut.hasDue(id) }

    /// Message bytes that a seat of this loop is behind.
    package func bytesBehind(_ id: SeatID) -> Int { self.fanOut.bytesBehind(id) }

    /// The index of the next frame to consider for the seat; nil when it holds no seat on this loop.
    package func tail(of id: SeatID) -> UInt64? { self.fanOut.tail(of: id) }

    /// Whether deltas may reach a seat of this loop: it has its base, or is about to be handed it.
    package func isFollowing(_ id: SeatID) -> Bool { self.fanOut.isFollowing(id) }

    /// Resyncs or closes the seats of this loop that lag.
    func checkSeats(now: Instant, into outbox: inout Outbox) {
        while let id = self.fanOut.removeStalled(now: now, into: &outbox) {
            self.seatLeft(into: &outbox)
            outbox.append(.closeSeat(id, .tooSlow))
        }
        if self.fanOut.resyncLagging(now: now) { self.requestKeyframe(now: now, into: &outbox) }
    }

    // Not inlined: what it looks at would be looked at for every frame, ahead of the loop of `checkSeats`.
    @inline(never)
    func seatLeft(into outbox: inout Outbox) {
        if !self.isWatched {
            self.keyframeIsDue = false
            self.keyframeIsWanted = false
            // The shopper stops capturing now: whoever comes next must not be shown the page as it was.
            self.fanOut.ring.clear()
        }
        self.tellWatched(into: &outbox)
    }

    /// Tells the shopper whether anyone watches; nothing is captured before the consent, so nothing is said before it.
    func tellWatched(into outbox: inout Outbox) {
        guard self.shopper == .present, self.consent == .given else { return }
        outbox.append(.watch(on: self.isWatched))
    }
}
