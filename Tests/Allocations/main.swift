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

/// What all links of a loop share, as the gather area of the transport: the bytes of the last block. Owns them.
@safe struct Area: ~Copyable {
    private let bytes: UnsafeMutableRawPointer
    private(set) var byteCount = 0
    private(set) var lastName: UInt64 = 0

    static let bytesMax = 256 << 10

    init() { unsafe self.bytes = .allocate(byteCount: Self.bytesMax, alignment: 16) }

    deinit { unsafe self.bytes.deallocate() }

    mutating func begin() { self.byteCount = 0 }

    mutating func append(_ frame: SharedFrame) {
        let count = frame.messageByteCount
        precondition(self.byteCount + count <= Self.bytesMax, "a turn's frames fit the area")
        unsafe frame.withMessage { message in
            // Proof: a message has a header at least, so its bytes are somewhere.
            unsafe (self.bytes + self.byteCount).copyMemory(from: message.baseAddress!, byteCount: count)
        }
        self.byteCount += count
    }

    mutating func end() -> UInt64 {
        guard self.byteCount > 0 else { return 0 }
        self.lastName += 1
        return self.lastName
    }
}

/// A link that takes everything, touches every frame and keeps blocks for the other links, as the transport does.
struct Counter: FrameSink, ~Copyable {
    var area: Area
    var byteCount = 0
    /// Blocks that were taken again.
    var blockCount = 0

    init() { self.area = Area() }

    mutating func beginBlock() { self.area.begin() }

    mutating func endBlock() -> UInt64 { self.area.end() }

    mutating func append(_ frame: SharedFrame) -> Bool {
        self.area.append(frame)
        self.byteCount += frame.messageByteCount
        return true
    }

    mutating func append(block: UInt64) -> Bool {
        guard block == self.area.lastName else { return false }
        self.byteCount += self.area.byteCount
        self.blockCount += 1
        return true
    }
}

/// A session with `seatCount` seats in steady state: cursor, deltas, now and then a keyframe.
struct Steady: ~Copyable {
    let session: Session
    let seats: [SeatID]
    var now = Instant(nanoseconds: 1)
    var outbox = Outbox()
    var page: UInt32 = 0
    var cursor: UInt32 = 0
    var sink = Counter()

    /// `isMixed`: every other seat is without cursor.
    init(seatCount: Int, isMixed: Bool) {
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
        for seat in self.seats {
            let wantsCursor = !isMixed || seat.number % 2 == 0
            _ = self.session.join(seat, wantsCursor: wantsCursor, now: self.now, into: &self.outbox)
        }
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
        for seat in self.seats { _ = self.session.gather(seat, now: self.now, into: &self.sink) }
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
func measure(
    seatCount: Int, isMixed: Bool = false, frames: Int, _ file: CountingFile
) -> (frames: Counts, records: Counts) {
    var steady = Steady(seatCount: seatCount, isMixed: isMixed)
    for number in 0..<10_000 {
        _ = steady.step(number, file)
        _ = steady.tick(file)
    }
    var (inFrames, inRecords) = (Counts(), Counts())
    let (bytes, blocks) = (steady.sink.byteCount, steady.sink.blockCount)
    for number in 10_000..<(10_000 + frames) {
        inFrames += steady.step(number, file)
        inRecords += steady.tick(file)
    }
    precondition((steady.sink.byteCount - bytes) / seatCount > frames * 20, "every seat was handed the frames")
    precondition(
        isMixed || steady.sink.blockCount - blocks == frames * (seatCount - 1), "all but the first as a block")
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
let (mixed, mixedRecords) = measure(seatCount: 16, isMixed: true, frames: frames, file)
perFrame.append(mixed)
print(
    16, mixed.allocations, mixed.retains, mixed.releases, mixedRecords.allocations / 10, "every other without cursor")
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
