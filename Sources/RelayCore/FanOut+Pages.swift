internal import Wire

/// Seats that asked for no cursor. Functions of their own, so that the other seats pay nothing for them.
extension FanOut {
    /// Hands over page frame after page frame. Answers the frames that were considered too when there was any to hand
    /// over: the ranges of such a seat do not end where a cursor frame stands.
    @inline(never)
    func gatherPages<Sink: FrameSink & ~Copyable>(
        at place: Int, from start: UInt64, into sink: inout Sink
    ) -> (Gathering, ClosedRange<UInt64>?) {
        var gathering = Gathering()
        let isRecordFull = self.table[place].sentCount >= self.limits.sentRangeCountMax
        var index = start
        while !isRecordFull, index < self.ring.next, gathering.byteCount < self.limits.gatherBytesMax {
            let slot = self.ring.slot(index)
            if !slot.isCursor {
                // The ring holds its reference for the length of this call: nothing here evicts.
                let taken = unsafe slot.frame._withUnsafeGuaranteedRef { frame in
                    sink.append(frame) ? frame.messageByteCount : 0
                }
                guard taken > 0 else { break }
                gathering.byteCount += taken
                if gathering.frameCount == 0 { gathering.since = slot.arrived }
                gathering.frameCount += 1
            }
            index += 1
        }
        let sent = self.table[place].moved(from: start, to: index, isAnySent: gathering.frameCount > 0)
        if gathering.frameCount > 0 || index == self.ring.next { self.noteFree(at: place) }
        if gathering.frameCount > 0 { self.noteFollowing(at: place, from: index) }
        gathering.isMoreDue = index < self.ring.next
        return (gathering, sent)
    }

    /// Cursor frames are not due for a seat without cursor: its tail goes on to the next page frame.
    func passCursors(at place: Int) {
        guard !self.table[place].wantsCursor, self.table[place].base == .following else { return }
        let start = self.table[place].tail
        var index = start
        while index < self.ring.next, self.ring.slot(index).isCursor { index += 1 }
        _ = self.table[place].moved(from: start, to: index, isAnySent: false)
    }
}
