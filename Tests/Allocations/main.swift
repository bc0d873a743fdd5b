import Glibc
import RelayCore
import Wire

/// What one thread has done so far, as `counting.c` keeps it.
struct Counts {
    var allocations: UInt64 = 0
    var retains: UInt64 = 0
    var releases: UInt64 = 0

    static func - (left: Counts, right: Counts) -> Counts {
        Counts(
            allocations: left.allocations - right.allocations, retains: left.retains - right.retains,
            releases: left.releases - right.releases)
    }

    static func += (left: inout Counts, right: Counts) {
        left.allocations += right.allocations
        left.retains += right.retains
        left.releases += right.releases
    }
}

/// The counting library's file; this program's only thread has its first row.
struct CountingFile {
    private let descriptor: Int32

    init?() {
        guard let path = unsafe getenv("ALLOCATION_COUNTS") else { return nil }
        self.descriptor = unsafe open(path, O_RDONLY)
        guard self.descriptor >= 0 else { return nil }
    }

    /// Reads without allocating: the mapping and the file are one.
    func read() -> Counts {
        var row: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        let count = unsafe withUnsafeMutableBytes(of: &row) { unsafe pread(self.descriptor, $0.baseAddress, 32, 0) }
        precondition(count == 32, "the counting library is preloaded")
        return Counts(allocations: row.1, retains: row.2, releases: row.3)
    }
}

/// A link that takes everything and touches every frame.
struct Counter: FrameSink {
    var byteCount = 0

    mutating func append(_ frame: SharedFrame) -> Bool {
        self.byteCount += frame.messageByteCount
        return true
    }
}

/// A session with `seatCount` seats in steady state: cursor, deltas, now and then a keyframe.
struct Steady {
    let session: Session
    let seats: [SeatID]
    var now = Instant(nanoseconds: 1)
    var outbox = Outbox()
    var page: UInt32 = 0
    var cursor: UInt32 = 0
    var handedOver = 0

    init(seatCount: Int) {
        var limits = RelayLimits()
        limits.seatCountMax = seatCount
        limits.shopperRateBytesMax = 1 << 32
        limits.shopperBurstBytesMax = 1 << 32
        limits.shopperRateFramesMax = 10_000_000
        limits.shopperBurstFramesMax = 10_000_000
        self.session = Session(id: SessionID(high: 1, low: 1), number: 1, limits: limits, now: self.now)
        self.seats = (1...UInt32(seatCount)).map { SeatID($0) }
        self.session.shopperArrived(now: self.now, into: &self.outbox)
        let consent = Consent(decision: .given, text: "v1", language: "en", scope: ["view"])
        self.session.consentReceived(consent, sequence: 1, now: self.now, into: &self.outbox)
        self.session.consentDurable(now: self.now, into: &self.outbox)
        for seat in self.seats { _ = self.session.join(seat, now: self.now, into: &self.outbox) }
    }

    /// One frame arrives and goes to every seat. Answers what that took, the frame's own making left out.
    mutating func step(_ number: Int, _ file: CountingFile) -> Counts {
        let kind: FrameKind = self.page == 0 || number % 1000 == 0 ? .keyframe : number % 4 == 0 ? .delta : .cursor
        let isCursor = kind == .cursor
        if isCursor { self.cursor += 1 } else { self.page += 1 }
        let made = Frame(
            kind, session: 1, sequence: isCursor ? self.cursor : self.page, captureTime: UInt64(number),
            body: Array(repeating: 0x20, count: isCursor ? 16 : 600))
        let frame = SharedFrame(made.bytes)
        self.now = self.now + .milliseconds(1)
        self.outbox.removeAll()
        let before = file.read()
        self.session.frameReceived(made.header, frame, now: self.now, into: &self.outbox)
        self.session.turnEnded()
        for seat in self.seats {
            var sink = Counter()
            _ = self.session.gather(seat, now: self.now, into: &sink)
            self.handedOver += sink.byteCount
        }
        return file.read() - before
    }

    /// What is due by time: once a second the record of what each seat was handed.
    mutating func tick(_ file: CountingFile) -> Counts {
        guard let due = self.session.nextDeadline, due <= self.now else { return Counts() }
        let before = file.read()
        self.session.deadlinePassed(now: self.now, into: &self.outbox)
        return file.read() - before
    }
}

/// What `frames` frames took after a warm-up.
func measure(seatCount: Int, frames: Int, _ file: CountingFile) -> (frames: Counts, records: Counts) {
    var steady = Steady(seatCount: seatCount)
    for number in 0..<10_000 {
        _ = steady.step(number, file)
        _ = steady.tick(file)
    }
    var (inFrames, inRecords) = (Counts(), Counts())
    let before = steady.handedOver
    for number in 10_000..<(10_000 + frames) {
        inFrames += steady.step(number, file)
        inRecords += steady.tick(file)
    }
    precondition((steady.handedOver - before) / seatCount > frames * 20, "every seat was handed the frames")
    return (inFrames, inRecords)
}

guard let file = CountingFile() else {
    print("run it by Tests/Allocations/run.sh")
    exit(64)
}
let frames = 10_000
let seatCounts = [1, 16, 256]
print("RelayCore, \(frames) frames in steady state; the frame's own storage is made before the count begins")
print("seats  allocations  retains  releases | a second: allocations for the record of what seats were sent")
var perFrame: [Counts] = []
for seatCount in seatCounts {
    let (inFrames, inRecords) = measure(seatCount: seatCount, frames: frames, file)
    perFrame.append(inFrames)
    print(seatCount, inFrames.allocations, inFrames.retains, inFrames.releases, inRecords.allocations / 10)
}
let one = perFrame[0]
let isFlat = perFrame.allSatisfy {
    $0.allocations == one.allocations && $0.retains == one.retains && $0.releases == one.releases
}
// The hooks work: making and forgetting a frame is seen.
let before = file.read()
do { _ = [SharedFrame([1, 2, 3])] }
let seen = file.read() - before
guard seen.allocations > 0, seen.releases > 0 else {
    print("nothing is counted: allocations \(seen.allocations), releases \(seen.releases)")
    exit(70)
}
print(
    isFlat ? "0 allocations, 0 retains, 0 releases for each seat and frame" : "NOT the same for every number of seats")
exit(isFlat ? 0 : 1)
