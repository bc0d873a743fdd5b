internal import Metrics
internal import RelayCore
internal import Wire

/// What the loop counts of its own work.
extension Relay {
    /// What one write hands over, of all seats of its link.
    struct HandedOver: Equatable {
        private(set) var frameCount = 0
        private(set) var byteCount = 0
        /// When the oldest of the frames arrived.
        private(set) var since = Instant(nanoseconds: .max)

        /// Adds what a fan-out has gathered.
        mutating func add(_ gathering: Gathering) {
            self.frameCount += gathering.frameCount
            self.byteCount += gathering.byteCount
            if gathering.frameCount > 0 { self.since = Swift.min(self.since, gathering.since) }
        }
    }

    /// A write of this turn is over. Up to eight alike, which those for the seats of one session nearly always are, are
    /// recorded together. The clock is read for the first record of a turn and then once in eight writes: reading it
    /// costs more than recording. So a residence may be told wrong by as much as seven writes take.
    func noteWrite(_ handed: HandedOver, now: Instant) {
        guard handed.frameCount > 0 else { return }
        if self.unrecordedWrites.count == Self.writesPerClock || self.unrecordedWrites.each != handed {
            self.recordWrites(now: now)
            self.unrecordedWrites.each = handed
        }
        self.unrecordedWrites.count += 1
    }

    /// Puts the writes so far into the figures; the last thing of a turn's writes.
    func recordWrites(now: Instant) {
        let (handed, count) = self.unrecordedWrites
        guard count > 0 else { return }
        self.unrecordedWrites.count = 0
        if self.writesUntilClock <= 0 || self.writeClock < now {
            self.writeClock = SystemClock.now()
            self.writesUntilClock = Self.writesPerClock
        }
        self.writesUntilClock -= count
        self.metrics.handedOver(
            frames: handed.frameCount, bytes: handed.byteCount,
            after: Self.nanoseconds(from: handed.since, to: self.writeClock), writes: count)
    }

    /// The link of the seat takes no more.
    func noteBlocked(_ seat: SeatID, of outlet: Outlet, now: Instant) {
        outlet.fanOut.blocked(seat, now: now)
        self.metrics.blocked(bytesBehind: outlet.fanOut.bytesBehind(seat))
    }

    /// A frame has come. It gets into the figures with its turn.
    func noteReceived(_ frame: SharedFrame) {
        self.unrecordedFrames.count += 1
        self.unrecordedFrames.bytes += frame.byteCount
    }

    /// The turn that began at `start` is over.
    func noteTurn(since start: Instant) {
        let (frames, bytes) = self.unrecordedFrames
        self.unrecordedFrames = (0, 0)
        self.metrics.turned(in: Self.nanoseconds(from: start, to: SystemClock.now()), frames: frames, bytes: bytes)
    }

    /// Counts what the fan-out has resynced since it was last asked.
    func noteResyncs(_ fanOut: FanOut) {
        let count = fanOut.takeResyncCount()
        if count > 0 { self.metrics.resynced(count) }
    }

    /// The figures so far, with what the loop holds now.
    var metricsCopy: LoopMetrics {
        var copy = self.metrics
        copy.links = self.links.values.count
        copy.sessions = self.sessions.count
        copy.seats = self.sessions.values.reduce(0) { $0 + $1.core.seatCount }
        return copy
    }

    private static let writesPerClock = 8

    private static func nanoseconds(from start: Instant, to end: Instant) -> UInt64 {
        end > start ? end.nanoseconds - start.nanoseconds : 0
    }
}
