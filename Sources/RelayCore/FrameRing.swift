internal import Wire

/// A session's recent frames, numbered from 1 in the order in which they were accepted.
///
/// Bounded in bytes and in frames: the oldest leave. A seat is a tail into it: one integer. Owned by its fan-out and
/// confined to that fan-out's thread.
final class FrameRing {
    /// What is known of a frame without touching it.
    @safe struct Slot {
        /// The ring's own reference: retained by `append`, released by eviction and `deinit`.
        let frame: Unmanaged<SharedFrame>
        /// What the frame is.
        let kind: FrameKind
        /// Message bytes of all frames before this one since the session began.
        let start: UInt64
        /// When the frame was accepted: what is due since then is late since then.
        let arrived: Instant
    }

    private let bytesMax: Int
    private let countMax: Int
    /// Frame n stands in slot `n & (slots.count - 1)`.
    private var slots: [Slot?]

    /// The oldest frame's index; equal to `next` when empty.
    private(set) var first: UInt64
    /// The index that the next frame will have.
    private(set) var next: UInt64
    /// Message bytes of all frames ever appended.
    private(set) var end: UInt64 = 0
    /// The newest keyframe in the ring; nil when none is held.
    private(set) var newestKeyframe: UInt64?
    /// The newest cursor frame ever appended, 0 before the first; older ones are overtaken.
    private(set) var newestCursor: UInt64 = 0

    /// An empty ring. `bytesMax` leaves room for one largest frame: a frame alone in the ring always stays.
    /// Its first frame will be `next`.
    init(bytesMax: Int, countMax: Int, next: UInt64 = 1) {
        self.first = next
        self.next = next
        self.bytesMax = bytesMax
        self.countMax = countMax
        self.slots = Array(repeating: nil, count: 64)
    }

    deinit {
        self.clear()
    }

    /// Message bytes held now.
    var byteCount: Int { self.first == self.next ? 0 : Int(self.end - self.slot(self.first).start) }

    /// Frames held now.
    var count: Int { Int(self.next - self.first) }

    /// The slot of a frame in the ring. An index outside is our own fault and traps.
    func slot(_ index: UInt64) -> Slot {
        precondition(index >= self.first && index < self.next, "frame is not in the ring")
        guard let slot = self.slots[Int(index & UInt64(self.slots.count - 1))] else {
            preconditionFailure("an empty slot inside the ring")
        }
        return slot
    }

    /// Message bytes held from frame `index` on; 0 from `next` on. What was evicted no longer counts.
    func bytes(from index: UInt64) -> Int {
        let held = Swift.max(index, self.first)
        return held >= self.next ? 0 : Int(self.end - self.slot(held).start)
    }

    /// Adds a frame, evicts what no longer fits, and answers the frame's index.
    func append(_ frame: SharedFrame, kind: FrameKind, now: Instant) -> UInt64 {
        while self.count > 0, self.count >= self.countMax || self.byteCount + frame.messageByteCount > self.bytesMax {
            self.evictFirst()
        }
        if self.count == self.slots.count { self.grow() }
        let index = self.next
        let place = Int(index & UInt64(self.slots.count - 1))
        unsafe self.slots[place] = Slot(
            frame: .passRetained(frame), kind: kind, start: self.end, arrived: now)
        self.next += 1
        self.end += UInt64(frame.messageByteCount)
        switch kind.lane {
        case .page: if kind == .keyframe { self.newestKeyframe = index }
        case .cursor: self.newestCursor = index
        case .talk, .control: preconditionFailure("only page and cursor frames have a place in the ring")
        }
        return index
    }

    /// Forgets every frame; the numbering goes on.
    func clear() {
        while self.first < self.next { self.evictFirst() }
    }

    /// Forgets every frame and goes on at `index`, which is not lower than `next`.
    func restart(at index: UInt64) {
        precondition(index >= self.next, "frames are numbered upwards")
        self.clear()
        self.first = index
        self.next = index
    }

    private func evictFirst() {
        let place = Int(self.first & UInt64(self.slots.count - 1))
        // Balances `append`'s retain; the slot is emptied in the next line.
        unsafe self.slots[place]?.frame.release()
        self.slots[place] = nil
        if self.newestKeyframe == self.first { self.newestKeyframe = nil }
        self.first += 1
    }

    private func grow() {
        var larger: [Slot?] = Array(repeating: nil, count: self.slots.count * 2)
        for index in self.first..<self.next {
            larger[Int(index & UInt64(larger.count - 1))] = self.slot(index)
        }
        self.slots = larger
    }
}
