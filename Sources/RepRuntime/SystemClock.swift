import Glibc
package import RepConsole
import Wire

/// The one place where the rep's client reads clocks. Any thread.
package enum SystemClock {
    /// Now, by the monotonic clock and by the wall clock.
    package static var moment: Moment {
        Moment(instant: Instant(nanoseconds: Self.nanoseconds(CLOCK_MONOTONIC)), wall: Self.wallMicroseconds)
    }

    /// Microseconds since 1970-01-01 UTC.
    package static var wallMicroseconds: UInt64 { Self.nanoseconds(CLOCK_REALTIME) / 1000 }

    private static func nanoseconds(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return UInt64(max(time.tv_sec, 0)) * 1_000_000_000 + UInt64(max(time.tv_nsec, 0))
    }
}
