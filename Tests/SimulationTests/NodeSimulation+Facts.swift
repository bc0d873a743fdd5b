import PairingCore
import RelayCore
import Wire

/// What happens to a session: pages, reps, frames, mail.
extension NodeSimulation {
    func happen(in session: SimulatedSession) throws(Fault) {
        guard !session.isEnded else { return }
        if !session.shopper.isLinked {
            if self.isHealing || self.chance(12) { try self.arrive(session) }
            return
        }
        if session.shopper.isRefused { return try self.lose(session) }
        if session.consentsSent == 0 || (!session.shopper.isConsented && session.durableAt == nil && self.chance(4)) {
            try self.consent(session)
        }
        if self.isHealing {
            if session.allSeats.isEmpty, session.held.isEmpty { try self.join(session) }
            return try self.send(session)
        }
        switch Int.random(in: 0..<160, using: &self.random) {
        case 0..<5: try self.join(session)
        case 5: try self.leave(session)
        case 6: try self.lose(session)
        case 7..<9: try self.askResync(session)
        case 9..<14: self.disturbSeat(of: session)
        case 14 where self.chance(20): try self.flood(session)
        case 15 where self.chance(30): try self.feed(session) { $0.endAsked(by: .rep, now: $1, into: &$2) }
        case 16: try self.arrive(session)
        // A page that heard no acknowledgement says it again.
        case 17: if session.consentsSent > 0 { try self.consent(session) }
        case 18: try self.copyTab(session)
        case 19..<22: try self.say(session)
        default: try self.send(session)
        }
    }

    /// A page comes, or comes back with its token; the first time there is nothing to take up.
    private func arrive(_ session: SimulatedSession) throws(Fault) {
        if session.offeredToken != nil || session.consentsSent > 0 {
            let next = self.newToken()
            let outcome = self.tokens.resume(
                session.id, token: Self.token(session.token), next: Self.token(next), now: self.now)
            guard outcome == .resumed else {
                throw Fault(description: "a page with its token in time was answered \(outcome)")
            }
            self.resumed += 1
            if session.shopper.isLinked { session.spentTokens.append(session.token) }
            session.offeredToken = next
        } else {
            session.offeredToken = session.token
        }
        session.shopper.arrive()
        session.lastRequest = nil
        try self.feed(session) { $0.shopperArrived(now: $1, into: &$2) }
        // The welcome is lost now and then: the page keeps what it had.
        guard self.isHealing || !self.chance(5) else { return try self.lose(session) }
        self.welcomed(session)
        try self.sayAgain(session)
    }

    private func welcomed(_ session: SimulatedSession) {
        guard let offered = session.offeredToken else { return }
        self.tokens.tokenConfirmed(session.id)
        if offered != session.token { session.spentTokens.append(session.token) }
        session.token = offered
        session.spentTokens.removeAll { $0 == offered }
    }

    /// A copy of the page comes with a token that was good once.
    private func copyTab(_ session: SimulatedSession) throws(Fault) {
        guard let spent = session.spentTokens.randomElement(using: &self.random), spent != session.token else { return }
        let outcome = self.tokens.resume(
            session.id, token: Self.token(spent), next: Self.token(self.newToken()), now: self.now)
        guard outcome != .resumed else { throw Fault(description: "a spent token opened a session") }
    }

    func lose(_ session: SimulatedSession) throws(Fault) {
        session.shopper.isLinked = false
        self.tokens.linkLost(session.id, now: self.now)
        try self.feed(session) { $0.shopperLost(now: $1, into: &$2) }
    }

    func consent(_ session: SimulatedSession) throws(Fault) {
        if session.talk.sent == 0 { _ = session.talk.send(.consent, []) }
        session.consentsSent += 1
        let consent = Consent(decision: .given, text: "view-1", language: "en", scope: ["view"])
        try self.feed(session) { $0.consentReceived(consent, sequence: 1, now: $1, into: &$2) }
    }

    /// A rep takes a seat over a link of any loop.
    private func join(_ session: SimulatedSession) throws(Fault) {
        guard session.held.count < 5 else { return }
        let loop = Int.random(in: 0..<self.loopCount, using: &self.random)
        session.lastSeat += 1
        let id = SeatID(session.lastSeat)
        let isOwn = loop == session.loop
        let mirror = isOwn ? nil : session.mirrors[loop] ?? SimulatedMirror()
        let seat = self.newSeat(id, wantsCursor: !self.chance(3), of: session, horizon: mirror?.horizon)
        session.held.insert(id)
        guard let mirror else {
            session.seats.append(seat)
            var joined = false
            try self.feed(session) { joined = $0.join(id, wantsCursor: seat.wantsCursor, now: $1, into: &$2) }
            return joined ? () : { session.held.remove(id) }()
        }
        var joined = false
        try self.feed(session) { joined = $0.joinMirrored(id, now: $1, into: &$2) }
        guard joined, !session.isEnded else { return }
        if session.mirrors[loop] == nil {
            session.mirrors[loop] = mirror
            self.beginMirror(mirror, of: session, from: .keyframe(notBefore: 0))
        }
        self.post(.join(seat, at: .keyframe(notBefore: 0)), to: mirror)
    }

