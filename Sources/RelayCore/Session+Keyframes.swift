internal import Wire

/// When to ask the shopper's script for a keyframe: as seldom as possible, never more often than the throttle allows.
extension Session {
    /// Asks now, or as soon as the throttle allows. Nobody is asked who is away, has not agreed or is not watched.
    func requestKeyframe(now: Instant, into outbox: inout Outbox) {
        guard self.shopper == .present, self.consent == .given, self.isWatched else { return }
        if let requested = self.keyframeRequested, now < requested + self.limits.keyframeRequestIntervalMin {
            self.keyframeIsWanted = true
            return
        }
        self.keyframeRequested = now
        self.keyframeIsDue = true
        self.keyframeIsWanted = false
        outbox.append(.requestKeyframe)
    }

    /// Sends a request that the throttle held back, and repeats one that was not answered.
    func checkKeyframeDeadlines(now: Instant, into outbox: inout Outbox) {
        guard let requested = self.keyframeRequested else { return }
        let throttleIsOver = now >= requested + self.limits.keyframeRequestIntervalMin
        let answerIsLate = self.keyframeIsDue && now >= requested + self.limits.keyframeAnswerDurationMax
        if answerIsLate || (self.keyframeIsWanted && throttleIsOver) {
            self.requestKeyframe(now: now, into: &outbox)
        }
    }

    /// Asks for a new keyframe before the ring can lose the newest, so that a joining seat never waits for long.
    func keepKeyframeFresh(now: Instant, into outbox: inout Outbox) {
        guard !self.keyframeIsDue, !self.keyframeIsWanted else { return }
        guard let keyframe = self.fanOut.ring.newestKeyframe else {
            return self.requestKeyframe(now: now, into: &outbox)
        }
        let isOldInBytes = self.fanOut.ring.bytes(from: keyframe) > self.limits.ringBytesMax / 2
        let isOldInFrames = self.fanOut.ring.next - keyframe > UInt64(self.limits.ringFrameCountMax / 2)
        if isOldInBytes || isOldInFrames { self.requestKeyframe(now: now, into: &outbox) }
    }
}
