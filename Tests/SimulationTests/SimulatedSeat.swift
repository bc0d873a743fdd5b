import RelayCore
import Wire

/// What has been accepted so far: the relay's frames as the simulation saw them go by.
final class FrameBook {
    /// The index of each accepted frame, by the serial number that it carries as its capture time.
    private(set) var indices: [UInt64: UInt64] = [:]
    /// For each accepted frame, the page frame before it; 0 when it is the first. Frame n stands at n - 1.
    private(set) var pageBefore: [UInt64] = []
    private var marks: [FrameMark] = []
    /// Whether each accepted frame is a cursor. Frame n stands at n - 1.
    private(set) var areCursors: [Bool] = []
    /// The newest page frame; `.max` after one that was dropped.
    private(set) var newestPage: UInt64 = 0
    /// What the session's own loop has seen.
    let horizon = Horizon()

    var count: UInt64 { UInt64(self.pageBefore.count) }

    /// A page frame was dropped: what follows it fits no base before the next keyframe.
    func breakBase() { self.newestPage = .max }

    /// How a rep names the frame.
    func mark(of index: UInt64) -> FrameMark { self.marks[Int(index) - 1] }

    func accept(serial: UInt64, sequence: UInt32, kind: FrameKind) {
        self.pageBefore.append(self.newestPage)
        self.marks.append(FrameMark(sequence: sequence, captureTime: serial))
        self.areCursors.append(kind.lane == .cursor)
        self.indices[serial] = self.count
        if kind.lane == .cursor { self.horizon.newestCursor = self.count } else { self.newestPage = self.count }
    }
}

/// How far one loop has come with a session's frames: a mirror lags behind the session's own loop.
final class Horizon {
    var newestCursor: UInt64 = 0
}

/// A rep's link: takes bytes into a buffer that drains at its own pace, or stands still for a while.
///
/// It knows what a rep may rightly be sent and keeps the first fault it sees. Owned by its simulation.
final class SimulatedSeat {
    let id: SeatID
    let login: SimulatedLogin
    /// Whether its rep asked for the cursor.
    let wantsCursor: Bool
    let book: FrameBook
    /// What the loop of this link has seen.
    let horizon: Horizon
    var bytesPerSecond: Int
    let capacity: Int
    var stalledUntil: Instant
    var buffered = 0
    /// The sink refuses after this many frames of one gathering, whatever room there is.
    var framesPerGathering = Int.max
    var wantsGathering = true
    /// Since when the core knows that the link takes nothing.
    var blockedSince: Instant?
    /// For how long the link has taken everything and has been handed nothing, although the rep is not in step.
    private(set) var starved = Duration.zero

    /// Indices of the frames that were handed over, and of those on record.
    private(set) var received: [UInt64] = []
    private(set) var recorded: [UInt64] = []
    var hasBase = false
    private var lastPage: UInt64 = 0
    private var lastKeyframe: UInt64 = 0
    private var lastCursor: UInt64 = 0
    /// The base after each frame that was received; 0 for none.
    private var bases: [UInt64] = []
    /// The base that the rep brought from its last link; 0 for none.
    private var broughtBase: UInt64 = 0
    private(set) var fault: String?

    init(
        id: SeatID, login: SimulatedLogin = .init(number: 0, token: 0), wantsCursor: Bool, book: FrameBook,
        horizon: Horizon? = nil, bytesPerSecond: Int, capacity: Int, now: Instant
    ) {
        self.id = id
        self.login = login
        self.wantsCursor = wantsCursor
        self.book = book
        self.horizon = horizon ?? book.horizon
        self.bytesPerSecond = bytesPerSecond
        self.capacity = capacity
        self.stalledUntil = now
    }

    /// The rep has a base from its last link: nothing up to it may come again.
    func goOn(after base: UInt64, _ book: FrameBook) {
        guard base > 0 else { return }
        self.broughtBase = base
        self.hasBase = true
        self.lastPage = base
        self.lastKeyframe = base
    }

    /// The last page frame that the rep applied when the last `missed` frames never came through; 0 without a base.
    func applied(but missed: Int) -> UInt64 {
        guard self.hasBase else { return 0 }
        return self.bases.dropLast(missed).last ?? self.broughtBase
    }

    var canTake: Bool { self.buffered < self.capacity }

    /// The most that a step counts as time in which a seat starves: within one jump of the clock nobody could act.
    static let countedStepMax = Duration.milliseconds(100)

