import AuditCore
import AuditStore
import Glibc
import Synchronization
import Wire

/// A log as the daemon has it, with its queue, threads and disk, and sessions that may show pages. Used by one thread.
final class RealLog {
    /// What the log's threads tell the one that waits.
    private final class Reached: Sendable {
        private let ticket = Atomic<UInt64>(0)
        private let hasFailed = Atomic<Bool>(false)

        func note(_ notice: AuditNotice) {
            switch notice {
            case .durable(let ticket): self.ticket.store(ticket.number, ordering: .releasing)
            case .failed: self.hasFailed.store(true, ordering: .releasing)
            case .reopened, .checkpoint, .receipt, .unpublished: break
            }
        }

        /// Whether the entry is on disk.
        func covers(_ number: UInt64) -> Bool {
            if self.hasFailed.load(ordering: .acquiring) { fail("the log has failed") }
            return self.ticket.load(ordering: .acquiring) >= number
        }
    }

    static let site = "shop-1"
    /// Frames of a delta's usual size, each with bytes of its own.
    static let frames: [SharedFrame] = (0..<1_024).map { number in
        let body = (0..<576).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number) }
        return SharedFrame(
            Frame(.delta, session: 1, sequence: UInt32(number + 1), captureTime: UInt64(number), body: body).bytes)
    }
    /// So many entries may wait before the filler waits too: below the queue's bound.
    private static let waitingMax: UInt64 = 3_000

    let log: AuditLog
    private let reached: Reached
    private var last: UInt64 = 0

    /// Opens the log in `directory`, which is made if it is missing. Its checkpoints are signed with the key that
    /// standard input gives, if it gives one.
    init(directory: String) {
        let reached = Reached()
        self.reached = reached
        var options = AuditOptions()
        options.signer = readLine().flatMap { NoteSigner($0) }
        do throws(AuditStoreError) {
            self.log = try AuditLog.open(directory: directory, program: "audit-benchmarks 1", options: options) {
                reached.note($0)
            }
        } catch {
            fail("\(directory): \(error)")
        }
    }

    /// Queues an entry, and waits while too many wait for the disk.
    func append(_ event: AuditEvent, _ session: SessionID, by actor: AuditActor = .relay) {
        while self.last > Self.waitingMax, !self.reached.covers(self.last - Self.waitingMax) { usleep(200) }
        guard
            case .queued(let ticket) = self.log.append(AuditEntry(event, by: actor, site: Self.site, session: session))
        else { fail("the log takes no entry") }
        self.last = ticket.number
    }

    /// Waits until everything that was queued is on disk.
    func settle() {
        while !self.reached.covers(self.last) { usleep(200) }
    }

    /// Opens a session in which pages may be shown, with `seats` seats.
    func begin(_ session: SessionID, seats: Int) {
        let rep = AuditActor.rep("mari", key: "SHA256:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
        self.append(.sessionOpened(origin: "https://shop.example", path: "/basket"), session, by: .shopper())
        self.append(.consentGiven(text: "view-1", language: "en-GB", scope: ["view"]), session, by: .shopper())
        for seat in 1...seats { self.append(.seatJoined(seat: seat, rights: ["view"]), session, by: rep) }
    }
}

/// Nanoseconds of the clock that never steps.
func nanoseconds() -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
