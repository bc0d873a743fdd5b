/// A moment on the monotonic clock, in nanoseconds since an arbitrary start.
///
/// Cores are told the time as a value of this type; only shells read a clock.
package struct Instant: Comparable, Hashable, Sendable {
    /// Nanoseconds since the start of the clock.
    package var nanoseconds: UInt64

    package init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    // Written out: what `Comparable` derives from `<` is called through its table from other modules, some times a
    // frame.

    /// Later than.
    package static func > (left: Instant, right: Instant) -> Bool { left.nanoseconds > right.nanoseconds }

    /// Not later than.
    package static func <= (left: Instant, right: Instant) -> Bool { left.nanoseconds <= right.nanoseconds }

    /// Not earlier than.
    package static func >= (left: Instant, right: Instant) -> Bool { left.nanoseconds >= right.nanoseconds }

    /// The moment `duration` later; a negative duration stops at the clock's start, a huge one at its end.
    package static func + (instant: Instant, duration: Duration) -> Instant {
        let delta = duration.nanosecondsClamped
        guard delta >= 0 else {
            let (earlier, underflow) = instant.nanoseconds.subtractingReportingOverflow(delta.magnitude)
            return Instant(nanoseconds: underflow ? 0 : earlier)
        }
        let (later, overflow) = instant.nanoseconds.addingReportingOverflow(UInt64(delta))
        return Instant(nanoseconds: overflow ? .max : later)
    }

    /// The time from `earlier` to this moment; zero when `earlier` is not earlier.
    package func duration(since earlier: Instant) -> Duration {
        guard self > earlier else { return .zero }
        return .nanoseconds(Int64(clamping: self.nanoseconds - earlier.nanoseconds))
    }
}

extension Duration {
    /// Whole nanoseconds, clamped to what an `Int64` holds (292 years either way).
    package var nanosecondsClamped: Int64 {
        let (seconds, attoseconds) = self.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, carry) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carry ? (seconds < 0 ? .min : .max) : sum
    }
}
