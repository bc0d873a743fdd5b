package import Wire

/// What comes from the shopper: consent, page and cursor frames. A fault of the shopper's closes its link and no more.
extension Session {
    /// The shopper's decision, talk frame `sequence` of the session. Its rate counts like that of any other frame.
    package func consentReceived(_ consent: Consent, sequence: UInt32, now: Instant, into outbox: inout Outbox) {
        guard !self.isEnded, self.shopper == .present else { return }
        guard self.framesLeft.take(1, now: now) else { return self.refuse(.tooFast, into: &outbox) }
        switch self.talk.order(sequence) {
        case .safe: outbox.append(.acknowledge(talk: self.talkAcknowledged))
        case .held: break
        case .next: self.decide(consent, sequence: sequence, now: now, into: &outbox)
        case .gap: self.refuse(.outOfOrder, into: &outbox)
        }
    }

    private func decide(_ consent: Consent, sequence: UInt32, now: Instant, into outbox: inout Outbox) {
        switch (consent.decision, self.consent) {
        case (.given, .awaited):
            self.talk.take(sequence)
            self.consentState = .pending(talk: sequence)
            outbox.append(.recordConsent(consent))
        case (.refused, .awaited), (.withdrawn, .pending), (.withdrawn, .given):
            outbox.append(.recordConsent(consent))
            self.end(.shopper, now: now, into: &outbox)
        case (.given, .pending), (.given, .given), (.refused, .pending), (.refused, .given), (.withdrawn, .awaited):
            self.refuse(.outOfOrder, into: &outbox)
        }
    }

    /// The record of the consent is on disk: page frames may flow from now on.
    package func consentDurable(now: Instant, into outbox: inout Outbox) {
        guard !self.isEnded, case .pending = self.consent else { return }
        self.consentState = .given
        // What came after the consent was skipped: there is nothing of it to keep safe.
        self.talk.allIsSafe()
        if self.shopper == .present { outbox.append(.acknowledge(talk: self.talkAcknowledged)) }
        if self.isWatched {
            self.tellWatched(into: &outbox)
            self.requestKeyframe(now: now, into: &outbox)
        }
    }

    /// A page or cursor frame from the shopper, or one of an unknown kind; its header is that of `frame`. Known kinds
    /// of the other lanes are the runtime's.
    package func frameReceived(
        _ header: FrameHeader, _ frame: SharedFrame, now: Instant, into outbox: inout Outbox
    ) {
        guard !self.isEnded, self.shopper == .present else { return }
        guard self.bytesLeft.take(frame.byteCount, now: now), self.framesLeft.take(1, now: now) else {
            return self.refuse(.tooFast, into: &outbox)
        }
        guard let kind = header.knownKind else { return self.skip(header, into: &outbox) }
        guard kind.lane == .page || kind.lane == .cursor else { return self.refuse(.wrongRole, into: &outbox) }
        if let fault = self.fault(of: header, in: kind.lane) { return self.refuse(fault, into: &outbox) }
        self.accept(kind, frame, now: now, into: &outbox)
    }

    /// Skips a frame of a kind that this version does not know. It keeps its place in its lane, so that what follows it
    /// is in order.
    private func skip(_ header: FrameHeader, into outbox: inout Outbox) {
        switch header.lane {
        case .page?, .cursor?:
            if let fault = self.fault(of: header, in: header.lane) { return self.refuse(fault, into: &outbox) }
        case .talk?:
            if let fault = self.skipTalk(header, into: &outbox) { return self.refuse(fault, into: &outbox) }
        case .control?, nil: break
        }
        self.skippedFrameCount += 1
    }

    /// Takes an unknown talk frame for read, in its order; the first talk frame of a session is the consent.
    private func skipTalk(_ header: FrameHeader, into outbox: inout Outbox) -> CloseCode? {
        guard header.session == self.number else { return .malformed }
        switch self.talk.order(header.sequence) {
        case .held: return nil
        case .gap: return .outOfOrder
        case .safe: break
        case .next:
            guard self.consent != .awaited else { return .outOfOrder }
            self.talk.take(header.sequence)
            guard self.consent == .given else { return nil }
            self.talk.allIsSafe()
        }
        outbox.append(.acknowledge(talk: self.talkAcknowledged))
        return nil
    }

    /// What is wrong with a frame of the page or cursor lane; nil, and its lane has moved on, when nothing is.
    private func fault(of header: FrameHeader, in lane: Lane?) -> CloseCode? {
        guard header.session == self.number else { return .malformed }
        guard self.consent == .given else { return .consentMissing }
        if lane == .cursor {
            guard header.sequence > self.cursorSequence else { return .outOfOrder }
            self.cursorSequence = header.sequence
            return nil
        }
        guard self.pageSequence < .max, header.sequence == self.pageSequence + 1 else { return .outOfOrder }
        guard self.pageSequence > 0 || header.knownKind == .keyframe else { return .outOfOrder }
        self.pageSequence = header.sequence
        return nil
    }

    private func accept(_ kind: FrameKind, _ frame: SharedFrame, now: Instant, into outbox: inout Outbox) {
        guard self.isWatched else {
            // Legal just after `watch {on: false}`. What nobody sees is neither kept nor hashed. The ring is empty: the
            // last seat took its frames with it, so no base is left that this gap could spoil.
            return
        }
        let index = self.fanOut.ring.append(frame, kind: kind, now: now)
        outbox.append(.recordFrame(index: index))
        if kind == .keyframe {
            // It answers every request so far: whoever waits is handed this one.
            self.keyframeIsDue = false
            self.keyframeIsWanted = false
        }
        self.checkSeats(now: now, into: &outbox)
        self.keepKeyframeFresh(now: now, into: &outbox)
        self.fanOut.wake(into: &outbox)
    }

    /// Closes the shopper's link for its fault, once.
    private func refuse(_ code: CloseCode, into outbox: inout Outbox) {
        self.shopper = .refused
        self.keyframeIsDue = false
        self.keyframeIsWanted = false
        outbox.append(.closeShopper(code))
    }
}
