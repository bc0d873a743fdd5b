internal import Wire

/// What waits for the recorder, in order. Lives behind the recorder's `Monitor`.
struct RecordingQueue {
    /// One thing handed over.
    enum Item {
        case begin(SessionID)
        case frame(SessionID, index: UInt64, arrival: UInt64, SharedFrame)
        case end(SessionID, why: String)
    }

    /// How many bytes of frames wake the recorder before they have waited long.
    static let bytesWake = 1 << 20
    /// Microseconds that frames gather before the recorder takes them.
    static let gatherMax: UInt64 = 250_000

    private(set) var items: [Item] = []
    /// The sessions that are recorded, as far as those who hand over are concerned.
    private(set) var active: Set<SessionID> = []
    private var frames = 0
    private var bytes = 0
    private var isUrgent = false
    /// When the oldest item came.
    private var since: UInt64?
    private(set) var isClosing = false

    mutating func begin(_ session: SessionID, at now: UInt64, wake: inout Bool) {
        guard !self.isClosing, self.active.count < RecordingLimits.recordingCountMax,
            self.active.insert(session).inserted
        else { return }
        self.add(.begin(session), at: now, isUrgent: true, wake: &wake)
    }

    /// Takes a frame of a session that is recorded. Where there is no room the recording ends: a recording with a hole
    /// would show a page that nobody saw.
    mutating func append(
        _ frame: SharedFrame, index: UInt64, of session: SessionID, arrival: UInt64, at now: UInt64, wake: inout Bool
    ) {
        guard self.active.contains(session) else { return }
        guard self.frames < RecordingLimits.queueFramesMax,
            self.bytes + frame.byteCount <= RecordingLimits.queueBytesMax
        else { return self.end(session, why: "queue-full", at: now, wake: &wake) }
        self.frames += 1
        self.bytes += frame.byteCount
        self.add(
            .frame(session, index: index, arrival: arrival, frame), at: now, isUrgent: self.bytes >= Self.bytesWake,
            wake: &wake)
    }

    mutating func end(_ session: SessionID, why: String, at now: UInt64, wake: inout Bool) {
        guard self.active.remove(session) != nil else { return }
        self.add(.end(session, why: why), at: now, isUrgent: true, wake: &wake)
    }

    /// The recorder gave a session up.
    mutating func forget(_ session: SessionID) {
        self.active.remove(session)
    }

    mutating func close(at now: UInt64, wake: inout Bool) {
        for session in self.active.sorted(by: { $0.text < $1.text }) {
            self.end(session, why: "stopping", at: now, wake: &wake)
        }
        self.isClosing = true
        wake = true
    }

    /// What the recorder does now: take everything, or sleep until the oldest item or a chunk is due.
    mutating func take(at now: UInt64, chunkDeadline: UInt64?) -> Monitor<RecordingQueue>.Verdict<[Item]> {
        let deadline = [self.since.map { $0 + Self.gatherMax }, chunkDeadline].compactMap { $0 }.min()
        guard self.isUrgent || self.isClosing || deadline.map({ $0 <= now }) ?? false else {
            return .wait(deadline.map { $0 - now })
        }
        defer {
            self.items = []
            (self.frames, self.bytes, self.isUrgent, self.since) = (0, 0, false, nil)
        }
        return .done(self.items)
    }

    private mutating func add(_ item: Item, at now: UInt64, isUrgent: Bool, wake: inout Bool) {
        self.items.append(item)
        wake = wake || self.since == nil || (isUrgent && !self.isUrgent)
        self.isUrgent = self.isUrgent || isUrgent
        self.since = self.since ?? now
    }
}
