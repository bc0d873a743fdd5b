internal import AuditCore
internal import AuditStore
internal import Logging
internal import OpenSSH
internal import PairingCore
internal import RelayCore
internal import WebSocketTransport
internal import Wire

/// What a daemon has once, however many loops: the queue, the logins, the resume tokens, which loop has which session.
///
/// Owned by the first loop and confined to its thread. Loops ask by mail, in order, and are answered by mail, in order;
/// for the loop that owns it both are plain calls.
final class FrontDesk {
    /// Where a session is.
    struct Whereabouts {
        var site: String
        var loop: Int
        var number: UInt32
        var hasTicket = false
    }

    unowned let relay: Relay
    var desk: Desk
    var logins: Logins
    private var tokens: ResumeTokens
    var repTokens: RepResumeTokens
    /// What reps with a good token ask for, until their return is on record.
    var returns: [RepKey: (login: RepKey, seats: [Resume.Seat])] = [:]
    private var sessions: [SessionID: Whereabouts] = [:]
    private var numbers: Set<UInt32> = []
    private var lastSessionNumber: UInt32 = 0
    var lastRepNumber: UInt64 = 0
    var repLinks: [RepKey: LinkName] = [:]
    var repKeys: [LinkName: RepKey] = [:]
    /// Reps who are logged in, on record.
    var reps: [RepKey: LinkState.Rep] = [:]
    private var isQueueChanged = false
    /// Reps who are to be told of the queue at the end of this turn, whether or not it has changed.
    var newcomers: [RepKey] = []
    var hasNewcomers = false

    var limits: RuntimeLimits { self.relay.limits }
    var logger: Logger { self.relay.logger }

    init(relay: Relay) {
        self.relay = relay
        self.desk = Desk(limits: relay.limits.pairing, seatCountMax: relay.limits.session.seatCountMax)
        self.logins = Logins(relayNames: relay.parts.configuration.relayNames, limits: relay.limits.pairing)
        self.tokens = ResumeTokens(
            sessionCountMax: relay.limits.pairing.sessionCountMax,
            resumeDurationMax: relay.limits.session.resumeDurationMax)
        self.repTokens = RepResumeTokens(limits: relay.limits.pairing)
    }

    /// When `deadlinePassed` has something to do.
    var nextDeadline: Instant? {
        [self.desk.nextDeadline, self.logins.nextDeadline, self.repTokens.nextDeadline].compactMap(\.self).min()
    }

    func deadlinePassed(now: Instant) {
        self.repTokens.deadlinePassed(now: now)
        self.run(self.logins.deadlinePassed(now: now), now: now)
        self.run(self.desk.deadlinePassed(now: now), now: now)
    }

    /// The end of a turn: what changed in the queue is told once.
    func turnEnded(now: Instant) {
        guard self.isQueueChanged || self.hasNewcomers else { return }
        self.hasNewcomers = false
        let keys = self.isQueueChanged ? self.reps.keys.sorted() : self.newcomers
        self.isQueueChanged = false
        self.newcomers.removeAll()
        var bodies = QueueBodies(self.desk, now: now)
        for key in keys where self.reps[key] != nil {
            guard let name = self.repLinks[key] else { continue }
            self.relay.tell(name, .queue, bodies.body(for: key), now: now)
        }
    }

    /// A question or news from a loop.
    func answer(_ question: DeskQuestion, from loop: Int, now: Instant) {
        switch question {
        case .hello(let link, let hello, let origin):
            self.hello(hello, origin, on: LinkName(loop: loop, link: link), now: now)
        case .tokenConfirmed(let session): self.tokens.tokenConfirmed(session)
        case .shopperLost(let session):
            self.tokens.linkLost(session, now: now)
            self.run(self.desk.shopperLost(session, now: now), now: now)
        case .shopperBack(let session, let page):
            self.run(self.desk.pageChanged(session, page, now: now), now: now)
            self.run(self.desk.shopperReturned(session, now: now), now: now)
        case .ticketOpened(let request):
            guard self.sessions[request.session] != nil else { return }
            self.run(self.desk.ticketOpened(request, now: now), now: now)
        case .sessionEnded(let session):
            guard let place = self.sessions.removeValue(forKey: session) else { return }
            self.numbers.remove(place.number)
            self.tokens.sessionEnded(session)
            self.run(self.desk.sessionEnded(session, now: now), now: now)
        case .repOpened(let link, let bits):
            self.repOpened(LinkName(loop: loop, link: link), addressBits: bits, now: now)
        case .login(let link, let claim):
            guard let key = self.repKeys[LinkName(loop: loop, link: link)] else { return }
            self.run(self.logins.loginReceived(key, claim, now: now), now: now)
        case .repResume(let link, let resume):
            guard let key = self.repKeys[LinkName(loop: loop, link: link)] else { return }
            self.repResumes(key, resume, now: now)
        case .accept(let link, let wish):
            guard let key = self.repKeys[LinkName(loop: loop, link: link)] else { return }
            self.run(self.desk.accept(key, wish.session, now: now), wantsCursor: wish.cursor, now: now)
        case .seatLeft(let name, let session):
            guard let key = self.repKeys[name] else { return }
            self.run(self.desk.seatLeft(key, session, now: now), now: now)
        case .repGone(let link, let hasLeft):
            self.repGone(LinkName(loop: loop, link: link), hasLeft: hasLeft, now: now)
        }
    }

    // Sessions.

