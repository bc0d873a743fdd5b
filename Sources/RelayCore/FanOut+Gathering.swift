package import Wire

/// What one gathering handed over.
package struct Gathering: Equatable, Sendable {
    /// Message bytes.
    package internal(set) var byteCount = 0
    /// Frames, and when the oldest of them arrived.
    package internal(set) var frameCount = 0
    package internal(set) var since = Instant(nanoseconds: .max)
    /// Whether more is due for the seat.
    package internal(set) var isMoreDue = false

    /// Nothing.
    package init() {}
}

/// Frames that a seat was handed and that the sink keeps for others in the same turn.
struct SharedBlock {
    /// Whether it is good still.
    var isKept = false
    /// Whether it was gathered for seats that are handed the cursor: the others are never handed it, nor these one of
    /// theirs.
    private(set) var hasCursor = true
    /// The sink's name for it.
    private(set) var name: UInt64 = 0
    /// The first frame considered, and the one after the last: the newest.
    private(set) var from: UInt64 = 0
    private(set) var next: UInt64 = 0
    /// The frames handed over.
    private(set) var sent: ClosedRange<UInt64> = 0...0
    private(set) var gathering = Gathering()

    /// All frames `from` a seat's place up to `next`, of which `sent` were handed over, are kept under `name`.
    mutating func keep(
        _ name: UInt64, hasCursor: Bool, from: UInt64, next: UInt64, sent: ClosedRange<UInt64>, _ gathering: Gathering
    ) {
        self.isKept = true
        self.hasCursor = hasCursor
        (self.name, self.from, self.next, self.sent, self.gathering) = (name, from, next, sent, gathering)
    }
}

/// Handing frames to seats, and the record of what each was handed.
extension FanOut {
    /// Hands the frames that are due for the seat to `sink`, at most about `gatherBytesMax` bytes, and moves its tail.
    ///
    /// Called when the seat's link takes something, and followed by `blocked` when it then takes no more. Cursor frames
    /// that a newer one has overtaken are skipped, for a seat without cursor all of them, and so is everything before
    /// the newest keyframe while the seat has no base. Seats that stand at the same frame, which is nearly all of them,
    /// are handed what the first of them was handed, if the sink has kept it and both are with cursor or both without.
    /// The seat is looked for first as the one that joined after `guess` others.
    package func gather<Sink: FrameSink & ~Copyable>(
        _ id: SeatID, near guess: Int = 0, now: Instant, into sink: inout Sink
    ) -> Gathering {
        guard let place = self.table.place(of: id, near: guess) else { return Gathering() }
        if self.block.isKept, self.handBlock(at: place, to: &sink) {
            self.planRecord(at: place, now: now)
            return self.block.gathering
        }
        let start = self.firstWanted(at: place)
        let wantsCursor = self.table[place].wantsCursor
        sink.beginBlock()
        let (gathering, sent) =
            wantsCursor
            ? self.gatherOneByOne(at: place, from: start, into: &sink)
            : self.gatherPages(at: place, from: start, into: &sink)
        let name = sink.endBlock()
        if gathering.frameCount > 0 { self.planRecord(at: place, now: now) }
        if name != 0, let sent, !gathering.isMoreDue {
            self.block.keep(name, hasCursor: wantsCursor, from: start, next: self.ring.next, sent: sent, gathering)
        }
        return gathering
    }

    /// Hands a seat that stands at the block's first frame all of it. False: nothing was handed over.
    private func handBlock<Sink: FrameSink & ~Copyable>(at place: Int, to sink: inout Sink) -> Bool {
        let block = self.block
        guard block.from == self.table[place].tail, block.next == self.ring.next,
            self.table[place].wantsCursor == block.hasCursor,
            self.table[place].base == .following,
            self.table[place].sentCount < self.limits.sentRangeCountMax, sink.append(block: block.name)
        else { return false }
        self.table[place].moved(to: block.next, sent: block.sent)
        if self.isAnyStalled { self.noteFree(at: place) }
        return true
    }

    /// Hands over frame after frame. Answers the frames handed over too when they were in one piece and there were any.
    private func gatherOneByOne<Sink: FrameSink & ~Copyable>(
        at place: Int, from start: UInt64, into sink: inout Sink
    ) -> (Gathering, ClosedRange<UInt64>?) {
        var gathering = Gathering()
        let next = self.ring.next
        let newestCursor = self.ring.newestCursor
        let byteCountMax = self.limits.gatherBytesMax
        var index = start
        var rangesLeft = self.limits.sentRangeCountMax - self.table[place].sentCount
        var run: ClosedRange<UInt64>?
        var isOnePiece = true
        while index < next, gathering.byteCount < byteCountMax, rangesLeft > 0 {
            let slot = self.ring.slot(index)
            let isOvertaken = slot.isCursor && index != newestCursor
            if !isOvertaken {
                // The ring holds its reference for the length of this call: nothing here evicts.
                let taken = unsafe slot.frame._withUnsafeGuaranteedRef { frame in
                    sink.append(frame) ? frame.messageByteCount : 0
                }
                guard taken > 0 else { break }
                gathering.byteCount += taken
                if gathering.frameCount == 0 { gathering.since = slot.arrived }
                gathering.frameCount += 1
                run = (run?.lowerBound ?? index)...index
            } else if let ended = run {
                self.table[place].noteSent(ended)
                rangesLeft = self.limits.sentRangeCountMax - self.table[place].sentCount
                run = nil
                isOnePiece = false
            }
            index += 1
        }
        self.table[place].moved(to: index, sent: run)
        if self.isAnyStalled, gathering.frameCount > 0 || index == next { self.noteFree(at: place) }
        if gathering.frameCount > 0 { self.noteFollowing(at: place, from: index) }
        gathering.isMoreDue = index < next
        return (gathering, isOnePiece ? run : nil)
    }

    /// The first frame that the seat can use: its tail, or the newest keyframe while it has no base.
    private func firstWanted(at place: Int) -> UInt64 {
        let tail = self.table[place].tail
        switch self.table[place].base {
        // Inside the ring: a following seat that falls out is resynced in the same call that evicts.
        case .following: return tail
        case .awaitingKeyframe:
            guard let keyframe = self.ring.newestKeyframe, keyframe >= tail else { return self.ring.next }
            return keyframe
        }
    }

    /// What was handed over is to be recorded within the interval, or at once when the ranges are full.
    private func planRecord(at place: Int, now: Instant) {
        if self.table[place].sentCount >= self.limits.sentRangeCountMax {
            self.sentRecordDue = now
        } else if self.sentRecordDue == nil {
            self.sentRecordDue = now + self.limits.sentRecordInterval
        }
    }

    /// Records when it is due.
    func checkRecords(now: Instant, into outbox: inout Outbox) {
        if let due = self.sentRecordDue, now >= due { self.recordSent(into: &outbox) }
    }

    /// Records what each seat was handed since the last record.
    func recordSent(into outbox: inout Outbox) {
        self.sentRecordDue = nil
        for place in self.table.indices where self.table[place].sentCount > 0 {
            let sent = self.table[place].takeSent()
            outbox.append(.recordSent(self.table[place].id, sent))
            // A gathering stops when its ranges are full: it goes on now.
            if sent.count >= self.limits.sentRangeCountMax { self.wake(into: &outbox) }
        }
    }
}
