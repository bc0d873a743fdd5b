internal import Foundation
package import Metrics

/// Asks every loop by mail for a copy of its figures, and adds the copies up.
///
/// One round at a time: a loop that does not turn is not asked again before it has answered, so that at most one such
/// mail waits in each mailbox. Any thread but a loop's may ask.
// Sendable by hand: `answers` and `isAsking` are touched only under `condition`.
package final class LoopFigures: @unchecked Sendable {
    private let mailboxes: [Mailbox]
    private let condition = NSCondition()
    private var answers: [LoopMetrics] = []
    private var isAsking = false

    /// Asks the loops of these mailboxes.
    package init(_ mailboxes: [Mailbox]) {
        self.mailboxes = mailboxes
    }

    /// The sum of all loops; nil when they have not all answered within `patience`.
    package func collect(patience: Duration = MetricsLimits.answerDurationMax) -> LoopMetrics? {
        let end = Date(timeIntervalSinceNow: patience / .seconds(1))
        self.condition.lock()
        while self.isAsking {
            guard self.condition.wait(until: end) else {
                self.condition.unlock()
                return nil
            }
        }
        self.isAsking = true
        self.answers.removeAll()
        self.condition.unlock()
        // Outside the lock: a loop that answers at once never waits for the others to be asked.
        for mailbox in self.mailboxes { mailbox.post(.metrics { [self] copy in self.answer(copy) }) }
        return self.condition.withLock {
            while self.isAsking { guard self.condition.wait(until: end) else { return nil } }
            return self.answers.reduce(into: LoopMetrics()) { sum, copy in sum.add(copy) }
        }
    }

    private func answer(_ copy: LoopMetrics) {
        self.condition.withLock {
            self.answers.append(copy)
            guard self.answers.count == self.mailboxes.count else { return }
            self.isAsking = false
            self.condition.broadcast()
        }
    }
}
