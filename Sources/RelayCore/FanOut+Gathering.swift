package import Wire

/// What one gathering handed over.
package struct Gathering: Equatable, Sendable {
    /// Message bytes.
    package fileprivate(set) var byteCount = 0
    /// Frames, and when the oldest of them arrived.
    package fileprivate(set) var frameCount = 0
    package fileprivate(set) var since = Instant(nanoseconds: .max)
    /// Whether more is due for the seat.
    package fileprivate(set) var isMoreDue = false

    /// Nothing.
    package init() {}
}

/// Handing frames to seats, and the record of what each was handed.
extension FanOut {
    /// Hands the frames that are due for the seat to `sink`, at most about `gatherBytesMax` bytes, and moves its tail.
    ///
    /// Called when the seat's link takes something, and followed by `blocked` when it then takes no more. Cursor frames
    /// that a newer one has overtaken are skipped, and so is everything before the newest keyframe while the seat has
    /// no base.
    package func gather<Sink: FrameSink & ~Copyable>(_ id: SeatID, now: Instant, into sink: inout Sink) -> Gathering {
        var gathering = Gathering()
        guard let place = self.table.place(of: id) else { return gathering }
        let next = self.ring.next
        let newestCursor = self.ring.newestCursor
        let byteCountMax = self.limits.gatherBytesMax
        var index = self.firstWanted(at: place)
        var rangesLeft = self.limits.sentRangeCountMax - self.table[place].sent.count
        var run: ClosedRange<UInt64>?
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
                rangesLeft = self.limits.sentRangeCountMax - self.table[place].sent.count
                run = nil
            }
            index += 1
        }
        self.table[place].moved(to: index, sent: run)
        if gathering.frameCount > 0 || index == next { self.noteFree(at: place) }
        if gathering.frameCount > 0 {
            self.noteFollowing(at: place, from: index)
            self.planRecord(at: place, now: now)
        }
        gathering.isMoreDue = index < next
        return gathering
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
        if self.table[place].sent.count >= self.limits.sentRangeCountMax {
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
        for place in self.table.indices where !self.table[place].sent.isEmpty {
            outbox.append(.recordSent(self.table[place].id, self.table[place].sent))
            // A gathering stops when its ranges are full: it goes on now.
            if self.table[place].sent.count >= self.limits.sentRangeCountMax { self.wake(into: &outbox) }
            self.table[place].sent.removeAll(keepingCapacity: true)
        }
    }
}
