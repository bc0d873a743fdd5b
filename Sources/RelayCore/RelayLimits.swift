internal import Wire

/// The limits of a session. `Protocol/wire.md` lists each with what happens past it; a site's operator may set them.
package struct RelayLimits: Equatable, Sendable {
    /// A minute of a busy page at 64 kB/s; never less than one largest frame. A seat that lags less finds its way back
    /// without a keyframe.
    package var ringBytesMax = 4 << 20
    /// A minute of cursor at 30 Hz and deltas at 20 Hz.
    package var ringFrameCountMax = 4096
    /// Reps, a supervisor, trainees; every seat costs a write a turn.
    package var seatCountMax = 16
    /// A keyframe costs less than this much history.
    package var seatBehindBytesMax = 1 << 20
    /// What a person notices as "frozen".
    package var seatBehindDurationMax = Duration.seconds(3)
    /// A terminal that was suspended does better to come back anew.
    package var seatStalledDurationMax = Duration.seconds(10)
    /// A shopper's browser spends some milliseconds on a keyframe.
    package var keyframeRequestIntervalMin = Duration.milliseconds(500)
    /// A page that is busy answers later than at once.
    package var keyframeAnswerDurationMax = Duration.seconds(5)
    /// A dense page every half second stays under it.
    package var shopperRateBytesMax = 512 << 10
    /// Some largest keyframes in a row.
    package var shopperBurstBytesMax = 4 << 20
    /// Cursor at 30 Hz, deltas at 20 Hz, scrolls at 60 Hz, and room.
    package var shopperRateFramesMax = 200
    /// A page that just woke up.
    package var shopperBurstFramesMax = 1000
    /// A slow page load, a lift, a payment page; longer and the shopper has left.
    package var resumeDurationMax = Duration.seconds(120)
    /// How long the page of a seat whose rep's link is lost is still captured, so that the rep goes on without a gap: a
    /// change of networks. Longer, and the shopper would be captured for nobody.
    package var lostSeatWatchDurationMax = Duration.seconds(10)
    /// The audit log learns what each seat was sent at least this often.
    package var sentRecordInterval = Duration.seconds(1)
    /// Ranges of sent frames in one audit record; the record goes out early when they fill up.
    package var sentRangeCountMax = 64
    /// What one turn hands to one seat before the others have their turn.
    package var gatherBytesMax = 256 << 10

    package init() {}
}

/// The limits that many sessions have in common, held once: a copy takes a quarter of a kilobyte.
package final class SharedRelayLimits: Sendable {
    let values: RelayLimits

    /// These limits.
    package init(_ values: RelayLimits) { self.values = values }
}
