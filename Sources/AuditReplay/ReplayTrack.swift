internal import AuditCore
package import AuditStore
internal import Wire

/// One frame as a seat was sent it.
package struct ReplayStep: Equatable, Sendable {
    /// When the seat was sent it, microseconds since 1970, as nearly as the log knows.
    package let at: UInt64
    /// Its number in the session.
    package let index: UInt64
    /// Header and body.
    package let bytes: [UInt8]
}

/// The frames that one seat was sent, in that order; or all of the session's.
package struct ReplayTrack: Sendable {
    /// The seat; nil for the whole session as the relay took it in.
    package let seat: SessionStory.Seat?
    /// The frames. Times never step back.
    package let steps: [ReplayStep]
    /// Frames that the log says were sent and the recording does not hold; for a seat without cursor also those of
    /// which only the recording could tell that they were cursors.
    package let missing: Int

    /// Every frame of a recording.
    package init(all frames: [RecordedFrame]) {
        self.seat = nil
        self.missing = 0
        var at: UInt64 = 0
        self.steps = frames.map { frame in
            at = max(at, frame.arrival)
            return ReplayStep(at: at, index: frame.index, bytes: frame.bytes)
        }
    }

    /// The frames that seat `number` of `story` was sent.
    package init(_ number: Int, of story: SessionStory, _ frames: [RecordedFrame]) throws(ReplayError) {
        guard let seat = story.seats.first(where: { $0.number == number }) else { throw .seatUnknown(number) }
        var steps: [ReplayStep] = []
        var missing = 0
        // What an earlier report did not name was sent after it: a seat that lagged got its frames late.
        var before = seat.joined
        for sent in seat.sent {
            for range in sent.ranges {
                for index in range.first...range.last {
                    guard let place = Self.place(of: index, in: frames) else {
                        missing += 1
                        continue
                    }
                    if !seat.hasCursor, frames[place].isCursor { continue }
                    let at = max(frames[place].arrival, before, steps.last?.at ?? 0)
                    steps.append(ReplayStep(at: at, index: index, bytes: frames[place].bytes))
                }
            }
            before = max(before, sent.at)
        }
        (self.seat, self.steps, self.missing) = (seat, steps, missing)
    }

    /// The frame's place, by halving: frames are ascending.
    private static func place(of index: UInt64, in frames: [RecordedFrame]) -> Int? {
        var (low, high) = (0, frames.count)
        while low < high {
            let middle = (low + high) / 2
            if frames[middle].index < index { low = middle + 1 } else { high = middle }
        }
        return low < frames.count && frames[low].index == index ? low : nil
    }
}

extension RecordedFrame {
    /// Whether it is a cursor: the second byte of its header is the kind, its high nibble the lane.
    fileprivate var isCursor: Bool { self.bytes.count > 1 && FrameKind(rawValue: self.bytes[1])?.lane == .cursor }
}
