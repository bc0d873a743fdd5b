package import Wire

/// The fan-out of one session on one loop: the ring of its recent frames and a tail into it for each seat.
///
/// The session's own loop has one (inside `Session`), and so has every other loop on which a rep of the session has its
/// link (inside `Mirror`); a frame has the same index in all of them. Pure, and confined to its loop's thread. Nothing
/// here allocates, retains or locks per seat and frame.
package final class FanOut {
    private let sharedLimits: SharedRelayLimits
    var limits: RelayLimits { _read { yield self.sharedLimits.values } }
    let ring: FrameRing
    let table = SeatTable()
    /// Seats whose link takes nothing: only they can lag in time or bytes.
    private var stalledCount = 0
    /// No following seat's tail is below this index: while the ring still holds it, no seat fell out.
    private var lowestTail: UInt64 = .max
    /// Whether `wake` was asked for in this turn.
    private var isAwake = false
    /// Seats that were sent to a keyframe, for lagging or as they asked, since it was last taken.
    private var resyncCount = 0
    /// When unrecorded ranges of sent frames must be recorded.
    var sentRecordDue: Instant?
    /// What a seat was handed in this turn, for the others that stand where it stood.
    var block = SharedBlock()

    /// No seat and no frame; the next frame will be `index`, counted from 1 in the session.
    package init(sharing sharedLimits: SharedRelayLimits, next index: UInt64 = 1) {
        let limits = sharedLimits.values
        self.sharedLimits = sharedLimits
        self.ring = FrameRing(bytesMax: limits.ringBytesMax, countMax: limits.ringFrameCountMax, next: index)
    }

    /// Whether the link of any seat takes nothing.
    var isAnyStalled: Bool { self.stalledCount > 0 }
    /// Seats held here now.
    package var seatCount: Int { self.table.count }
    /// The index that the next frame will have.
    package var nextFrameIndex: UInt64 { self.ring.next }

    /// Hands `body` the frames from `index` on, oldest first; an index that the ring does not hold is our own fault.
    package func forEachFrame(from index: UInt64, _ body: (UInt64, FrameKind, SharedFrame) -> Void) {
        var index = index
        while index < self.ring.next {
            let slot = self.ring.slot(index)
            // The ring holds its reference for the length of this call: nothing here evicts.
            unsafe slot.frame._withUnsafeGuaranteedRef { body(index, slot.kind, $0) }
            index += 1
        }
    }

    /// Seats that were sent to a keyframe, for lagging or as they asked, since the last call.
    package func takeResyncCount() -> Int {
        guard self.resyncCount > 0 else { return 0 }
        defer { self.resyncCount = 0 }
        return self.resyncCount
    }

    /// Where a seat goes on whose rep applied the page frame `mark` last: after it, when the ring holds it; else, and
    /// without a mark, at the newest keyframe, behind which nothing goes back. Looks at every frame: once a resume.
    package func start(after mark: FrameMark?) -> SeatStart {
        var index = mark == nil ? self.ring.first : self.ring.next
        while index > self.ring.first {
            index -= 1
            let slot = self.ring.slot(index)
            guard slot.kind.lane == .page else { continue }
            // The ring holds its reference for the length of this call: nothing here evicts.
            let isIt = unsafe slot.frame._withUnsafeGuaranteedRef { FrameMark(of: $0) == mark }
            if isIt { return .frame(index + 1) }
        }
        return .keyframe(notBefore: self.ring.newestKeyframe ?? self.ring.next)
    }

    /// The first frame of a new mirror in which a seat begins.
    package func mirrorStart(for start: SeatStart) -> UInt64 {
        let newest = self.ring.newestKeyframe ?? self.ring.next
        if case .frame(let index) = start { return Swift.min(index, newest) }
        return newest
    }

    /// All seats, in the order in which they joined.
    package func forEachSeat(_ body: (SeatID) -> Void) {
        for place in self.table.indices { body(self.table[place].id) }
    }

    /// Whether the seat is here.
    package func holds(_ id: SeatID) -> Bool { self.table.place(of: id) != nil }

    /// Whether frames are due for the seat, which is looked for first as the one that joined after `guess` others.
    package func hasDue(_ id: SeatID, near guess: Int = 0) -> Bool {
        guard let place = self.table.place(of: id, near: guess) else { return false }
        return self.table[place].tail < self.ring.next
    }

    /// Message bytes that the seat is behind.
    package func bytesBehind(_ id: SeatID) -> Int {
        guard let place = self.table.place(of: id) else { return 0 }
        return self.ring.bytes(from: self.table[place].tail)
    }

    /// The index of the next frame to consider for the seat; nil when it is not here.
    package func tail(of id: SeatID) -> UInt64? {
        self.table.place(of: id).map { self.table[$0].tail }
    }

    /// Whether deltas may reach the seat: it has its base, or is about to be handed it.
    package func isFollowing(_ id: SeatID) -> Bool {
        self.table.place(of: id).map { self.table[$0].base == .following } ?? false
    }

    /// The end of a turn has come: the next frame wakes again.
    package func turnEnded() {
        self.isAwake = false
        self.block.isKept = false
    }

    /// The seat's link does not take more now. What is due waits in the ring.
    package func blocked(_ id: SeatID, now: Instant) {
        guard let place = self.table.place(of: id) else { return }
        self.passCursors(at: place)
        guard self.table[place].tail < self.ring.next else { return }
        // Counted from now, not from when the last frame happened to be sent on a quiet page.
        guard self.table[place].stalledSince == nil else { return }
        self.table[place].stalledSince = now
        self.stalledCount += 1
    }

    /// The earliest moment at which seats or records have something due.
    package var nextDeadline: Instant? {
        var earliest = self.sentRecordDue
        guard self.stalledCount > 0 else { return earliest }
        func consider(_ moment: Instant) {
            earliest = earliest.map { Swift.min($0, moment) } ?? moment
        }
        for place in self.table.indices {
            guard let since = self.table[place].stalledSince else { continue }
            consider(since + self.limits.seatStalledDurationMax)
            let tail = self.table[place].tail
            if self.table[place].base == .following, tail < self.ring.next {
                consider(self.ring.slot(tail).arrived + self.limits.seatBehindDurationMax)
            }
        }
        return earliest
    }

    /// Asks once for a gathering at the end of the turn.
    func wake(into outbox: inout Outbox) {
        guard !self.isAwake, self.table.count > 0 else { return }
        self.isAwake = true
        outbox.append(.wake)
    }

    // What `Session` and `Mirror` build on.

    /// Seats a rep where it begins. True when that needs a keyframe that is not held: the seat waits, and one is
    /// wanted.
    func join(_ id: SeatID, at start: SeatStart, wantsCursor: Bool, into outbox: inout Outbox) -> Bool {
        precondition(self.table.place(of: id) == nil, "a seat sits in one place of its session")
        if case .frame(let index) = start, index >= self.ring.first, index <= self.ring.next {
            self.table.add(Seat(id: id, tail: index, base: .following, wantsCursor: wantsCursor))
            self.lowestTail = Swift.min(self.lowestTail, index)
            self.wake(into: &outbox)
            return false
        }
        guard let keyframe = self.ring.newestKeyframe, keyframe >= start.earliest else {
            self.table.add(Seat(id: id, tail: self.ring.next, base: .awaitingKeyframe, wantsCursor: wantsCursor))
            return true
        }
        self.table.add(Seat(id: id, tail: keyframe, base: .following, wantsCursor: wantsCursor))
        self.lowestTail = Swift.min(self.lowestTail, keyframe)
        self.wake(into: &outbox)
        return false
    }

    /// Takes a seat out, with what it was handed on record. False when it is not here.
    func leave(_ id: SeatID, into outbox: inout Outbox) -> Bool {
        guard let place = self.table.place(of: id) else { return false }
        self.remove(at: place, into: &outbox)
        return true
    }

    /// Nothing helps the seat but a keyframe that it has not been sent yet. True when one is wanted.
    func resyncAsked(_ id: SeatID, into outbox: inout Outbox) -> Bool {
        guard let place = self.table.place(of: id) else { return false }
        self.resyncCount += 1
        self.table[place].base = .awaitingKeyframe
        guard let keyframe = self.ring.newestKeyframe, keyframe >= self.table[place].tail else {
            self.table[place].tail = self.ring.next
            return true
        }
        self.table[place].tail = keyframe
        self.wake(into: &outbox)
        return false
    }

    /// Takes out the first seat whose link has stood still for too long; nil when there is none.
    func removeStalled(now: Instant, into outbox: inout Outbox) -> SeatID? {
        guard self.stalledCount > 0 else { return nil }
        for place in self.table.indices {
            guard let since = self.table[place].stalledSince,
                now >= since + self.limits.seatStalledDurationMax
            else { continue }
            let id = self.table[place].id
            self.remove(at: place, into: &outbox)
            return id
        }
        return nil
    }

    /// Resyncs the seats that lag. A link that takes what it is offered does not lag, however much is due. True when a
    /// keyframe is wanted.
    func resyncLagging(now: Instant) -> Bool {
        guard self.stalledCount > 0 || self.lowestTail < self.ring.first else { return false }
        var isWanted = false
        var lowest = UInt64.max
        for place in self.table.indices where self.table[place].base == .following {
            let tail = self.table[place].tail
            let isStalled = self.table[place].stalledSince != nil
            if tail < self.ring.first || (isStalled && self.isBehind(tail, now)) {
                isWanted = self.resync(at: place, now: now) || isWanted
            }
            if self.table[place].base == .following { lowest = Swift.min(lowest, self.table[place].tail) }
        }
        self.lowestTail = lowest
        return isWanted
    }

    /// Every frame so far is void: the next will be `index`, and no seat has a base. What seats were handed stays to be
    /// recorded.
    func restart(at index: UInt64) {
        self.ring.restart(at: index)
        for place in self.table.indices {
            self.table[place].tail = index
            self.table[place].base = .awaitingKeyframe
        }
        self.lowestTail = .max
    }

    /// Forgets seats and frames, with everything on record.
    func end(into outbox: inout Outbox) {
        self.recordSent(into: &outbox)
        self.ring.clear()
        self.table.removeAll()
        self.stalledCount = 0
    }

    /// The link of the seat at `place` takes something again.
    func noteFree(at place: Int) {
        guard self.table[place].stalledSince != nil else { return }
        self.table[place].stalledSince = nil
        self.stalledCount -= 1
    }

    /// The seat at `place` follows from `index` on.
    func noteFollowing(at place: Int, from index: UInt64) {
        guard self.table[place].base != .following else { return }
        self.table[place].base = .following
        self.lowestTail = Swift.min(self.lowestTail, index)
    }

    private func remove(at place: Int, into outbox: inout Outbox) {
        var seat = self.table.remove(at: place)
        if seat.stalledSince != nil { self.stalledCount -= 1 }
        if seat.sentCount > 0 { outbox.append(.recordSent(seat.id, seat.takeSent())) }
    }

    /// Whether a tail at `index` is too many bytes or too long behind.
    private func isBehind(_ index: UInt64, _ now: Instant) -> Bool {
        guard index < self.ring.next else { return false }
        return self.ring.bytes(from: index) > self.limits.seatBehindBytesMax
            || now >= self.ring.slot(index).arrived + self.limits.seatBehindDurationMax
    }

    /// Jumps to the newest keyframe when that helps, else waits for the next one, which is then wanted. The link's
    /// stall goes on either way.
    private func resync(at place: Int, now: Instant) -> Bool {
        self.resyncCount += 1
        if let keyframe = self.ring.newestKeyframe, keyframe > self.table[place].tail,
            !self.isBehind(keyframe, now)
        {
            self.table[place].tail = keyframe
            return false
        }
        self.table[place].tail = self.ring.next
        self.table[place].base = .awaitingKeyframe
        return true
    }
}

@available(*, unavailable)
extension FanOut: Sendable {}
