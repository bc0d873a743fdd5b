/// How fast a loop begins TLS handshakes beside open links, and which of them it refuses.
///
/// A value without clock: `now` is monotonic nanoseconds. Owned by its loop.
///
/// Peers who mean it go on with a handshake and ask for something. Whoever has a signature made and leaves is owed
/// nothing: when many of late have come to nothing, handshakes get the smaller part of the loop's time. So links that
/// return in numbers come in fast, as fast as they finish, and a storm of ClientHellos costs the open links little.
struct HelloPace {
    /// Handshakes begun that have not come to a request, less those that are forgiven by now.
    private var unfinished = 0
    /// Up to when they were forgiven.
    private var forgivenAt: UInt64 = 0
    /// From when on a second ClientHello is answered.
    private var secondAt: UInt64 = 0

    /// A ClientHello was taken.
    mutating func began(now: UInt64, limits: TransportLimits) {
        self.forgive(now: now, limits: limits)
        self.unfinished += 1
    }

    /// A connection has come to its request.
    mutating func finished() { self.unfinished = Swift.max(self.unfinished - 1, 0) }

    /// How long no handshake begins after one that took `spent` nanoseconds.
    mutating func pause(after spent: UInt64, now: UInt64, limits: TransportLimits) -> UInt64 {
        self.forgive(now: now, limits: limits)
        let isStorm = self.unfinished > limits.secureUnfinishedCountMax
        let most = limits.secureAcceptPercentageMax
        let share = UInt64(isStorm ? Swift.min(limits.secureStormPercentageMax, most) : most)
        return spent * (100 - share) / share
    }

    /// Whether a second ClientHello, which our HelloRetryRequest (RFC 8446, 4.1.4) has asked for, is answered with its
    /// signature now. Its connection waits in no queue any more: what comes too soon after another is refused.
    mutating func allowsSecond(now: UInt64, limits: TransportLimits) -> Bool {
        guard now >= self.secondAt else { return false }
        self.secondAt = now + limits.secondHelloInterval.nanoseconds
        return true
    }

    /// As many as may be unfinished are forgiven in the time of one handshake.
    private mutating func forgive(now: UInt64, limits: TransportLimits) {
        let patience = UInt64(limits.handshakeSeconds) * 1_000_000_000
        let interval = Swift.max(patience / UInt64(limits.secureUnfinishedCountMax), 1)
        let count = (now - Swift.min(self.forgivenAt, now)) / interval
        self.forgivenAt = count > UInt64(self.unfinished) ? now : self.forgivenAt + count * interval
        self.unfinished -= Int(Swift.min(count, UInt64(self.unfinished)))
    }
}
