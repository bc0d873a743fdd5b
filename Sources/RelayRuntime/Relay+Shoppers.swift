internal import AuditCore
internal import AuditStore
internal import Logging
internal import PairingCore
internal import RelayCore
internal import WebSocketTransport
internal import Wire

/// The shopper's side: hello, resume, consent, end.
extension Relay {
    func shopperControl(
        _ kind: FrameKind, _ body: [UInt8], on state: LinkState, now: Instant
    ) throws(WireError) {
        switch kind {
        case .hello:
            guard case .none = state.shopperSession else { return self.refuseFrame(state, .outOfOrder) }
            self.helloArrived(try Hello(body: body), on: state, now: now)
        case .end:
            _ = try End(body: body)
            switch state.shopperSession {
            case .none, .asked: self.refuseFrame(state, .malformed)
            case .own(let entry):
                self.confirmToken(entry, now: now)
                self.end(entry, .shopper, now: now)
            case .remote(let remote):
                self.send(.shopperEnds(session: remote.number, state.id), to: remote.loop, now: now)
            }
        case .answer:
            let answer = try Answer(body: body)
            switch state.shopperSession {
            case .none, .asked: self.refuseFrame(state, .malformed)
            case .own(let entry): self.answered(answer, entry, now: now)
            case .remote(let remote):
                self.send(.answered(session: remote.number, state.id, answer), to: remote.loop, now: now)
            }
        case .keyframe, .delta, .scroll, .press, .cursor, .consent, .welcome, .acknowledge, .watch, .keyframeRequest,
            .place, .challenge, .login, .ready, .queue, .accept, .seated, .leave, .refused, .presence, .resync,
            .resume, .look, .ask:
            self.refuseFrame(state, .wrongRole)
        }
    }

    private func helloArrived(_ hello: Hello, on state: LinkState, now: Instant) {
        guard case .shopper(let side) = state.side else { return }
        let origin: String?
        switch side.origin {
        case .absent: origin = nil
        case .one(let text): origin = text
        case .malformed: return self.refuseShopper(state, .originRefused, site: nil)
        }
        switch self.sites.admit(siteKey: hello.site, origin: origin) {
        case .unknownSite, .siteDisabled: self.refuseShopper(state, .unknownSite, site: nil)
        case .originRefused: self.refuseShopper(state, .originRefused, site: hello.site)
        case .admitted(let site):
            self.endHandshake(state)
            // Sooner than the front desk would know: a token may open a session that runs on without a log.
            guard hello.resume != nil || self.allowsNewSessions else {
                return self.refuseShopper(state, .auditUnavailable, site: site.key)
            }
            state.side = .shopper(.init(origin: .absent, session: .asked))
            self.ask(.hello(state.id, hello, origin: origin ?? ""), now: now)
        }
    }

    private var allowsNewSessions: Bool { self.auditFailure == nil && self.parts.audit.state.allowsNewSessions }

    private func refuseShopper(_ state: LinkState, _ code: CloseCode, site: String?) {
        self.logger.notice(
            "shopper link refused", metadata: ["code": "\(code.rawValue)", "site": "\(site ?? "unknown")"])
        self.refuseFrame(state, code)
    }

    /// The shopper of a session comes with its token, on whichever loop.
    func resume(
        _ number: UInt32, _ name: LinkName, _ hello: Hello, _ origin: String, _ token: ResumeToken.Words, now: Instant
    ) {
        guard let entry = self.sessions[number] else {
            // It ended while the answer was on its way: the front desk knows by now, and begins another.
            return self.ask(anew: hello, origin, name, now: now)
        }
        entry.isTokenConfirmed = false
        let old = entry.shopper
        if let old {
            self.send(.replaced(old.link), to: old.loop, now: now)
        } else {
            self.record(.shopperBack, by: .shopper(), entry)
        }
        entry.shopper = name
        entry.watchTold = nil
        entry.page = hello.page
        self.lapseAsk(entry, now: now)
        if self.isOwn(name) {
            self.links[name.link]?.shopperSession = .own(entry)
        } else {
            self.send(.adopted(name.link, self.remote(entry)), to: name.loop, now: now)
        }
        self.welcome(entry, token, resumed: true, now: now)
        self.perform(on: entry, now: now) { core, outbox in core.shopperArrived(now: now, into: &outbox) }
        if old != nil {
            // The core saw no absence, so it tells the seats nothing; the page may be another.
            self.tellSeats(entry, Presence(session: entry.core.id, state: .live, page: entry.page), now: now)
        }
        self.ask(.shopperBack(entry.core.id, hello.page), now: now)
        if self.isOwn(name), self.links[name.link] == nil { self.shopperLost(entry, now: now) }
    }

    /// A hello whose session has ended is one without a token.
    private func ask(anew hello: Hello, _ origin: String, _ name: LinkName, now: Instant) {
        var hello = hello
        hello.resume = nil
        self.send(.helloAnew(name.link, hello, origin: origin), to: name.loop, now: now)
    }

    /// The shopper came back to a session of another loop.
    func adopted(_ link: LinkID, _ remote: RemoteSession, now: Instant) {
        guard let state = self.links[link], !state.isClosing else {
            return self.send(.shopperLost(session: remote.number, link), to: remote.loop, now: now)
        }
        state.shopperSession = .remote(remote)
    }

