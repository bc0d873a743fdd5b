import Wire

/// The bounds of everything this room keeps.
package enum PairingLimits {
    /// Tickets and live sessions together: the protocol's `sessionCountMax`.
    package static let sessionCountMax = 5_000

    /// Reps logged in at once; each is told of the queue.
    package static let repCountMax = 1_000

    /// Seats of one session at the very most: the session's own limit, the protocol's `seatCountMax`, may be set up to
    /// it.
    package static let seatCountMax = 1_024

    /// Tickets in one listing: more than a rep reads; the `queue` body is cut at its own limit besides.
    package static let listingCountMax = 100

    /// A reason, an address or a title in a ticket, in UTF-8 bytes: the protocol's `textBytesMax`.
    package static let textBytesMax = 512

    /// A language tag.
    package static let languageBytesMax = 35

    /// A rep's name, in UTF-8 bytes.
    package static let nameBytesMax = 64

    /// Names in one line of the listing.
    package static let namesListedMax = 4

    /// The most urgent priority class.
    package static let priorityMax = 3

    /// An accept so soon after another rep's was sent before the news arrived: two round trips of a poor line.
    package static let raceDurationMax = Duration.seconds(2)

    /// Fewer tickets taken say nothing about the pace.
    package static let waitSampleCountMin = 4

    /// An origin in the configuration, in bytes.
    package static let originBytesMax = 512

    /// How long a seat waits for its rep's link: the protocol's `seatGraceDurationMax`.
    package static let seatGraceDurationMax = Duration.seconds(60)

    /// Changes of the queue within this time are told once.
    package static let tellIntervalMin = Duration.milliseconds(200)

    /// A ticket of the next lower priority class overtakes after waiting this much longer, so nobody starves.
    package static let ageingDuration = Duration.seconds(120)

    /// How many served tickets the expected wait is worked out from.
    package static let waitSampleCountMax = 32

    /// A login challenge is good for this long: the protocol's `loginDurationMax`.
    package static let challengeDurationMax = Duration.seconds(30)

    /// Rep links between challenge and verdict.
    package static let challengeCountMax = 1_024

    /// Failed logins that one address may make at once before it has to wait.
    package static let loginFailureBurst = 5

    /// One failure is forgiven after this time.
    package static let loginForgiveDuration = Duration.seconds(20)

    /// Addresses remembered for failures; the one that is forgiven soonest makes room.
    package static let loginAddressCountMax = 4_096

    /// A session waits this long for its shopper: the protocol's `resumeDurationMax`.
    package static let resumeDurationMax = Duration.seconds(120)

    /// Sites in the configuration.
    package static let siteCountMax = 1_000

    /// Origins of one site.
    package static let originCountMax = 64
}
