import Wire

/// The moment `seconds` after the tests' hour zero.
func at(_ seconds: Int) -> Instant { at(.seconds(seconds)) }

/// The moment `duration` after the tests' hour zero.
func at(_ duration: Duration) -> Instant { Instant(nanoseconds: 1_000_000_000_000) + duration }