    /// A link for a seat, with a new login.
    func newSeat(
        _ id: SeatID, wantsCursor: Bool, of session: SimulatedSession, horizon: Horizon?
    ) -> SimulatedSeat {
        SimulatedSeat(
            id: id, login: self.newLogin(), wantsCursor: wantsCursor, book: session.book, horizon: horizon,
            bytesPerSecond: self.isHealing
                ? 10_000_000 : [2000, 20_000, 200_000, 10_000_000].randomElement(using: &self.random) ?? 2000,
            capacity: Int.random(in: 100...30_000, using: &self.random), now: self.now)
    }

    func beginMirror(_ mirror: SimulatedMirror, of session: SimulatedSession, from start: SeatStart) {
        let fanOut = session.core.fanOut
        let first = fanOut.mirrorStart(for: start)
        var frames: [(UInt64, FrameKind, SharedFrame)] = []
        fanOut.forEachFrame(from: first) { frames.append(($0, $1, $2)) }
        self.post(.begin(next: first), to: mirror)
        for (index, kind, frame) in frames { self.post(.frame(index, kind, frame), to: mirror) }
    }

    private func leave(_ session: SimulatedSession) throws(Fault) {
        guard let seat = session.allSeats.randomElement(using: &self.random) else { return }
        if session.seats.contains(where: { $0 === seat }) {
            session.held.remove(seat.id)
            try self.feed(session) { $0.leave(seat.id, now: $1, into: &$2) }
            session.seats.removeAll { $0 === seat }
        } else if let (loop, mirror) = session.mirrors.first(where: { $1.seats.contains { $0 === seat } }) {
            try self.feed(mirror, of: session) { $0.leave(seat.id, into: &$2) }
            try self.mirroredSeatGone(seat, mirror, loop, session)
        }
        seat.checkRecord()
        if let fault = seat.fault { throw Fault(description: fault) }
    }

    /// A seat of a mirror is gone; the session's loop hears of it later.
    func mirroredSeatGone(
        _ seat: SimulatedSeat, _ mirror: SimulatedMirror, _ loop: Int, _ session: SimulatedSession
    ) throws(Fault) {
        mirror.seats.removeAll { $0 === seat }
        mirror.outbound.post(.seatLeft(seat.id), due: self.now + self.mailDelay())
    }

    private func askResync(_ session: SimulatedSession) throws(Fault) {
        guard let seat = session.allSeats.randomElement(using: &self.random) else { return }
        seat.hasBase = false
        seat.wantsGathering = true
        if session.seats.contains(where: { $0 === seat }) {
            try self.feed(session) { $0.resyncAsked(seat.id, now: $1, into: &$2) }
        } else if let mirror = session.mirrors.values.first(where: { $0.seats.contains { $0 === seat } }) {
            try self.feed(mirror, of: session) { $0.resyncAsked(seat.id, into: &$2) }
        }
    }

    private func disturbSeat(of session: SimulatedSession) {
        guard let seat = session.allSeats.randomElement(using: &self.random) else { return }
        if Bool.random(using: &self.random) {
            seat.stalledUntil = self.now + self.milliseconds(0...15_000)
        } else {
            seat.framesPerGathering = self.chance(2) ? .max : Int.random(in: 0...3, using: &self.random)
        }
    }

    private func send(_ session: SimulatedSession) throws(Fault) {
        for _ in 0..<(self.chance(10) ? 12 : 1) {
            guard let departure = session.shopper.next(&self.random) else { return }
            try self.deliver(departure, in: session)
        }
    }

    /// The page sends until the keyframe that it owes is out.
    func answer(_ session: SimulatedSession) throws(Fault) {
        while session.shopper.wantsKeyframe, let departure = session.shopper.next(&self.random) {
            try self.deliver(departure, in: session)
        }
    }

    private func flood(_ session: SimulatedSession) throws(Fault) {
        session.hasFlooded = true
        for _ in 0..<1100 {
            guard let departure = session.shopper.next(&self.random) else { continue }
            try self.deliver(departure, in: session)
        }
    }

    private func deliver(_ departure: Departure, in session: SimulatedSession) throws(Fault) {
        self.serial += 1
        var header = FrameHeader(
            kind: .delta, session: departure.session, sequence: departure.sequence,
            bodyByteCount: UInt32(departure.bodyByteCount), captureTime: self.serial)
        header.kind = departure.kind
        var bytes: [UInt8] = []
        header.encode(into: &bytes)
        bytes += [UInt8](repeating: 0, count: departure.bodyByteCount)
        let frame = SharedFrame(bytes)
        let isWatched = session.isWatched(self.now)
        let verdict = session.isEnded ? .ignored : session.shopper.verdict(departure)
        let before = session.book.count
        var isTooFast = false
        try self.feed(session, accepting: (header, frame)) {
            $0.frameReceived(header, frame, now: $1, into: &$2)
            isTooFast = $2.actions.contains(.closeShopper(.tooFast))
        }
        if isTooFast { return }
        let wasAccepted = session.book.count > before
        if verdict == .accepted, !isWatched, departure.kind >> 4 == 1 { session.book.breakBase() }
        if let verdict, wasAccepted != (verdict == .accepted && isWatched) {
            throw Fault(description: "\(departure) is \(verdict), and was \(wasAccepted ? "" : "not ")accepted")
        }
    }
}
