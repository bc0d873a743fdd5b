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
            guard state.shopperSession == nil else { return self.refuseFrame(state, .outOfOrder) }
            self.helloArrived(try Hello(body: body), on: state, now: now)
        case .end:
            _ = try End(body: body)
            guard let entry = state.shopperSession else { return self.refuseFrame(state, .malformed) }
            self.confirmToken(entry)
            self.end(entry, .shopper, now: now)
        case .keyframe, .delta, .scroll, .press, .cursor, .consent, .welcome, .acknowledge, .watch, .keyframeRequest,
            .place, .challenge, .login, .ready, .queue, .accept, .seated, .leave, .refused, .presence, .resync:
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
            state.handshakeDue = nil
            if let entry = self.resumed(hello, site, now: now) {
                self.takeUp(entry, hello, on: state, now: now)
            } else {
                self.begin(hello, site, origin ?? "", on: state, now: now)
            }
        }
    }

    private func refuseShopper(_ state: LinkState, _ code: CloseCode, site: String?) {
        self.logger.notice(
            "shopper link refused", metadata: ["code": "\(code.rawValue)", "site": "\(site ?? "unknown")"])
        self.refuseFrame(state, code)
    }

    /// The live session that the token opens.
    private func resumed(_ hello: Hello, _ site: Site, now: Instant) -> SessionEntry? {
        guard let text = hello.resume, let (id, token) = ResumeToken.read(text), let entry = self.sessionsByID[id],
            entry.site.key == site.key
        else { return nil }
        switch self.tokens.resume(id, token: token, next: entry.nextToken(), now: now) {
        case .resumed: return entry
        case .unknown, .wrong: return nil
        case .reused:
            // A copied tab, or a thief: it gets a session of its own, and the one who holds the newer token keeps this
            // one.
            self.logger.warning("a spent resume token was used again", metadata: ["session": "\(id)"])
            return nil
        }
    }

    private func takeUp(_ entry: SessionEntry, _ hello: Hello, on state: LinkState, now: Instant) {
        let old = entry.shopper.flatMap { self.links[$0] }
        if let old {
            // Forgotten first, so that its end is not taken for the shopper's.
            old.side = .shopper(.init(origin: .absent))
            self.close(old, .replaced)
        } else {
            self.record(.shopperBack, by: .shopper(), entry)
        }
        self.seat(entry, on: state)
        entry.page = hello.page
        self.welcome(entry, resumed: true, on: state)
        self.perform(on: entry, now: now) { core, outbox in core.shopperArrived(now: now, into: &outbox) }
        if old != nil {
            // The core saw no absence, so it tells the seats nothing; the page may be another.
            self.tellSeats(entry, Presence(session: entry.core.id, state: .live, page: entry.page))
        }
        if entry.hasTicket {
            self.run(self.desk.pageChanged(entry.core.id, hello.page, now: now), now: now)
            self.run(self.desk.shopperReturned(entry.core.id, now: now), now: now)
        }
    }

    private func begin(_ hello: Hello, _ site: Site, _ origin: String, on state: LinkState, now: Instant) {
        guard self.auditFailure == nil, self.parts.audit.state.allowsNewSessions else {
            return self.refuseShopper(state, .auditUnavailable, site: site.key)
        }
        guard self.sessions.count < self.limits.sessionCountMax else {
            return self.refuseShopper(state, .overloaded, site: site.key)
        }
        repeat {
            self.lastSessionNumber &+= 1
        } while self.lastSessionNumber == 0
            || self.sessions[self.lastSessionNumber] != nil
        let id = SessionID(high: SystemEntropy.next(), low: SystemEntropy.next())
        let core = Session(id: id, number: self.lastSessionNumber, limits: self.limits.session, now: now)
        let entry = SessionEntry(
            core: core, site: site, page: hello.page, shopper: state.id, continues: hello.continues,
            reason: hello.reason)
        guard self.tokens.sessionBegan(id, token: entry.nextToken()) else {
            return self.refuseShopper(state, .overloaded, site: site.key)
        }
        self.sessions[core.number] = entry
        self.sessionsByID[id] = entry
        self.seat(entry, on: state)
        self.record(
            .sessionOpened(origin: origin, path: Self.path(of: hello.page.url), continues: hello.continues),
            by: .shopper(), entry)
        self.welcome(entry, resumed: false, on: state)
        self.perform(on: entry, now: now) { core, outbox in core.shopperArrived(now: now, into: &outbox) }
        self.logger.info("session opened", metadata: ["session": "\(id)", "site": "\(site.key)"])
    }

    private func seat(_ entry: SessionEntry, on state: LinkState) {
        entry.shopper = state.id
        guard case .shopper(var side) = state.side else { return }
        side.session = entry
        state.side = .shopper(side)
    }

    private func welcome(_ entry: SessionEntry, resumed: Bool, on state: LinkState) {
        self.tell(
            state, .welcome,
            Welcome(
                session: entry.core.id, number: entry.core.number,
                resume: ResumeToken.text(entry.core.id, entry.tokenWords), resumed: resumed,
                talk: entry.core.talkAcknowledged, consented: entry.core.consent == .given
            ).body())
    }

    /// The first frame after `welcome` proves that the page holds its new token.
    func confirmToken(_ entry: SessionEntry) {
        guard !entry.isTokenConfirmed else { return }
        entry.isTokenConfirmed = true
        self.tokens.tokenConfirmed(entry.core.id)
    }

    /// The one talk frame that there is today.
    func consentArrived(_ header: FrameHeader, _ frame: SharedFrame, on state: LinkState, now: Instant) {
        guard let entry = state.shopperSession, header.session == entry.core.number else {
            return self.refuseFrame(state, .malformed)
        }
        self.confirmToken(entry)
        do throws(WireError) {
            let consent = try Consent(body: Self.body(of: frame))
            self.perform(on: entry, now: now) { core, outbox in
                core.consentReceived(consent, sequence: header.sequence, now: now, into: &outbox)
            }
        } catch {
            self.refuseFrame(state, CloseCode(error))
        }
    }

    /// The consent is on disk: page frames may flow, and the ticket stands in the queue.
    func consentBecameDurable(_ entry: SessionEntry, now: Instant) {
        self.perform(on: entry, now: now) { core, outbox in core.consentDurable(now: now, into: &outbox) }
        guard entry.core.consent == .given, !entry.hasTicket else { return }
        let scope = entry.scope.compactMap { Rights(word: $0) }.reduce(Rights()) { $0.union($1) }
        let request = TicketRequest(
            session: entry.core.id, site: entry.site.key,
            page: entry.page, reason: entry.reason, continues: entry.continues,
            rights: Rights.granted(site: entry.site.rights, consent: scope))
        entry.hasTicket = true
        self.record(
            .ticketQueued(ticket: UInt64(entry.core.number), reason: "help", priority: 0), by: .shopper(), entry)
        self.run(self.desk.ticketOpened(request, now: now), now: now)
    }

    /// The path of an address, for the audit log: no query, no fragment.
    private static func path(of url: String) -> String {
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        let path = rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
        return String(path.prefix { $0 != "?" && $0 != "#" })
    }
}
