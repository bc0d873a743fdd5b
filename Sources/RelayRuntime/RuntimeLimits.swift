package import PairingCore
package import RelayCore
package import WebSocketTransport

/// Every limit that the daemon keeps: those of a session, of the desk and of the transport in their rooms' words, and
/// its own. `Protocol/wire.md` lists those that a peer meets, `ConfigurationLimit.all` those that an operator may set.
package struct RuntimeLimits: Equatable, Sendable {
    /// What one session may hold.
    package var session = RelayLimits()
    /// What the queue and the logins may hold.
    package var pairing = PairingLimits()
    /// What links and sockets may hold. Their number is `linkCountMax` and `linksPerAddressMax`, whatever stands here.
    package var transport = TransportLimits()
    /// Links of one daemon, handshakes included.
    package var linkCountMax = 10_000
    /// Links of one address: a household or a small office.
    package var linksPerAddressMax = 32
    /// From the upgrade to `hello`.
    package var helloDurationMax = Duration.seconds(5)
    /// Control bytes that may wait for one link.
    package var controlPendingBytesMax = 256 << 10
    /// Signatures that wait to be checked, all links together.
    package var loginQueueMax = 64
    /// Sessions that one rep may hold.
    package var seatsPerRepMax = 3
    /// Time for links to take their close frames when the daemon stops.
    package var drainDurationMax = Duration.seconds(5)
    /// How long a stop waits for a loop once its links' time is over: a loop that turns ends in its next turn, and one
    /// that hangs is not waited for.
    package var stopGraceDuration = Duration.seconds(5)
    /// Receipts of ended sessions at hand: some hours of a busy relay, in a few megabytes.
    package var receiptCountMax = 4_096
    /// How long sessions go on unrecorded under `deny-new`, beyond a drain's length: most sessions come to their end in
    /// it, and a relay that takes nobody is not long in the way of its next start.
    package var unrecordedDurationMax = Duration.seconds(600)

    /// What one session may spend in one turn of its loop while others wait: two gatherings. A write costs what it
    /// sends and `writeCostBytes`.
    package var turnBytesMax = 512 << 10
    /// What a write costs beside its bytes: a system call costs more than copying 4 kB.
    package var writeCostBytes = 4 << 10
    /// Mail of other loops that may wait for one loop: some seconds of a busy daemon.
    package var loopMailCountMax = 65_536
    /// Bytes of it: four largest rings.
    package var loopMailBytesMax = 16 << 20

    /// Between two parts of the page that one seat asks for: a rep turns the wheel faster than a page is captured.
    package static let lookIntervalMin = Duration.milliseconds(200)
    /// What one seat may ask of the shopper's page in any minute: each ask for a tab is a question to the shopper, and
    /// each finer picture costs the page a drawing.
    package var asksPerMinuteMax = 12

    package init() {}
}
