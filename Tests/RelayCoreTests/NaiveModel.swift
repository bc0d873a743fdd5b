import RelayCore
import Wire

/// The obviously right fan-out: every frame that was ever accepted in one array, all else counted anew each time.
///
/// Beside the core it answers which frames reach which seat. Owned by its test.
struct NaiveModel {
    struct Held {
        var sent: Sent
        var bytes: Int
        var arrived: Instant
    }

    struct Seat {
        var id: UInt32
        var wantsCursor: Bool
        /// Frames before this one are no concern of the seat any more.
        var tail: Int
        var hasBase: Bool
        var stalledSince: Instant?
        /// What was handed to the seat and is not on record yet; of a seat without cursor also what was passed over
        /// between such frames or after them.
        var unrecorded: [Int] = []

        /// Every page frame of these was handed over, and no cursor.
        mutating func cover(_ frames: Range<Int>, isAnySent: Bool) {
            if isAnySent || (!frames.isEmpty && self.unrecorded.last == frames.lowerBound - 1) {
                self.unrecorded += Array(frames)
            }
        }
    }

    let limits: RelayLimits
    var frames: [Held] = []
    var seats: [Seat] = []
    /// Frames before this one were dropped with the ring.
    var cleared = 0

    /// The oldest frame that the limits leave.
    var oldest: Int {
        var place = self.frames.count
        var bytes = 0
        while place > self.cleared {
            bytes += self.frames[place - 1].bytes
            let count = self.frames.count - place + 1
            if count > 1, bytes > self.limits.ringBytesMax || count > self.limits.ringFrameCountMax { break }
            place -= 1
        }
        return place
    }

    var newestKeyframe: Int? {
        (self.oldest..<self.frames.count).last { self.frames[$0].sent.kind == .keyframe }
    }

    mutating func join(_ id: UInt32, wantsCursor: Bool = true) -> Bool {
        guard self.seats.count < self.limits.seatCountMax else { return false }
        let keyframe = self.newestKeyframe
        self.seats.append(
            Seat(
                id: id, wantsCursor: wantsCursor, tail: keyframe ?? self.frames.count, hasBase: keyframe != nil))
        return true
    }

    mutating func leave(_ id: UInt32) {
        self.seats.removeAll { $0.id == id }
        if self.seats.isEmpty { self.cleared = self.frames.count }
    }

    mutating func accept(_ sent: Sent, bytes: Int, now: Instant) {
        guard !self.seats.isEmpty else { return }
        self.frames.append(Held(sent: sent, bytes: bytes, arrived: now))
        self.check(now: now)
    }

    mutating func resync(_ id: UInt32) {
        guard let place = self.seats.firstIndex(where: { $0.id == id }) else { return }
        self.seats[place].hasBase = false
        if let keyframe = self.newestKeyframe, keyframe >= self.seats[place].tail {
            self.seats[place].tail = keyframe
        } else {
            self.seats[place].tail = self.frames.count
        }
    }

    mutating func block(_ id: UInt32, now: Instant) {
        guard let place = self.seats.firstIndex(where: { $0.id == id }) else { return }
        // What is not for the seat is not due.
        while self.seats[place].hasBase, !self.seats[place].wantsCursor, self.seats[place].tail < self.frames.count,
            self.frames[self.seats[place].tail].sent.kind == .cursor
        {
            let tail = self.seats[place].tail
            self.seats[place].cover(tail..<(tail + 1), isAnySent: false)
            self.seats[place].tail += 1
        }
        if self.seats[place].tail < self.frames.count, self.seats[place].stalledSince == nil {
            self.seats[place].stalledSince = now
        }
    }

    private func isBehind(_ tail: Int, _ now: Instant) -> Bool {
        guard tail < self.frames.count else { return false }
        let bytes = self.frames[tail...].reduce(0) { $0 + $1.bytes }
        return bytes > self.limits.seatBehindBytesMax
            || self.frames[tail].arrived.duration(since: Instant(nanoseconds: 0))
                <= now.duration(since: Instant(nanoseconds: 0)) - self.limits.seatBehindDurationMax
    }

    mutating func check(now: Instant) {
        let limit = self.limits.seatStalledDurationMax
        self.seats.removeAll { seat in seat.stalledSince.map { now.duration(since: $0) >= limit } ?? false }
        if self.seats.isEmpty { self.cleared = self.frames.count }
        for place in self.seats.indices where self.seats[place].hasBase {
            let seat = self.seats[place]
            guard seat.tail < self.oldest || (seat.stalledSince != nil && self.isBehind(seat.tail, now)) else {
                continue
            }
            if let keyframe = self.newestKeyframe, keyframe > seat.tail, !self.isBehind(keyframe, now) {
                self.seats[place].tail = keyframe
            } else {
                self.seats[place].tail = self.frames.count
                self.seats[place].hasBase = false
            }
        }
    }

    /// What the record of the seat is to say now.
    func ranges(_ id: UInt32) -> [ClosedRange<UInt64>] {
        var ranges: [ClosedRange<UInt64>] = []
        for place in self.seats.first(where: { $0.id == id })?.unrecorded ?? [] {
            // The session counts its frames from 1.
            let index = UInt64(place + 1)
            if let last = ranges.last, last.upperBound + 1 == index {
                ranges[ranges.count - 1] = last.lowerBound...index
            } else {
                ranges.append(index...index)
            }
        }
        return ranges
    }

    mutating func record() {
        for place in self.seats.indices { self.seats[place].unrecorded = [] }
    }

    /// Whether unrecorded frames of the seat fill its ranges.
    private func isFull(_ seat: Seat) -> Bool {
        let starts = seat.unrecorded.indices.filter { $0 == 0 || seat.unrecorded[$0] != seat.unrecorded[$0 - 1] + 1 }
        return starts.count >= self.limits.sentRangeCountMax
    }

    /// What reaches the seat, with room for `room` bytes.
    mutating func gather(_ id: UInt32, room: Int) -> Gathered {
        guard let place = self.seats.firstIndex(where: { $0.id == id }) else {
            return Gathered(frames: [], isMoreDue: false)
        }
        var seat = self.seats[place]
        if !seat.hasBase {
            let keyframe = self.newestKeyframe ?? -1
            seat.tail = keyframe >= seat.tail ? keyframe : self.frames.count
        }
        var due = self.frames.indices.filter { $0 >= seat.tail }
        let newestCursor = self.frames.indices.last { self.frames[$0].sent.kind == .cursor }
        var taken: [Int] = []
        var room = room
        var budget = self.limits.gatherBytesMax
        let start = seat.tail
        let wasFull = self.isFull(seat)
        // A range that has begun in this gathering goes on, however full the record is; without cursor there is one.
        while let next = due.first, budget > 0,
            seat.wantsCursor ? !self.isFull(seat) || taken.last == next - 1 : !wasFull
        {
            let isCursor = self.frames[next].sent.kind == .cursor
            if !isCursor || (seat.wantsCursor && next == newestCursor) {
                guard self.frames[next].bytes <= room else { break }
                room -= self.frames[next].bytes
                budget -= self.frames[next].bytes
                taken.append(next)
                if seat.wantsCursor { seat.unrecorded.append(next) }
                seat.hasBase = true
            }
            due.removeFirst()
        }
        seat.tail = due.first ?? self.frames.count
        if !seat.wantsCursor { seat.cover(start..<seat.tail, isAnySent: !taken.isEmpty) }
        if !taken.isEmpty || due.isEmpty { seat.stalledSince = nil }
        self.seats[place] = seat
        return Gathered(frames: taken.map { self.frames[$0].sent }, isMoreDue: !due.isEmpty)
    }
}
