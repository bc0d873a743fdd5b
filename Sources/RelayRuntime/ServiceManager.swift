internal import CSystemd

/// What systemd and the daemon tell each other; every call does nothing outside systemd.
package enum ServiceManager {
    /// Descriptors of listening sockets that were passed in, in their order.
    package static func passedSockets() -> [Int32] {
        let count = csd_listen_fds()
        guard count > 0 else { return [] }
        return (0..<count).map { csd_listen_fds_start() + $0 }
    }

    /// The listeners are up.
    package static func tellReady(status: String) { self.tell("READY=1\nSTATUS=\(status)") }

    /// The daemon drains.
    package static func tellStopping() { self.tell("STOPPING=1\nSTATUS=Draining") }

    /// A new line for `systemctl status`.
    package static func tell(status: String) { self.tell("STATUS=\(status)") }

    /// The start goes on although it takes long: so much of the audit log is read.
    package static func tellReading(bytes: Int, of total: Int) {
        let status = "STATUS=Reading the audit log: \(bytes >> 20) of \(total >> 20) MiB"
        self.tell("EXTEND_TIMEOUT_USEC=\(Self.readingPause)\n\(status)")
    }

    /// Microseconds in which the next segment is read, on a slow disk too; as much as TimeoutStartSec of the unit.
    private static let readingPause = 30_000_000

    /// The loop has turned lately.
    package static func tellAlive() { self.tell("WATCHDOG=1") }

    /// How often `tellAlive` is due: half of what the unit's WatchdogSec allows; nil without a watchdog.
    package static func watchdogInterval() -> Duration? {
        var microseconds: UInt64 = 0
        guard unsafe csd_watchdog_enabled(&microseconds) > 0 else { return nil }
        return .microseconds(Int64(clamping: microseconds / 2))
    }

    private static func tell(_ state: String) {
        _ = unsafe csd_notify(state)
    }
}
