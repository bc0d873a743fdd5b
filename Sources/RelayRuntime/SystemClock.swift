internal import Glibc
package import Wire

/// The machine's clocks; read by shells, once a turn where that is enough.
package enum SystemClock {
    /// Nanoseconds since the boot (CLOCK_MONOTONIC).
    package static func now() -> Instant {
        Instant(nanoseconds: Self.read(CLOCK_MONOTONIC))
    }

    /// Microseconds since 1970-01-01 UTC (CLOCK_REALTIME).
    package static func wallMicroseconds() -> UInt64 {
        Self.read(CLOCK_REALTIME) / 1000
    }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        // Cannot fail: both clocks exist on every Linux and `time` is ours.
        _ = unsafe clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// Random bytes from the kernel.
package enum SystemEntropy {
    /// 64 random bits (getrandom, through the standard library's generator).
    package static func next() -> UInt64 {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }

    /// `count` random bytes.
    package static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}
