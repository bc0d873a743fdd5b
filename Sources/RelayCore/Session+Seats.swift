package import Wire

/// Seats: joining, leaving, and finding the way back after a lost base or a slow link.
extension Session {
    /// A rep takes a seat. False when all are taken or the session is over.
    package func join(_ id: SeatID, now: Instant, into outbox: inout Outbox) -> Bool {
        guard !self.isEnded, self.seats.count < self.limits.seatCountMax else { return false }
        precondition(!self.seats.contains { $0.id == id }, "a seat's name is never reused in its session")
        if let keyframe = self.ring.newestKeyframe {
            self.seats.append(Seat(id: id, tail: keyframe, base: .following))
            self.wake(into: &outbox)
        } else {
            self.seats.append(Seat(id: id, tail: self.ring.next, base: .awaitingKeyframe))
        }
        self.tellWatched(into: &outbox)
        if self.ring.newestKeyframe == nil { self.requestKeyframe(now: now, into: &outbox) }
        return true
    }

    /// A rep leaves its seat or its link is gone.
    package func leave(_ id: SeatID, now: Instant, into outbox: inout Outbox) {
        guard !self.isEnded, let place = self.place(of: id) else { return }
        self.remove(at: place, into: &outbox)
    }

    /// A rep's model lost its base: nothing but a keyframe that it has not been sent yet helps.
    package func resyncAsked(_ id: SeatID, now: Instant, into outbox: inout Outbox) {
        guard !self.isEnded, let place = self.place(of: id) else { return }
        self.seats[place].base = .awaitingKeyframe
        if let keyframe = self.ring.newestKeyframe, keyframe >= self.seats[place].tail {
            self.seats[place].tail = keyframe
            self.wake(into: &outbox)
        } else {
            self.seats[place].tail = self.ring.next
            self.requestKeyframe(now: now, into: &outbox)
        }
    }

    /// The end of a turn has come: the next frame wakes again.
    package func turnEnded() {
        self.isAwake = false
    }

    /// All seats, in the order in which they joined.
    package func forEachSeat(_ body: (SeatID) -> Void) {
        for place in self.seats.indices { body(self.seats[place].id) }
    }

    /// The seat's link does not take more now. What is due waits in the ring.
    package func blocked(_ id: SeatID, now: Instant) {
        guard let place = self.place(of: id), self.seats[place].tail < self.ring.next else { return }
        // Counted from now, not from when the last frame happened to be sent on a quiet page.
        if self.seats[place].stalledSince == nil { self.seats[place].stalledSince = now }
    }

    /// Whether frames are due for the seat.
    package func hasDue(_ id: SeatID) -> Bool {
        guard let place = self.place(of: id) else { return false }
        return self.seats[place].tail < self.ring.next
    }

    /// Message bytes that the seat is behind.
    package func bytesBehind(_ id: SeatID) -> Int {
        guard let place = self.place(of: id) else { return 0 }
        return self.ring.bytes(from: self.seats[place].tail)
    }

    /// The index of the next frame to consider for the seat; nil when it holds no seat here.
    package func tail(of id: SeatID) -> UInt64? {
        self.place(of: id).map { self.seats[$0].tail }
    }

    /// Whether deltas may reach the seat: it has its base, or is about to be handed it.
    package func isFollowing(_ id: SeatID) -> Bool {
        self.place(of: id).map { self.seats[$0].base == .following } ?? false
    }

    /// The seat's place in the array of seats.
    func place(of id: SeatID) -> Int? {
        self.seats.firstIndex { $0.id == id }
    }

    /// Resyncs or closes the seats that lag. A link that takes what it is offered does not lag, however much is due.
    func checkSeats(now: Instant, into outbox: inout Outbox) {
        var place = 0
        while place < self.seats.count {
            let stalledSince = self.seats[place].stalledSince
            if let stalledSince, now >= stalledSince + self.limits.seatStalledDurationMax {
                let id = self.seats[place].id
                self.remove(at: place, into: &outbox)
                outbox.append(.closeSeat(id, .tooSlow))
                continue
            }
            let tail = self.seats[place].tail
            let isLagging = tail < self.ring.first || (stalledSince != nil && self.isBehind(tail, now))
            if isLagging, self.seats[place].base == .following {
                self.resync(at: place, now: now, into: &outbox)
            }
            place += 1
        }
    }

    /// Whether a tail at `index` is too many bytes or too long behind.
    private func isBehind(_ index: UInt64, _ now: Instant) -> Bool {
        guard index < self.ring.next else { return false }
        return self.ring.bytes(from: index) > self.limits.seatBehindBytesMax
            || now >= self.ring.slot(index).arrived + self.limits.seatBehindDurationMax
    }

    /// Jumps to the newest keyframe when that helps, else waits for the next one. The link's stall goes on either way.
    private func resync(at place: Int, now: Instant, into outbox: inout Outbox) {
        if let keyframe = self.ring.newestKeyframe, keyframe > self.seats[place].tail, !self.isBehind(keyframe, now) {
            self.seats[place].tail = keyframe
        } else {
            self.seats[place].tail = self.ring.next
            self.seats[place].base = .awaitingKeyframe
            self.requestKeyframe(now: now, into: &outbox)
        }
    }

    /// Takes the seat out, with what it was handed on record.
    private func remove(at place: Int, into outbox: inout Outbox) {
        let seat = self.seats.remove(at: place)
        if !seat.sent.isEmpty { outbox.append(.recordSent(seat.id, seat.sent)) }
        if self.seats.isEmpty {
            self.keyframeIsDue = false
            self.keyframeIsWanted = false
            // The shopper stops capturing now: whoever comes next must not be shown the page as it was.
            self.ring.clear()
        }
        self.tellWatched(into: &outbox)
    }

    /// Tells the shopper whether anyone watches; nothing is captured before the consent, so nothing is said before it.
    func tellWatched(into outbox: inout Outbox) {
        guard self.shopper == .present, self.consent == .given else { return }
        outbox.append(.watch(on: !self.seats.isEmpty))
    }
}
