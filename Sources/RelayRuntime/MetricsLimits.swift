/// Bounds of the metrics socket. Constants: who may connect is root or the relay's own account.
package enum MetricsLimits {
    /// Header bytes of one request; a scraper's has some hundred.
    package static let requestBytesMax = 4096
    /// From a connection's arrival to the end of its request, and again to the end of its answer: the next one waits.
    package static let requestDurationMax: Duration = .seconds(1)
    /// What the loops have to answer; one that turns needs a few milliseconds.
    package static let answerDurationMax: Duration = .seconds(2)
    /// Connections that wait for their turn.
    package static let backlogMax: Int32 = 8
    /// The path of a Unix socket with its closing zero (unix(7)).
    package static let pathBytesMax = 108
}
