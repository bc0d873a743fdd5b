import AuditCore
import AuditStore
import Wire

/// How many frames a second are hashed and accounted for: frames come at a fixed rate, and none may be refused.
struct FrameRates {
    private static let sessionCount: UInt64 = 64
    private static let rates = [100_000, 200_000, 300_000, 400_000, 600_000, 800_000]
    private static let seconds = 3
    /// A turn of the loop: frames come in such portions, as they do out of a socket.
    private static let turnNanoseconds: UInt64 = 200_000

    private let log: RealLog
    private let sessions: [SessionID]

    init(directory: String) {
        self.log = RealLog(directory: directory)
        self.sessions = (1...Self.sessionCount).map { SessionID(high: 1, low: $0) }
        for session in self.sessions { self.log.begin(session, seats: 1) }
        self.log.settle()
    }

    /// Prints a line a rate; stops at the first at which a frame is refused. The log is closed, so that `verify` can
    /// say that every frame is on record.
    func run() {
        print("| frames a second offered | taken | refused |\n|---|---|---|")
        var next: UInt64 = 0
        for rate in Self.rates {
            let perTurn = rate / Int(1_000_000_000 / Self.turnNanoseconds)
            let turns = rate * Self.seconds / perTurn
            var refused = 0
            let begin = nanoseconds()
            for turn in 0..<turns {
                while nanoseconds() < begin + UInt64(turn) * Self.turnNanoseconds {}
                for _ in 0..<perTurn {
                    if !self.accept(next) { refused += 1 }
                    next += 1
                }
            }
            let taken = Double(turns * perTurn - refused) * 1e9 / Double(nanoseconds() - begin)
            print("| \(rate) | \(Int(taken)) | \(refused) |")
            if refused > 0 { break }
        }
        for session in self.sessions { self.log.append(.sessionEnded(why: "shopper"), session, by: .shopper()) }
        self.log.log.close()
    }

    private func accept(_ number: UInt64) -> Bool {
        self.log.log.frameAccepted(
            session: self.sessions[Int(number % Self.sessionCount)], index: number / Self.sessionCount + 1,
            frame: RealLog.frames[Int(number / Self.sessionCount) % RealLog.frames.count])
    }
}
