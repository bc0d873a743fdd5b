internal import Foundation

/// Where a thread waits until every loop has come so far: has the ends of its sessions on record, in a drain, or has
/// ended, or has no session left, after the audit log has failed. Any thread may pass.
// Sendable by hand: `passed` is touched only under `condition`.
final class DrainGate: @unchecked Sendable {
    private let condition = NSCondition()
    private var passed: Set<Int> = []

    /// The loop is done.
    func pass(_ loop: Int) {
        self.condition.withLock {
            self.passed.insert(loop)
            self.condition.signal()
        }
    }

    /// How many loops have passed.
    var passedCount: Int { self.condition.withLock { self.passed.count } }

    /// Which of `count` loops have not passed, by their places.
    func missing(of count: Int) -> [Int] {
        self.condition.withLock { (0..<count).filter { !self.passed.contains($0) } }
    }

    /// Waits for `count` loops, but not for ever: a loop that hangs must not keep the daemon from stopping.
    func wait(for count: Int, atMost duration: Duration) {
        let end = Date(timeIntervalSinceNow: duration / .seconds(1))
        self.condition.withLock {
            while self.passed.count < count {
                guard self.condition.wait(until: end) else { return }
            }
        }
    }
}
