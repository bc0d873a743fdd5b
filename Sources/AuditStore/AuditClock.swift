package import AuditCore
internal import Glibc

/// The clocks that records are stamped with. A value of closures, so that a test turns the hands.
package struct AuditClock: Sendable {
    /// Reads both clocks; called under the log's lock, from any thread.
    package let now: @Sendable () -> AuditStamp
    /// The boot that `AuditStamp.mono` counts from.
    package let boot: BootID

    /// Clocks of the caller's choice.
    package init(boot: BootID, now: @escaping @Sendable () -> AuditStamp) {
        self.boot = boot
        self.now = now
    }

    /// The machine's clocks. Where the kernel's boot id cannot be read (a sandbox may hide it) random bytes stand for
    /// it.
    package static func system() -> AuditClock {
        AuditClock(boot: Self.systemBoot()) {
            AuditStamp(wall: Self.microseconds(CLOCK_REALTIME), mono: Self.microseconds(CLOCK_BOOTTIME))
        }
    }

    private static func microseconds(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return UInt64(clamping: time.tv_sec) * 1_000_000 + UInt64(clamping: time.tv_nsec) / 1_000
    }

    private static func systemBoot() -> BootID {
        if let file = try? AuditDisk.contents(of: "/proc/sys/kernel/random/boot_id", at: AT_FDCWD, bytesMax: 64),
            let boot = BootID(text: file.filter { $0 != 0x2D && $0 != 0x0A })
        {
            return boot
        }
        let bytes = AuditDisk.randomBytes(16)
        func word(_ at: Int) -> UInt64 { bytes[at..<at + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        return BootID(high: word(0), low: word(8))
    }
}
