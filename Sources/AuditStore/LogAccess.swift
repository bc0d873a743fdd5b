internal import AuditCore
internal import Glibc
internal import Wire

/// How a program that is not the relay gets an order carried out: by the relay, where one runs; else by opening the log
/// for writing itself, so that there is never more than one writer.
package enum LogAccess {
    /// What became of the wish.
    package enum Outcome: Equatable, Sendable {
        case done(files: Int, bytes: Int)
        /// In a sentence.
        case refused(String)
        /// The directory cannot be written: it is a copy, somebody else's log, or, for a reading, on a full disk.
        case readOnly(String)
    }

    /// How often, and how many milliseconds apart, a log that is being opened or closed is tried again.
    private static let attempts = 40
    private static let pause: UInt32 = 50_000

    /// So long is the log kept from a relay that wants to start, in microseconds: it tries for longer.
    private static let turnMax: UInt64 = 1_000_000

    /// Carries `order` out on the log in `directory`. `program` names the writer if this program has to write itself.
    /// Blocks.
    package static func perform(_ order: LogOrder, directory: String, program: String) -> Outcome {
        var outcome = Outcome.refused("")
        Self.perform([order], directory: directory, program: program) { (_, result) in outcome = result }
        return outcome
    }

    /// The same with one order after the other; `each` is told what became of each.
    package static func perform(
        _ orders: [LogOrder], directory: String, program: String, each: (LogOrder, Outcome) -> Void
    ) {
        var left = orders[...]
        func refuse(_ why: String, isReadOnly: Bool = false) {
            for order in left { each(order, isReadOnly ? .readOnly(why) : .refused(why)) }
            left = []
        }
        var attempts = Self.attempts
        while let order = left.first {
            if let answer = DoorKnock.send(order, directory: directory) {
                left.removeFirst()
                each(order, Self.outcome(answer))
                continue
            }
            guard unsafe access(directory + "/wal", W_OK) == 0 else {
                refuse("\(directory): \(AuditDisk.text(of: errno))", isReadOnly: true)
                return
            }
            do throws(AuditStoreError) {
                let count = try Self.write(left, directory, program: program, each)
                left.removeFirst(count)
                attempts = Self.attempts
                if !left.isEmpty { usleep(Self.pause) }
            } catch .inUse where attempts > 1 {
                // A relay that starts or stops has the lock and no door.
                attempts -= 1
                usleep(Self.pause)
            } catch .inUse {
                refuse("\(directory): another process writes this log and takes no orders")
            } catch {
                // A disk without room: what was written can still be read, and whoever mends it must be able to.
                if error.isNoSpace, case .read = order {
                    refuse("\(error)", isReadOnly: true)
                } else {
                    refuse("\(error)")
                }
            }
        }
    }

    /// Opens the log and carries orders out for a while; how many.
    private static func write(
        _ orders: ArraySlice<LogOrder>, _ directory: String, program: String, _ each: (LogOrder, Outcome) -> Void
    ) throws(AuditStoreError) -> Int {
        let log = try AuditLog.open(directory: directory, program: program) { _ in }
        defer { log.close() }
        let clerk = ErasureClerk(log: log, directory: directory)
        let clock = AuditClock.system()
        let deadline = clock.now().mono + Self.turnMax
        var count = 0
        for order in orders {
            each(order, Self.outcome(clerk.perform(order, by: .auditor("uid:\(geteuid())"))))
            count += 1
            if clock.now().mono >= deadline { break }
        }
        return count
    }

    private static func outcome(_ answer: LogAnswer) -> Outcome {
        switch answer {
        case .done(let files, let bytes): .done(files: files, bytes: bytes)
        case .refused(let why): .refused(why)
        }
    }
}
