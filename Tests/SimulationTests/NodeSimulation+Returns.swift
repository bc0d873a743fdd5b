import PairingCore
import RelayCore
import Wire

/// Reps whose links break and who come back with their tokens, or too late, or with a token that was used; and what
/// the pages say on the talk lane meanwhile.
extension NodeSimulation {
    /// Breaks, returns and copies in one session; in the end everyone is back.
    func breakLinks(of session: SimulatedSession) throws(Fault) {
        if self.isHealing {
            while let rep = session.lost.first { try self.comeBack(rep, session) }
            return
        }
        if self.chance(25) { try self.breakLink(session) }
        if self.chance(10), let rep = session.lost.randomElement(using: &self.random) {
            try self.comeBack(rep, session)
        }
        if self.chance(20), let rep = self.spentLogins.randomElement(using: &self.random) { try self.copyLogin(rep) }
    }

    /// A new login with its token, for the next link.
    func newLogin() -> SimulatedLogin {
        let login = SimulatedLogin(number: self.newToken(), token: self.newToken())
        let isTaken = self.repTokens.loggedIn(
            RepKey(login.number), Self.holder, token: Self.token(login.token))
        precondition(isTaken, "the simulation logs in fewer than may be remembered")
        return login
    }

    /// A link is gone without a word. What it was handed last was under way, and its rep never applied it.
    private func breakLink(_ session: SimulatedSession) throws(Fault) {
        guard let seat = session.allSeats.randomElement(using: &self.random) else { return }
        let rep = LostRep(
            id: seat.id, login: seat.login, link: seat,
            applied: seat.applied(but: Int.random(in: 0...5, using: &self.random)), lostAt: self.now)
        self.breaks += 1
        self.repTokens.linkLost(RepKey(seat.login.number), now: self.now)
        session.lost.append(rep)
        if session.seats.contains(where: { $0 === seat }) {
            try self.noticeLoss(of: rep, session)
            session.seats.removeAll { $0 === seat }
        } else if let mirror = session.mirrors.values.first(where: { $0.seats.contains { $0 === seat } }) {
            try self.feed(mirror, of: session) { $0.leave(seat.id, into: &$2) }
            mirror.seats.removeAll { $0 === seat }
            mirror.outbound.post(.seatLost(seat), due: self.now + self.mailDelay())
        }
        seat.checkRecord()
        if let fault = seat.fault { throw Fault(description: fault) }
    }

    /// The session's loop hears of the loss: from the link's loop, from the rep who is back, or from the desk.
    func noticeLoss(of rep: LostRep, _ session: SimulatedSession) throws(Fault) {
        guard rep.watchedUntil == nil else { return }
        rep.watchedUntil = self.now + self.limits.lostSeatWatchDurationMax
        try self.feed(session) { $0.seatLost(rep.id, now: $1, into: &$2) }
    }

    /// The rep is back on a link of any loop: with its token it has the seat again, once.
    private func comeBack(_ rep: LostRep, _ session: SimulatedSession) throws(Fault) {
        try self.useToken(of: rep.login)
        self.returns += 1
        session.lost.removeAll { $0 === rep }
        try self.noticeLoss(of: rep, session)
        guard !session.isEnded else { return }
        let loop = Int.random(in: 0..<self.loopCount, using: &self.random)
        let isOwn = loop == session.loop
        let mirror = isOwn ? nil : session.mirrors[loop] ?? SimulatedMirror()
        let seat = self.newSeat(
            rep.id, wantsCursor: rep.link.wantsCursor, of: session, horizon: mirror?.horizon)
        seat.goOn(after: rep.applied, session.book)
        let mark = rep.applied == 0 ? nil : session.book.mark(of: rep.applied)
        let start = session.core.fanOut.start(after: mark)
        if case .frame = start { self.replays += 1 }
        var isBack = false
        if let mirror {
            if session.mirrors[loop] == nil {
                session.mirrors[loop] = mirror
                self.beginMirror(mirror, of: session, from: start)
            }
            self.post(.join(seat, at: start), to: mirror)
            try self.feed(session) { isBack = $0.seatBackMirrored(rep.id, now: $1, into: &$2) }
        } else {
            session.seats.append(seat)
            try self.feed(session) {
                isBack = $0.seatBack(
                    rep.id, after: mark, wantsCursor: seat.wantsCursor, now: $1, into: &$2)
            }
        }
        guard isBack else { throw Fault(description: "seat \(rep.id.number) is lost and cannot come back") }
    }

    private func useToken(of login: SimulatedLogin) throws(Fault) {
        let outcome = self.repTokens.resume(RepKey(login.number), token: Self.token(login.token), now: self.now)
        guard outcome == .resumed(Self.holder) else {
            throw Fault(description: "a rep with its token in time was answered \(outcome)")
        }
        self.spentLogins.append(login)
        if self.spentLogins.count > 20 { self.spentLogins.removeFirst() }
    }

    /// Someone comes with a token that was good once.
    private func copyLogin(_ login: SimulatedLogin) throws(Fault) {
        switch self.repTokens.resume(RepKey(login.number), token: Self.token(login.token), now: self.now) {
        case .spent, .unknown: self.copies += 1
        case .resumed, .wrong: throw Fault(description: "a spent token of a rep was taken for another")
        }
    }

    /// Seats whose reps did not come back are given up, and their tokens are worth nothing.
    func giveUpSeats(of session: SimulatedSession) throws(Fault) {
        for rep in session.lost where rep.lostAt + self.pairing.seatGraceDurationMax <= self.now {
            self.repTokens.deadlinePassed(now: self.now)
            let outcome = self.repTokens.resume(
                RepKey(rep.login.number), token: Self.token(rep.login.token), now: self.now)
            guard outcome == .unknown else { throw Fault(description: "a token outlived its seat: \(outcome)") }
            self.late += 1
            try self.noticeLoss(of: rep, session)
            session.lost.removeAll { $0 === rep }
            session.held.remove(rep.id)
            try self.feed(session) { $0.leave(rep.id, now: $1, into: &$2) }
        }
    }

    // The talk lane.

    /// The page says something; now and then its link breaks over it.
    func say(_ session: SimulatedSession) throws(Fault) {
        guard session.consentsSent > 0, let kept = session.talk.send(.consent, []) else { return }
        if self.chance(6) { return try self.lose(session) }
        try self.deliver(kept, in: session)
    }

    /// The page is back, and says again what the relay does not hold.
    func sayAgain(_ session: SimulatedSession) throws(Fault) {
        guard session.talk.acknowledged(session.core.talkAcknowledged) else {
            throw Fault(description: "the relay holds talk that was never said")
        }
        for kept in session.talk.kept { try self.deliver(kept, in: session) }
    }

    /// The consent is the first; what follows is of a kind that the relay takes for read.
    private func deliver(_ kept: TalkSender.Kept, in session: SimulatedSession) throws(Fault) {
        guard kept.sequence > 1 else { return try self.consent(session) }
        var header = FrameHeader(
            kind: .consent, session: SimulatedShopper.session, sequence: kept.sequence, bodyByteCount: 0,
            captureTime: 0)
        header.kind = 0x3e
        var bytes: [UInt8] = []
        header.encode(into: &bytes)
        let frame = SharedFrame(bytes)
        try self.feed(session) { $0.frameReceived(header, frame, now: $1, into: &$2) }
    }
}
