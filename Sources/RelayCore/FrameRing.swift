internal import Wire

/// A session's recent frames, numbered from 1 in the order in which they were accepted.
///
/// Bounded in bytes and in frames: the oldest leave. A seat is a tail into it: one integer. Owned by its fan-out and
/// confined to that fan-out's thread. Plain words behind one pointer: neither a reference is counted nor an access
/// checked for a seat and frame.
@safe final class FrameRing {
    /// What is known of a frame without touching it.
    @safe struct Slot {
        /// The ring's own reference: retained by `append`, released by eviction and `deinit`.
        let frame: Unmanaged<SharedFrame>
        /// What the frame is.
        let kind: FrameKind
        /// Whether a newer frame of its lane makes it worthless.
        let isCursor: Bool
        /// Message bytes of all frames before this one since the session began.
        let start: UInt64
        /// When the frame was accepted: what is due since then is late since then.
        let arrived: Instant
    }

    private let bytesMax: Int
    private let countMax: Int
    /// Frame n stands in slot `n & (capacity - 1)`; initialised from `first` up to `next`.
    private var slots: UnsafeMutablePointer<Slot>
    /// A power of two; 0 before the first frame, because most sessions that wait for a rep never get one.
    private var capacity = 0

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
        // Proof: an alignment is not 0. It is neither read nor given back while it has room for nothing.
        unsafe self.slots = UnsafeMutablePointer(bitPattern: MemoryLayout<Slot>.alignment)!
    }

    deinit {
        self.clear()
        if self.capacity > 0 { unsafe self.slots.deallocate() }
    }

    /// Message bytes held now.
    var byteCount: Int { self.first == self.next ? 0 : Int(self.end - self.slot(self.first).start) }

    /// Frames held now.
    var count: Int { Int(self.next - self.first) }

    /// The slot of a frame in the ring. An index outside is our own fault and traps.
    func slot(_ index: UInt64) -> Slot {
        precondition(index >= self.first && index < self.next, "frame is not in the ring")
        return unsafe self.slots[self.place(index)]
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
        if self.count == self.capacity { self.grow() }
        let index = self.next
        unsafe (self.slots + self.place(index)).initialize(
            to: Slot(
                frame: .passRetained(frame), kind: kind, isCursor: kind.lane == .cursor, start: self.end, arrived: now))
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

    private func place(_ index: UInt64) -> Int { Int(truncatingIfNeeded: index) & (self.capacity - 1) }

    private func evictFirst() {
        // Balances `append`'s retain; from the next lines on the slot is outside.
        let frame = unsafe self.slots[self.place(self.first)].frame
        if self.newestKeyframe == self.first { self.newestKeyframe = nil }
        self.first += 1
        unsafe frame.release()
    }

    private func grow() {
        let larger = Swift.max(self.capacity * 2, 16)
        let slots = UnsafeMutablePointer<Slot>.allocate(capacity: larger)
        for index in self.first..<self.next {
            let place = Int(truncatingIfNeeded: index) & (larger - 1)
            unsafe (slots + place).initialize(to: self.slots[self.place(index)])
        }
        if self.capacity > 0 { unsafe self.slots.deallocate() }
        unsafe self.slots = slots
        self.capacity = larger
    }
}
