package import Wire

/// The two times that the console is told with every message.
package struct Moment: Equatable, Sendable {
    /// The monotonic clock: every age, pause and deadline is counted on it.
    package var instant: Instant
    /// The wall clock, microseconds since 1970-01-01 UTC: only compared with the capture time of frames.
    package var wall: UInt64

    package init(instant: Instant, wall: UInt64) {
        self.instant = instant
        self.wall = wall
    }
}
