import Glibc
import Wire

/// Waiting for one descriptor.
enum Polling {
    /// Waits until `descriptor` is readable, at most `duration` (nil for ever). False when the time was up.
    static func wait(for descriptor: Int32, atMost duration: Duration?) -> Bool {
        var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // Rounded up, so that the caller does not come back a moment too early, again and again.
        let milliseconds = duration.map { Int32(clamping: ($0.nanosecondsClamped + 999_999) / 1_000_000) } ?? -1
        return unsafe poll(&polled, 1, milliseconds) > 0
    }
}
