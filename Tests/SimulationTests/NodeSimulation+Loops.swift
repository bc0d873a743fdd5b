import PairingCore
import RelayCore
import Wire

/// The loops: actions, mail between them, the end of a turn, and what holds after each.
extension NodeSimulation {
    func mailDelay() -> Duration { self.milliseconds(0...(self.isHealing ? 5 : self.chance(20) ? 2000 : 40)) }

    /// The longest that mail to a mirror and its answer are on their way, each for as long as what went before it.
    static let mailDelayMax = Duration.seconds(4)

    /// Posts to a mirror. Frames that it does not keep up with are dropped up to the next keyframe, nothing else.
    func post(_ mail: LoopMail, to mirror: SimulatedMirror) {
        if case .frame(_, let kind, _) = mail {
            if mirror.isBroken, kind != .keyframe { return }
            guard mirror.inbound.frameCount < Self.mailFrameCountMax else {
                self.holes += 1
                mirror.isBroken = true
                mirror.isMendingDue = true
                return
            }
            mirror.isBroken = false
        }
        mirror.inbound.post(mail, due: self.now + self.mailDelay())
    }

    func deliverMail(of session: SimulatedSession) throws(Fault) {
        for (loop, mirror) in session.mirrors.sorted(by: { $0.key < $1.key }) {
            try self.deliverMail(to: mirror, of: session)
            try self.deliverMail(from: mirror, loop, of: session)
        }
        for mirror in session.endingMirrors {
            try self.deliverMail(to: mirror, of: session)
            _ = mirror.outbound.take(now: self.now)
        }
        session.endingMirrors.removeAll { $0.inbound.isEmpty && $0.core == nil }
    }

    private func deliverMail(to mirror: SimulatedMirror, of session: SimulatedSession) throws(Fault) {
        for mail in mirror.inbound.take(now: self.now) {
            switch mail {
            case .begin(let next): mirror.core = Mirror(limits: self.limits, next: next)
            case .frame(let index, let kind, let frame):
                if kind.lane == .cursor { mirror.horizon.newestCursor = index }
                try self.feed(mirror, of: session) { $0.frameArrived(index, kind, frame, now: $1, into: &$2) }
            case .join(let seat, let start):
                mirror.seats.append(seat)
                if self.isHealing { seat.heal(now: self.now) }
                try self.feed(mirror, of: session) {
                    $0.join(seat.id, at: start, wantsCursor: seat.wantsCursor, now: $1, into: &$2)
                }
            case .end:
                try self.feed(mirror, of: session) { $0.end(into: &$2) }
                for seat in mirror.seats { seat.checkRecord() }
                for seat in mirror.seats { if let fault = seat.fault { throw Fault(description: fault) } }
                mirror.core = nil
                mirror.seats = []
            case .keyframeWanted, .seatLeft, .seatLost: throw Fault(description: "mail on the wrong way")
            }
        }
    }

    private func deliverMail(
        from mirror: SimulatedMirror, _ loop: Int, of session: SimulatedSession
    ) throws(Fault) {
        for mail in mirror.outbound.take(now: self.now) {
            switch mail {
            case .keyframeWanted: try self.feed(session) { $0.keyframeWanted(now: $1, into: &$2) }
            case .seatLeft(let id):
                session.held.remove(id)
                try self.feed(session) { $0.leave(id, now: $1, into: &$2) }
                self.endIdleMirror(mirror, loop, of: session)
            case .seatLost(let link):
                // Old news of a rep that is back, or was given up, changes nothing.
                if let rep = session.lost.first(where: { $0.link === link }) {
                    try self.noticeLoss(of: rep, session)
                }
                self.endIdleMirror(mirror, loop, of: session)
            case .begin, .frame, .join, .end: throw Fault(description: "mail on the wrong way")
            }
        }
    }

    /// After the last seat there the mirror has nothing to do. One that is on its way keeps it.
    private func endIdleMirror(_ mirror: SimulatedMirror, _ loop: Int, of session: SimulatedSession) {
        let isJoining = mirror.inbound.mail.contains { if case .join = $0.mail { true } else { false } }
        if !session.isEnded, mirror.seats.isEmpty, !isJoining { self.endMirror(mirror, loop, of: session) }
    }

    private func endMirror(_ mirror: SimulatedMirror, _ loop: Int, of session: SimulatedSession) {
        guard !mirror.isEnding else { return }
        mirror.isEnding = true
        mirror.inbound.post(.end, due: self.now + self.mailDelay())
        session.mirrors[loop] = nil
        session.endingMirrors.append(mirror)
    }

    /// Feeds a session one fact and performs the actions.
    func feed(
        _ session: SimulatedSession, accepting frame: (FrameHeader, SharedFrame)? = nil,
        _ fact: (Session, Instant, inout Outbox) -> Void
    ) throws(Fault) {
        let wasEnded = session.isEnded
        var outbox = Outbox()
        fact(session.core, self.now, &outbox)
        if wasEnded, !outbox.actions.isEmpty { throw Fault(description: "after the end: \(outbox.actions)") }
        for action in outbox.actions {
            if session.isEnded { throw Fault(description: "after .ended: \(action)") }
            try self.perform(action, session, frame)
        }
    }

