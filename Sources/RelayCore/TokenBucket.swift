package import Wire

/// A bucket of tokens that refills at a steady rate: the classic limiter of a rate with bursts.
package struct TokenBucket: Equatable, Sendable {
    private let perSecond: Int
    private let capacity: Int
    private var tokens: Int
    private var refilled: Instant

    /// Starts full.
    package init(perSecond: Int, burst: Int, now: Instant) {
        self.perSecond = perSecond
        self.capacity = burst
        self.tokens = burst
        self.refilled = now
    }

    /// Takes `count` tokens, or none and answers false.
    package mutating func take(_ count: Int, now: Instant) -> Bool {
        self.refill(now: now)
        guard count <= self.tokens else { return false }
        self.tokens -= count
        return true
    }

    /// Adds what has flowed in since the last refill; the remainder below one token stays in `refilled`.
    private mutating func refill(now: Instant) {
        // Plain numbers: `Duration` counts in 128 bits, what compares moments is a call into another module, and this
        // is asked twice a frame.
        guard now.nanoseconds > self.refilled.nanoseconds else { return }
        let elapsed = Int(clamping: now.nanoseconds - self.refilled.nanoseconds)
        let nanosecondsToFull = (self.capacity - self.tokens) * 1_000_000_000 / Swift.max(self.perSecond, 1) + 1
        guard elapsed < nanosecondsToFull else {
            self.tokens = self.capacity
            self.refilled = now
            return
        }
        let (product, overflow) = elapsed.multipliedReportingOverflow(by: self.perSecond)
        guard !overflow else {
            self.tokens = self.capacity
            self.refilled = now
            return
        }
        let gained = product / 1_000_000_000
        self.tokens = Swift.min(self.capacity, self.tokens + gained)
        // Not beyond `now`: no more has been gained than has flowed in.
        self.refilled.nanoseconds += UInt64(gained * 1_000_000_000 / Swift.max(self.perSecond, 1))
    }
}
