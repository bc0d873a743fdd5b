import Wire

/// The bounds of everything this room keeps. What an operator may set is a property with its default; what belongs to
/// the format or to the order of service is fixed. How many seats a session has and how long it waits for its shopper
/// is the session's own to say (`RelayLimits`).
package struct PairingLimits: Equatable, Sendable {
    /// Tickets and live sessions of one daemon together; the memory of 5,000 full rings is what a large machine has.
    package var sessionCountMax = 5_000

    /// Reps logged in at once; each is told of the queue.
    package var repCountMax = 1_000

    /// Tickets in one listing: more than a rep reads; the `queue` body is cut at its own limit besides.
    package var listingCountMax = 100

    /// How long a seat waits for its rep's link, and the ticket with it: a lift, a new network.
    package var seatGraceDurationMax = Duration.seconds(60)

    /// Changes of the queue within this time are told once.
    package var tellIntervalMin = Duration.milliseconds(200)

    /// A login challenge is good for this long: a touch on a hardware key takes a while.
    package var loginDurationMax = Duration.seconds(30)

    /// Rep links between challenge and verdict.
    package var challengeCountMax = 1_024

    /// Failed logins that one address may make at once before it has to wait.
    package var loginFailureBurst = 5

    /// One failure is forgiven after this time.
    package var loginForgiveDuration = Duration.seconds(20)

    /// Addresses remembered for failures; the one that is forgiven soonest makes room.
    package var loginAddressCountMax = 4_096

    /// Rep logins whose token is remembered: those that are there, and those that went within the seat's grace.
    package var repTokenCountMax = 4_096

    /// The defaults.
    package init() {}

    /// A reason, an address or a title in a ticket, in UTF-8 bytes: the protocol's `textBytesMax`.
    package static let textBytesMax = 512

    /// A language tag.
    package static let languageBytesMax = 35

    /// A rep's name, in UTF-8 bytes.
    package static let nameBytesMax = 64

    /// Names in one line of the listing.
    package static let namesListedMax = 4

    /// Shoppers told of a new place at once; the others of a longer queue come `tellIntervalMin` later.
    package static let placesToldMax = 500

    /// The most urgent priority class.
    package static let priorityMax = 3

    /// An accept so soon after another rep's was sent before the news arrived: two round trips of a poor line.
    package static let raceDurationMax = Duration.seconds(2)

    /// Fewer tickets taken say nothing about the pace.
    package static let waitSampleCountMin = 4

    /// An origin in the configuration, in bytes.
    package static let originBytesMax = 512

    /// A ticket of the next lower priority class overtakes after waiting this much longer, so nobody starves.
    package static let ageingDuration = Duration.seconds(120)

    /// How many served tickets the expected wait is worked out from.
    package static let waitSampleCountMax = 32

    /// Sites in the configuration.
    package static let siteCountMax = 1_000

    /// Origins of one site.
    package static let originCountMax = 64
}