    private func perform(
        _ action: SessionAction, _ session: SimulatedSession, _ frame: (FrameHeader, SharedFrame)?
    ) throws(Fault) {
        switch action {
        case .wake: session.isAwake = true
        case .requestKeyframe: try self.keyframeRequested(session)
        case .acknowledge(let talk): try self.talkAcknowledged(talk, session)
        case .watch(let on):
            guard session.shopper.isConsentDurable else { throw Fault(description: "watch before consent") }
            session.unwatchedAt = on ? nil : self.now + self.milliseconds(0...200)
            if on { session.shopper.isWatched = true }
        case .presence(let state):
            guard (state == .live) == session.shopper.isLinked else { throw Fault(description: "presence is wrong") }
        case .recordConsent:
            session.consentsRecorded += 1
            guard session.consentsRecorded == 1 else { throw Fault(description: "a talk frame was heard twice") }
            session.durableAt = self.now + self.milliseconds(0...400)
        case .recordFrame(let index): try self.frameRecorded(index, session, frame)
        case .recordSent(let id, let ranges): try self.sentRecorded(id, ranges, session.seats)
        case .closeShopper(let code):
            session.shopper.isRefused = true
            guard session.hasFlooded, code == .tooFast else {
                throw Fault(description: "a shopper that behaves was closed: \(code)")
            }
        case .closeSeat(let id, let code):
            try self.seatClosed(id, code, session.seats)
            session.held.remove(id)
            session.seats.removeAll { $0.id == id }
        case .ended: self.ended(session)
        }
    }

    private func talkAcknowledged(_ talk: UInt32, _ session: SimulatedSession) throws(Fault) {
        guard talk == session.core.talkAcknowledged, talk >= session.acknowledged,
            talk == 0 || self.consentLog.contains(session.id)
        else { throw Fault(description: "talk \(talk) was acknowledged too early") }
        guard session.talk.acknowledged(talk) else { throw Fault(description: "talk \(talk) was never said") }
        session.acknowledged = talk
        session.shopper.isConsented = session.shopper.isConsentDurable
    }

    private func keyframeRequested(_ session: SimulatedSession) throws(Fault) {
        guard session.shopper.isConsentDurable, session.shopper.isLinked, session.isWatched(self.now) else {
            throw Fault(description: "a keyframe was requested of a shopper who is away, unasked or unwatched")
        }
        if let last = session.lastRequest, self.now < last + self.limits.keyframeRequestIntervalMin {
            throw Fault(description: "keyframe requests are too close together")
        }
        session.lastRequest = self.now
        session.shopper.wantsKeyframe = true
    }

    private func frameRecorded(
        _ index: UInt64, _ session: SimulatedSession, _ frame: (FrameHeader, SharedFrame)?
    ) throws(Fault) {
        guard self.consentLog.contains(session.id) else {
            throw Fault(description: "a frame before the consent was durable")
        }
        guard let (header, shared) = frame, let kind = header.knownKind, index == session.book.count + 1 else {
            throw Fault(description: "frame \(index) was recorded after \(session.book.count)")
        }
        session.book.accept(serial: header.captureTime, sequence: header.sequence, kind: kind)
        // One hand-over for each frame and loop.
        for (_, mirror) in session.mirrors.sorted(by: { $0.key < $1.key }) {
            self.post(.frame(index, kind, shared), to: mirror)
        }
    }

    private func sentRecorded(
        _ id: SeatID, _ ranges: [ClosedRange<UInt64>], _ seats: [SimulatedSeat]
    ) throws(Fault) {
        guard ranges.count <= self.limits.sentRangeCountMax else { throw Fault(description: "too many ranges") }
        seats.first { $0.id == id }?.record(ranges)
    }

    private func seatClosed(_ id: SeatID, _ code: CloseCode, _ seats: [SimulatedSeat]) throws(Fault) {
        guard let seat = seats.first(where: { $0.id == id }) else { throw Fault(description: "closed twice: \(id)") }
        guard code == .tooSlow, let since = seat.blockedSince,
            self.now >= since + self.limits.seatStalledDurationMax
        else { throw Fault(description: "seat \(id.number) was closed too early") }
        seat.checkRecord()
        if let fault = seat.fault { throw Fault(description: fault) }
    }

    private func ended(_ session: SimulatedSession) {
        session.isEnded = true
        session.lost = []
        self.tokens.sessionEnded(session.id)
        for seat in session.seats { seat.checkRecord() }
        for (loop, mirror) in session.mirrors.sorted(by: { $0.key < $1.key }) {
            self.endMirror(mirror, loop, of: session)
        }
    }

    /// Feeds a mirror one fact and performs the actions. What arrives after the mirror's end is nobody's.
    func feed(
        _ mirror: SimulatedMirror, of session: SimulatedSession, _ fact: (Mirror, Instant, inout Outbox) -> Void
    ) throws(Fault) {
        guard let core = mirror.core else { return }
        var outbox = Outbox()
        fact(core, self.now, &outbox)
        for action in outbox.actions {
            switch action {
            case .wake: mirror.isAwake = true
            case .requestKeyframe: mirror.outbound.post(.keyframeWanted, due: self.now + self.mailDelay())
            case .recordSent(let id, let ranges): try self.sentRecorded(id, ranges, mirror.seats)
            case .closeSeat(let id, let code):
                try self.seatClosed(id, code, mirror.seats)
                guard let seat = mirror.seats.first(where: { $0.id == id }) else { continue }
                mirror.seats.removeAll { $0 === seat }
                mirror.outbound.post(.seatLeft(id), due: self.now + self.mailDelay())
            case .acknowledge, .watch, .presence, .recordConsent, .recordFrame, .closeShopper, .ended:
                throw Fault(description: "a mirror wants \(action)")
            }
        }
    }
}
