package import Wire

/// One shopper and the reps who watch: consent, presence, the shopper's pace, when to ask for keyframes. The frames and
/// the seats' places in them are its `FanOut`'s.
///
/// Pure: told the time, it changes its state and says what is to be done; it reads no clock and touches no link. Owned
/// by one service loop and confined to its thread. The runtime feeds it facts in the order in which they happened and
/// performs the actions after each call. What is stored is not visible outside the module, so that the optimiser sees
/// every access and needs no check at run time.
package final class Session {
    /// How far the shopper's consent has come.
    package enum ConsentState: Equatable, Sendable {
        /// The shopper has not answered.
        case awaited
        /// Given in this talk frame, and not yet on disk: as good as not given.
        case pending(talk: UInt32)
        /// Given and on disk.
        case given
    }

    /// Where the shopper is.
    enum Shopper: Equatable {
        case absent(since: Instant)
        case present
        /// Present, and its link is being closed for its fault: nothing more is taken from it.
        case refused
    }

    /// The session's name.
    package let id: SessionID
    /// The number in the header of this session's frames.
    package let number: UInt32
    private let sharedLimits: SharedRelayLimits
    var limits: RelayLimits { _read { yield self.sharedLimits.values } }

    /// Whether page frames may flow.
    package var consent: ConsentState { self.consentState }
    var consentState: ConsentState = .awaited
    /// The shopper's talk frames.
    var talk = TalkReceiver()
    /// The last talk sequence that is safe.
    package var talkAcknowledged: UInt32 { self.talk.acknowledged }
    /// Frames of kinds that this version does not know, skipped.
    package var unknownFrameCount: Int { self.skippedFrameCount }
    var skippedFrameCount = 0
    /// Whether the session is over: it does nothing more, whatever it is told.
    package var isEnded: Bool { self.hasEnded }
    var hasEnded = false

    var shopper: Shopper
    /// The ring, and the seats of this loop's links.
    package let fanOut: FanOut
    /// The seats of other loops' links, each in a `Mirror` there.
    var mirroredSeats: Set<SeatID> = []
    /// Seats whose rep's link is lost and may come back.
    var lostSeats: [LostSeat] = []

    /// The last sequences on the shopper's present link.
    var pageSequence: UInt32 = 0
    var cursorSequence: UInt32 = 0
    var bytesLeft: TokenBucket
    var framesLeft: TokenBucket

    /// When a keyframe was last requested, and whether the answer is due.
    var keyframeRequested: Instant?
    var keyframeIsDue = false
    /// A request held back by the throttle.
    var keyframeIsWanted = false

    /// The same with limits of its own.
    package convenience init(id: SessionID, number: UInt32, limits: RelayLimits = RelayLimits(), now: Instant) {
        self.init(id: id, number: number, sharing: SharedRelayLimits(limits), now: now)
    }

    /// A session whose shopper is expected: it ends like any other when nobody comes.
    package init(id: SessionID, number: UInt32, sharing sharedLimits: SharedRelayLimits, now: Instant) {
        let limits = sharedLimits.values
        self.id = id
        self.number = number
        self.sharedLimits = sharedLimits
        self.shopper = .absent(since: now)
        self.fanOut = FanOut(sharing: sharedLimits)
        self.bytesLeft = TokenBucket(
            perSecond: limits.shopperRateBytesMax, burst: limits.shopperBurstBytesMax, now: now)
        self.framesLeft = TokenBucket(
            perSecond: limits.shopperRateFramesMax, burst: limits.shopperBurstFramesMax, now: now)
    }

    /// Whether the shopper's link is up.
    package var isShopperPresent: Bool {
        switch self.shopper {
        case .present, .refused: true
        case .absent: false
        }
    }
    /// Seats held now, on all loops.
    package var seatCount: Int { self.fanOut.seatCount + self.mirroredSeats.count + self.lostSeats.count }
    /// Whether the page is captured for any seat.
    var isWatched: Bool {
        self.fanOut.seatCount > 0 || !self.mirroredSeats.isEmpty || self.lostSeats.contains { $0.watchedUntil != nil }
    }
    /// Message bytes in the ring.
    package var ringByteCount: Int { self.fanOut.ring.byteCount }
    /// Frames in the ring.
    package var ringFrameCount: Int { self.fanOut.ring.count }
    /// The index of the last accepted frame; 0 before the first.
    package var lastFrameIndex: UInt64 { self.fanOut.ring.next - 1 }

    /// The shopper's link is up, for the first time or again. Its lanes start anew, with a keyframe.
    package func shopperArrived(now: Instant, into outbox: inout Outbox) {
        guard !self.isEnded else { return }
        let wasPresent = self.isShopperPresent
        self.shopper = .present
        self.pageSequence = 0
        self.cursorSequence = 0
        self.keyframeRequested = nil
        self.keyframeIsDue = false
        self.keyframeIsWanted = false
        if self.isWatched {
            if !wasPresent { outbox.append(.presence(.live)) }
            self.tellWatched(into: &outbox)
            self.requestKeyframe(now: now, into: &outbox)
        }
    }

    /// The shopper's link is gone; the session waits for it.
    package func shopperLost(now: Instant, into outbox: inout Outbox) {
        guard !self.isEnded, self.isShopperPresent else { return }
        self.shopper = .absent(since: now)
        self.keyframeIsDue = false
        self.keyframeIsWanted = false
        if self.isWatched { outbox.append(.presence(.away)) }
    }

    /// Someone asks to end the session.
    package func endAsked(by reason: EndReason, now: Instant, into outbox: inout Outbox) {
        guard !self.isEnded else { return }
        self.end(reason, now: now, into: &outbox)
    }

    /// The earliest moment at which `deadlinePassed` has something to do.
    package var nextDeadline: Instant? {
        guard !self.isEnded else { return nil }
        var earliest = self.fanOut.nextDeadline
        func consider(_ moment: Instant) {
            earliest = earliest.map { Swift.min($0, moment) } ?? moment
        }
        if case .absent(let since) = self.shopper { consider(since + self.limits.resumeDurationMax) }
        if !self.lostSeats.isEmpty {
            for seat in self.lostSeats { if let until = seat.watchedUntil { consider(until) } }
        }
        if let requested = self.keyframeRequested {
            if self.keyframeIsWanted { consider(requested + self.limits.keyframeRequestIntervalMin) }
            if self.keyframeIsDue { consider(requested + self.limits.keyframeAnswerDurationMax) }
        }
        return earliest
    }

    /// Does what is due at `now`.
    package func deadlinePassed(now: Instant, into outbox: inout Outbox) {
        guard !self.isEnded else { return }
        if case .absent(let since) = self.shopper, now >= since + self.limits.resumeDurationMax {
            return self.end(.away, now: now, into: &outbox)
        }
        self.checkLostSeats(now: now, into: &outbox)
        self.checkSeats(now: now, into: &outbox)
        self.checkKeyframeDeadlines(now: now, into: &outbox)
        self.fanOut.checkRecords(now: now, into: &outbox)
    }

    /// Ends with everything on record; seats and frames are forgotten.
    func end(_ reason: EndReason, now: Instant, into outbox: inout Outbox) {
        self.hasEnded = true
        self.fanOut.end(into: &outbox)
        self.mirroredSeats.removeAll()
        self.lostSeats.removeAll()
        outbox.append(.ended(reason))
    }
}

@available(*, unavailable)
extension Session: Sendable {}