    private func hello(_ hello: Hello, _ origin: String, on name: LinkName, now: Instant) {
        let words = ResumeToken.draw()
        if let place = self.resumed(hello, next: words, now: now) {
            return self.relay.send(
                .resume(session: place.number, name, hello, origin: origin, token: words), to: place.loop, now: now)
        }
        guard self.sessions.count < self.limits.pairing.sessionCountMax else {
            return self.relay.send(.close(name.link, .overloaded), to: name.loop, now: now)
        }
        let id = SessionID(high: SystemEntropy.next(), low: SystemEntropy.next())
        guard self.tokens.sessionBegan(id, token: .init(words.0, words.1, words.2, words.3)) else {
            return self.relay.send(.close(name.link, .overloaded), to: name.loop, now: now)
        }
        repeat {
            self.lastSessionNumber &+= 1
        } while self.lastSessionNumber == 0 || self.numbers.contains(self.lastSessionNumber)
        self.numbers.insert(self.lastSessionNumber)
        self.sessions[id] = Whereabouts(site: hello.site, loop: name.loop, number: self.lastSessionNumber)
        let opening = Opening(hello: hello, origin: origin, id: id, number: self.lastSessionNumber, token: words)
        self.relay.send(.begin(name.link, opening), to: name.loop, now: now)
    }

    /// The live session that the token opens.
    private func resumed(_ hello: Hello, next words: ResumeToken.Words, now: Instant) -> Whereabouts? {
        guard let text = hello.resume, let (id, token) = ResumeToken.read(text), let place = self.sessions[id],
            place.site == hello.site
        else { return nil }
        let next = ResumeTokens.Token(words.0, words.1, words.2, words.3)
        switch self.tokens.resume(id, token: token, next: next, now: now) {
        case .resumed: return place
        case .unknown, .wrong: return nil
        case .reused:
            // A copied tab, or a thief: it gets a session of its own, and the one who holds the newer token keeps this
            // one.
            self.logger.warning("a spent resume token was used again", metadata: ["session": "\(id)"])
            return nil
        }
    }

    // Reps and the queue.

    /// `wantsCursor` is the wish of the rep to whom a seat is given.
    func run(_ actions: [DeskAction], wantsCursor: Bool = true, now: Instant) {
        self.relay.noteDesk(deadline: self.nextDeadline)
        for action in actions {
            switch action {
            case .seat(let key, let session, let rights):
                self.grantSeat(key, session, rights, wantsCursor: wantsCursor, nil, now: now)
            case .seatBack(let key, let session, let rights):
                guard let asked = self.returns[key] else { continue }
                let seat = asked.seats.first { $0.session == session }
                self.grantSeat(
                    key, session, rights, wantsCursor: seat?.cursor ?? true,
                    SeatReturn(login: asked.login, last: seat?.last), now: now)
            case .seatGivenUp(let key, let session):
                guard let place = self.sessions[session] else { continue }
                self.relay.send(.seatGivenUp(session: place.number, key), to: place.loop, now: now)
            case .refuse(let key, let session, let refusal):
                guard let name = self.repLinks[key] else { continue }
                let kind: FrameKind = self.returns[key] == nil ? .accept : .resume
                self.relay.refuseWish(name, kind, session, refusal.reason, refusal.text, now: now)
            case .refuseRep(let key):
                guard let name = self.repLinks[key] else { continue }
                self.relay.send(.close(name.link, .overloaded), to: name.loop, now: now)
            case .refuseTicket(let session):
                guard let place = self.sessions[session] else { continue }
                self.relay.send(.ticketRefused(session: place.number), to: place.loop, now: now)
            case .returned(let session):
                self.logger.info("ticket is back in front of the queue", metadata: ["session": "\(session)"])
            case .tellQueue: self.isQueueChanged = true
            case .tellPlace(let session, let ticket):
                guard let place = self.sessions[session] else { continue }
                let body = Place(
                    position: UInt32(clamping: ticket.position), waiting: UInt32(clamping: ticket.waiting))
                self.relay.send(.place(session: place.number, body), to: place.loop, now: now)
            }
        }
    }

    private func grantSeat(
        _ key: RepKey, _ session: SessionID, _ rights: Rights, wantsCursor: Bool, _ back: SeatReturn?, now: Instant
    ) {
        guard let name = self.repLinks[key], let rep = self.reps[key], let place = self.sessions[session] else {
            return
        }
        let grant = SeatGrant(rep: rep, rights: rights, wantsCursor: wantsCursor, back: back)
        self.relay.send(.grantSeat(session: place.number, name, grant), to: place.loop, now: now)
    }

    /// A rep's link is gone, or the rep has left for good.
    func repGone(_ name: LinkName, hasLeft: Bool, now: Instant) {
        guard let key = self.repKeys.removeValue(forKey: name) else { return }
        self.repLinks[key] = nil
        self.logins.linkClosed(key)
        self.returns[key] = nil
        guard let rep = self.reps.removeValue(forKey: key) else { return }
        if hasLeft { self.repTokens.left(key) } else { self.repTokens.linkLost(key, now: now) }
        self.run(hasLeft ? self.desk.repLeft(key, now: now) : self.desk.repLinkLost(key, now: now), now: now)
        self.relay.record(AuditEntry(.loginEnded(why: hasLeft ? "left" : "lost"), by: self.relay.actor(rep)))
    }
}

@available(*, unavailable)
extension FrontDesk: Sendable {}
