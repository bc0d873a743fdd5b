package import RelayCore

/// The limits of the daemon beside those of a session (`RelayLimits`) and of the transport (`TransportLimits`).
/// `Protocol/wire.md` lists those that a peer meets.
package struct RuntimeLimits: Equatable, Sendable {
    /// What one session may hold.
    package var session = RelayLimits()
    /// Sessions of one daemon: 4 MiB of ring each at the very most.
    package var sessionCountMax = 5_000
    /// Links of one daemon, handshakes included.
    package var linkCountMax = 10_000
    /// Links of one address: a household or a small office.
    package var linksPerAddressMax = 32
    /// From the upgrade to `hello`.
    package var helloDurationMax = Duration.seconds(5)
    /// From the challenge to `login`: a touch on a hardware key takes a while.
    package var loginDurationMax = Duration.seconds(30)
    /// A rep whose link died keeps the ticket for this long.
    package var seatGraceDurationMax = Duration.seconds(60)
    /// Control bytes that may wait for one link.
    package var controlPendingBytesMax = 256 << 10
    /// Signatures that wait to be checked, all links together.
    package var loginQueueMax = 64
    /// Sessions that one rep may hold.
    package var seatsPerRepMax = 3
    /// Time for links to take their close frames when the daemon stops.
    package var drainDurationMax = Duration.seconds(5)

    /// What one session may spend in one turn of its loop while others wait: two gatherings. A write costs what it
    /// sends and `writeCostBytes`.
    package var turnBytesMax = 512 << 10
    /// What a write costs beside its bytes: a system call costs more than copying 4 kB.
    package var writeCostBytes = 4 << 10
    /// Mail of other loops that may wait for one loop: some seconds of a busy daemon.
    package var loopMailCountMax = 65_536
    /// Bytes of it: four largest rings.
    package var loopMailBytesMax = 16 << 20

    package init() {}
}
