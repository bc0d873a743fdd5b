import AuditCore
import AuditStore
import Wire

/// Fills a log with sessions of ten minutes as they are on the demo shop: frames, what seats were sent, acts.
struct LogFiller {
    /// So many sessions run at the same time, and are open when the program ends without closing the log.
    private static let openCount = 50
    /// Every one of these puts three records in the log.
    private static let stepsPerSession = 400

    private let directory: String
    private let log: RealLog
    private var frame: UInt64 = 0

    init(directory: String) {
        self.directory = directory
        self.log = RealLog(directory: directory)
    }

    /// Writes until the segments take `bytes`. The log is left as a kill would leave it.
    func run(bytes: Int) {
        let begin = nanoseconds()
        var round: UInt64 = 0
        repeat {
            let sessions = (1...UInt64(Self.openCount)).map { SessionID(high: round + 1, low: $0) }
            for session in sessions { self.log.begin(session, seats: 1) }
            for step in 1...UInt64(Self.stepsPerSession) {
                for session in sessions { self.step(session, step) }
            }
            round += 1
            guard self.segmentBytes < bytes else { break }
            for session in sessions { self.log.append(.sessionEnded(why: "shopper"), session, by: .shopper()) }
        } while true
        self.log.settle()
        let seconds = Double(nanoseconds() - begin) / 1e9
        let tenths = Int(Double(self.segmentBytes) / seconds / 1e5)
        print(
            "\(self.segmentBytes) bytes of segments, \(round * UInt64(Self.openCount)) sessions, "
                + "\(tenths / 10).\(tenths % 10) MB a second")
    }

    private func step(_ session: SessionID, _ step: UInt64) {
        let frame = RealLog.frames[Int(step) % RealLog.frames.count]
        guard self.log.log.frameAccepted(session: session, index: step, frame: frame),
            self.log.log.framesSent(session: session, seat: 1, range: FrameRange(step, step))
        else { fail("the log takes no frame") }
        self.log.append(.repPointed(seat: 1, acts: 1), session, by: .rep("mari", key: nil))
    }

    private var segmentBytes: Int {
        guard let disk = try? AuditDisk.system(directory: self.directory, forWriting: false) else { return 0 }
        defer { disk.release() }
        let names = (try? disk.segmentNames()) ?? []
        // The last one is preallocated and only begun.
        return names.dropLast().reduce(0) { $0 + ((try? disk.size("wal/" + $1)) ?? 0) }
    }
}