    /// Keeps the time of hunger at the end of a turn. `isServed`: it was handed something, is in step, or nothing can
    /// be done for it.
    func noteTurn(isServed: Bool, elapsed: Duration) {
        let isFree = self.canTake && self.framesPerGathering == .max
        self.starved = isServed || !isFree ? .zero : self.starved + Swift.min(elapsed, Self.countedStepMax)
    }

    /// The link is quick from now on.
    func heal(now: Instant) {
        self.stalledUntil = now
        self.bytesPerSecond = 10_000_000
        self.framesPerGathering = .max
    }

    func drain(from earlier: Instant, to now: Instant) {
        let start = Swift.max(earlier, self.stalledUntil)
        let nanoseconds = now.duration(since: start).nanosecondsClamped
        let drained = Double(nanoseconds) * Double(self.bytesPerSecond) / 1e9
        self.buffered -= Swift.min(self.buffered, Int(Swift.min(drained, 1e12)))
    }

    /// One frame is handed over.
    func take(_ serial: UInt64, _ kind: FrameKind, byteCount: Int) {
        self.buffered += byteCount
        guard let index = self.book.indices[serial] else { return self.blame("a frame that was never accepted") }
        let last = self.received.last ?? self.broughtBase
        if index <= last, self.received.contains(index) {
            self.blame("frame \(index) was handed over twice")
        } else if index <= last {
            self.blame("frame \(index) after \(last)")
        }
        switch kind {
        case .keyframe:
            self.hasBase = true
            self.lastPage = index
            self.lastKeyframe = index
        case .cursor:
            if !self.wantsCursor { self.blame("cursor \(index) for a seat that asked for none") }
            if !self.hasBase { self.blame("cursor \(index) without a base") }
            if index != self.horizon.newestCursor { self.blame("cursor \(index) was overtaken") }
            self.lastCursor = index
        default:
            if !self.hasBase { self.blame("\(kind) \(index) without its keyframe") }
            let before = self.book.pageBefore[Int(index) - 1]
            if self.hasBase, before != self.lastPage {
                self.blame("\(kind) \(index) with a gap after \(self.lastPage)")
            }
            self.lastPage = index
        }
        self.received.append(index)
        self.bases.append(self.hasBase ? self.lastPage : 0)
    }

    func record(_ ranges: [ClosedRange<UInt64>]) {
        // Without cursor the ranges run over the page frames alone.
        for range in ranges {
            self.recorded += range.filter { self.wantsCursor || !self.book.areCursors[Int($0) - 1] }
        }
        if self.recorded != Array(self.received.prefix(self.recorded.count)) {
            self.blame("recorded \(ranges), which is not what was handed over")
        }
    }

    /// What was handed over is on record, all of it.
    func checkRecord() {
        if self.recorded != self.received {
            self.blame("\(self.received.count - self.recorded.count) frames unrecorded")
        }
    }

    /// Whether everything accepted that a rep needs has arrived.
    var isUpToDate: Bool { self.hasBase && self.lastPage == self.book.newestPage }

    /// Nothing more is due: a seat with a base holds the newest cursor.
    func checkCursor() {
        let newest = self.horizon.newestCursor
        if self.wantsCursor, self.hasBase, newest > self.lastKeyframe, self.lastCursor != newest {
            self.blame("cursor \(newest) is missing")
        }
    }

    /// Whatever the page does within the protocol, a link that takes everything is handed something before the
    /// throttle of keyframes, `answerDurationMax` for the page's answer and `mailDelayMax` for mail between loops have
    /// passed; and a link that takes nothing is closed in time.
    func checkLiveness(now: Instant, limits: RelayLimits, mailDelayMax: Duration) throws(Fault) {
        let patience = limits.keyframeRequestIntervalMin + Self.answerDurationMax + mailDelayMax
        if self.starved > patience {
            throw Fault(description: "seat \(self.id.number) reads, and starves for \(self.starved)")
        }
        if let since = self.blockedSince, now >= since + limits.seatStalledDurationMax {
            throw Fault(description: "seat \(self.id.number) stands still, and is not closed")
        }
    }

    /// What a simulated page that behaves takes at the longest to answer a request for a keyframe.
    static let answerDurationMax = Duration.seconds(2)

    private func blame(_ fault: String) {
        if self.fault == nil { self.fault = "seat \(self.id.number): \(fault)" }
    }
}
