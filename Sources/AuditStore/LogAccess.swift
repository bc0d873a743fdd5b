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

    /// Carries `order` out on the log in `directory`. `program` names the writer if this program has to write itself.
    /// Blocks.
    package static func perform(_ order: LogOrder, directory: String, program: String) -> Outcome {
        for _ in 0..<Self.attempts {
            if let answer = DoorKnock.send(order, directory: directory) { return Self.outcome(answer) }
            guard unsafe access(directory + "/wal", W_OK) == 0 else {
                return .readOnly("\(directory): \(AuditDisk.text(of: errno))")
            }
            do throws(AuditStoreError) {
                let log = try AuditLog.open(directory: directory, program: program) { _ in }
                defer { log.close() }
                return Self.outcome(
                    ErasureClerk(log: log, directory: directory).perform(order, by: .auditor("uid:\(geteuid())")))
            } catch .inUse {
                // A relay that starts or stops has the lock and no door.
                usleep(Self.pause)
            } catch {
                // A disk without room: what was written can still be read, and whoever mends it must be able to.
                if error.isNoSpace, case .read = order { return .readOnly("\(error)") }
                return .refused("\(error)")
            }
        }
        return .refused("\(directory): another process writes this log and takes no orders")
    }

    private static func outcome(_ answer: LogAnswer) -> Outcome {
        switch answer {
        case .done(let files, let bytes): .done(files: files, bytes: bytes)
        case .refused(let why): .refused(why)
        }
    }
}