    /// The shopper resumed on another link. Forgotten first, so that the link's end is not taken for the shopper's.
    func replaced(_ link: LinkID) {
        guard let state = self.links[link] else { return }
        state.shopperSession = .none
        self.close(state, .replaced)
    }

    /// The last word on a shopper's link.
    func shopperLinkClosed(_ link: LinkID, _ session: LinkState.ShopperSession, now: Instant) {
        switch session {
        case .none, .asked: break
        case .own(let entry):
            if entry.shopper == self.name(link) { self.shopperLost(entry, now: now) }
        case .remote(let remote): self.send(.shopperLost(session: remote.number, link), to: remote.loop, now: now)
        }
    }

    /// A new session, here where its shopper first landed.
    func begin(_ opening: Opening, on link: LinkID, now: Instant) {
        guard let state = self.links[link], !state.isClosing, self.allowsNewSessions,
            let site = self.sites.site(opening.hello.site)
        else {
            if let state = self.links[link], !state.isClosing {
                self.refuseShopper(state, .auditUnavailable, site: opening.hello.site)
            }
            return self.ask(.sessionEnded(opening.id), now: now)
        }
        let core = Session(id: opening.id, number: opening.number, sharing: self.sessionLimits, now: now)
        let entry = SessionEntry(
            opening, core: core, site: site, shopper: self.name(link), timer: self.addTimer(.session(opening.number)))
        if case .continuing = self.parts.audit.state { entry.isUnrecorded = true }
        self.sessions[core.number] = entry
        state.shopperSession = .own(entry)
        self.record(
            .sessionOpened(
                origin: opening.origin, path: Self.path(of: opening.hello.page.url),
                continues: opening.hello.continues), by: .shopper(), entry)
        self.welcome(entry, opening.token, resumed: false, now: now)
        self.perform(on: entry, now: now) { core, outbox in core.shopperArrived(now: now, into: &outbox) }
        self.logger.info("session opened", metadata: ["session": "\(entry.id)", "site": "\(site.key)"])
    }

    private func welcome(_ entry: SessionEntry, _ token: ResumeToken.Words, resumed: Bool, now: Instant) {
        let welcome = Welcome(
            session: entry.core.id, number: entry.core.number,
            resume: ResumeToken.text(entry.core.id, token), resumed: resumed,
            talk: entry.core.talkAcknowledged, consented: entry.core.consent == .given,
            recorded: self.parts.configuration.records(site: entry.siteKey))
        self.tellShopper(entry, .welcome, welcome.body(), now: now)
    }

    /// The first frame after `welcome` proves that the page holds its new token.
    func confirmToken(_ entry: SessionEntry, now: Instant) {
        guard !entry.isTokenConfirmed else { return }
        entry.isTokenConfirmed = true
        self.ask(.tokenConfirmed(entry.core.id), now: now)
    }

    /// A page, cursor or talk frame of the session's shopper, or one of an unknown kind, on whichever loop its link is.
    func uplink(
        _ number: UInt32, _ name: LinkName, _ header: FrameHeader, _ frame: SharedFrame, now: Instant
    ) {
        // A link that was replaced or closed meanwhile is heard no more.
        guard let entry = self.sessions[number], entry.shopper == name else { return }
        self.feed(header, frame, to: entry, now: now)
    }

    /// A frame of the shopper's goes to the session's core, which checks everything beyond the body of a consent.
    func feed(_ header: FrameHeader, _ frame: SharedFrame, to entry: SessionEntry, now: Instant) {
        self.confirmToken(entry, now: now)
        guard header.knownKind?.lane == .talk else {
            return self.perform(on: entry, frame: frame, now: now) { core, outbox in
                core.frameReceived(header, frame, now: now, into: &outbox)
            }
        }
        guard header.session == entry.number else { return self.closeShopper(entry, .malformed, now: now) }
        do throws(WireError) {
            let consent = try Consent(body: Self.body(of: frame))
            self.perform(on: entry, now: now) { core, outbox in
                core.consentReceived(consent, sequence: header.sequence, now: now, into: &outbox)
            }
        } catch {
            self.closeShopper(entry, CloseCode(error), now: now)
        }
    }

    /// The consent is on disk: page frames may flow, and the ticket stands in the queue.
    func consentBecameDurable(_ entry: SessionEntry, now: Instant) {
        self.perform(on: entry, now: now) { core, outbox in core.consentDurable(now: now, into: &outbox) }
        guard entry.core.consent == .given, !entry.hasTicket else { return }
        let scope = entry.scope.compactMap { Rights(word: $0) }.reduce(Rights()) { $0.union($1) }
        let request = TicketRequest(
            session: entry.core.id, site: entry.siteKey,
            page: entry.page, reason: entry.reason, continues: entry.continues,
            rights: Rights.granted(site: entry.siteRights, consent: scope))
        entry.hasTicket = true
        self.record(
            .ticketQueued(ticket: UInt64(entry.core.number), reason: "help", priority: 0), by: .shopper(), entry)
        self.ask(.ticketOpened(request), now: now)
    }

    /// The path of an address, for the audit log: no query, no fragment.
    private static func path(of url: String) -> String {
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        let path = rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
        return String(path.prefix { $0 != "?" && $0 != "#" })
    }
}
