internal import Wire

/// One rep's place in a session: a tail into the ring and what is known of its pace. Owned by its fan-out.
struct Seat {
    /// Whether the seat has a base that deltas fit.
    enum Base: Equatable {
        /// Nothing reaches the seat before the next keyframe.
        case awaitingKeyframe
        case following
    }

    /// The seat's name in its session.
    let id: SeatID
    /// Whether cursor frames are handed to it.
    let wantsCursor: Bool
    /// The index of the next frame to consider; below the ring's first once that frame was evicted.
    var tail: UInt64
    /// Whether deltas may reach the seat.
    var base: Base
    /// Since when the link takes nothing although frames are due; nil while it keeps up.
    var stalledSince: Instant?
    /// The last frames handed over and not yet recorded. Kept in the seat itself: nearly always there are no others.
    private var lastSent: ClosedRange<UInt64>?
    /// Those before them, ascending.
    private var earlierSent: [ClosedRange<UInt64>] = []

    init(id: SeatID, tail: UInt64, base: Base, wantsCursor: Bool) {
        self.id = id
        self.wantsCursor = wantsCursor
        self.tail = tail
        self.base = base
    }

    /// Ranges of frames handed over and not yet recorded.
    var sentCount: Int { self.lastSent == nil ? 0 : self.earlierSent.count + 1 }

    /// Notes that these frames were handed over.
    mutating func noteSent(_ frames: ClosedRange<UInt64>) {
        guard let last = self.lastSent else { return self.lastSent = frames }
        if last.upperBound + 1 == frames.lowerBound {
            self.lastSent = last.lowerBound...frames.upperBound
        } else {
            self.earlierSent.append(last)
            self.lastSent = frames
        }
    }

    /// Takes the ranges, ascending, for the record.
    mutating func takeSent() -> [ClosedRange<UInt64>] {
        guard let last = self.lastSent else { return [] }
        var sent: [ClosedRange<UInt64>] = []
        swap(&sent, &self.earlierSent)
        sent.append(last)
        self.lastSent = nil
        return sent
    }

    /// A gathering has come to frame `index`, and `frames` are the last that it handed over.
    mutating func moved(to index: UInt64, sent frames: ClosedRange<UInt64>?) {
        self.tail = index
        if let frames { self.noteSent(frames) }
    }

    /// The same for a seat without cursor: from `start` on it was handed every page frame, if there was any, and no
    /// cursor frame. Its ranges run over its page frames alone, so they do not end where a cursor frame stands. Answers
    /// the frames that the gathering covered, when it handed over any.
    mutating func moved(from start: UInt64, to index: UInt64, isAnySent: Bool) -> ClosedRange<UInt64>? {
        self.tail = index
        guard start < index, isAnySent || self.lastSent?.upperBound == start - 1 else { return nil }
        self.noteSent(start...(index - 1))
        return isAnySent ? start...(index - 1) : nil
    }
}
