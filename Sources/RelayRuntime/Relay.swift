package import AuditStore
package import Logging
internal import OpenSSH
internal import PairingCore
internal import RelayCore
package import WebSocketTransport
package import Wire

/// One service loop's share of the relay: joins the cores with the transport, the audit log and the clock.
///
/// Made and used on the loop's thread only. Facts go into a core, actions come out, and are performed after the core's
/// method has returned; nothing here decides what a core could decide.
package final class Relay: LinkHandler {
    /// What the relay is made of.
    package struct Parts: Sendable {
        package var configuration: Configuration
        package var audit: AuditLog
        package var mailbox: Mailbox
        package var verifier: LoginVerifier
        package var logger: Logger
        /// The pages that a plain GET may have, by path; nil answers 404.
        package var pages: @Sendable (String) -> HTTPResponse?

        package init(
            configuration: Configuration, audit: AuditLog, mailbox: Mailbox, verifier: LoginVerifier, logger: Logger,
            pages: @escaping @Sendable (String) -> HTTPResponse?
        ) {
            self.configuration = configuration
            self.audit = audit
            self.mailbox = mailbox
            self.verifier = verifier
            self.logger = logger
            self.pages = pages
        }
    }

    let parts: Parts
    let loop: LinkLoop
    let limits: RuntimeLimits
    let sites: SiteDirectory
    var logger: Logger { self.parts.logger }

    var links: [LinkID: LinkState] = [:]
    /// Live sessions by the number in their frames' headers.
    var sessions: [UInt32: SessionEntry] = [:]
    var sessionsByID: [SessionID: SessionEntry] = [:]
    var lastSessionNumber: UInt32 = 0
    var lastRepNumber: UInt64 = 0
    var repLinks: [RepKey: LinkID] = [:]
    var isQueueChanged = false

    var desk: Desk
    var logins: Logins
    var tokens: ResumeTokens

    /// What waits for the audit log, oldest first.
    var awaitingDisk: [(ticket: AuditTicket, effect: DurableEffect)] = []
    /// Why the audit log cannot be written; nil while it can.
    var auditFailure: String?
    var isDraining = false

    /// Links with something to write, and sessions with frames due, of this turn.
    var dirtyLinks: [LinkID] = []
    var awakeSessions: [SessionEntry] = []
    var outbox = Outbox()
    /// When the loop is to call `deadlinePassed`; never later than anything that is due.
    private var earliestDeadline: Instant?
    /// The frames refused since the start, by close code, for the log and the health page.
    var refusedFrames: [CloseCode: Int] = [:]

    package init(_ parts: Parts, loop: LinkLoop) {
        self.parts = parts
        self.loop = loop
        self.limits = parts.configuration.limits
        let sites = parts.configuration.sites.map { Site(key: $0.key, name: $0.name, origins: $0.origins) }
        self.sites = SiteDirectory.make(sites).directory
        self.desk = Desk(seatGraceDuration: self.limits.seatGraceDurationMax)
        self.logins = Logins(relayNames: parts.configuration.relayNames)
        self.tokens = ResumeTokens()
    }

    // A request to become a link: the path says who; a rep that carries an Origin is a browser's page.
    package func upgradeRequested(_ request: RequestFacts, now: UInt64) -> UpgradeDecision {
        guard !self.isDraining else { return .refuse(status: 503) }
        guard self.links.count < self.limits.linkCountMax else { return .refuse(status: 503) }
        switch request.path {
        case "/shopper": return .accept
        case "/rep":
            guard request.origin == .absent else {
                self.logger.notice("rep link refused: it carries an Origin", metadata: ["peer": "\(request.peer.text)"])
                return .refuse(status: 403)
            }
            return .acceptSmall
        default: return .refuse(status: 404)
        }
    }

    package func linkOpened(_ link: LinkID, _ request: RequestFacts, now: UInt64) {
        let now = Instant(nanoseconds: now)
        self.loop.setMessageLimit(
            link, bytes: request.path == "/rep" ? Self.repMessageBytesMax : WireLimits.messageBytesMax,
            closeCode: CloseCode.tooLarge.rawValue)
        if request.path == "/rep" {
            let state = LinkState(
                id: link, peer: request.peer, side: .rep(.init(stage: .challenged)),
                handshakeDue: now + self.limits.loginDurationMax)
            self.links[link] = state
            self.challenge(state, now: now)
        } else {
            self.links[link] = LinkState(
                id: link, peer: request.peer, side: .shopper(.init(origin: request.origin)),
                handshakeDue: now + self.limits.helloDurationMax)
        }
        self.note(deadline: self.links[link]?.handshakeDue)
        self.logger.debug("link opened", metadata: ["link": "\(link)", "path": "\(request.path)"])
    }

    package func messageReceived(_ link: LinkID, _ message: consuming FrameBuffer, now: UInt64) {
        guard let state = self.links[link], !state.isClosing else { return }
        self.receive(message, on: state, now: Instant(nanoseconds: now))
    }

    package func linkWritable(_ link: LinkID, now: UInt64) {
        guard let state = self.links[link] else { return }
        self.markDirty(state)
    }

    package func linkClosed(_ link: LinkID, _ close: LinkClose, now: UInt64) {
        guard let state = self.links.removeValue(forKey: link) else { return }
        let now = Instant(nanoseconds: now)
        self.logger.debug("link closed", metadata: ["link": "\(link)", "code": "\(close.code)"])
        switch state.side {
        case .shopper(let side):
            if let entry = side.session, entry.shopper == link { self.shopperLost(entry, now: now) }
        case .rep:
            self.repLost(state, close, now: now)
        }
    }

    package func httpRequested(_ request: HTTPRequest, now: UInt64) -> HTTPResponse {
        self.parts.pages(request.facts.path)
            ?? HTTPResponse(status: 404, body: Array("There is no such page here.\n".utf8))
    }

    package func turnEnded(now: UInt64) {
        let now = Instant(nanoseconds: now)
        self.runDesk(now: now)
        self.writeWhatIsDue(now: now)
        self.loop.setDeadline(self.earliestDeadline?.nanoseconds)
    }

    package func deadlinePassed(now: UInt64) {
        let now = Instant(nanoseconds: now)
        self.endLateHandshakes(now: now)
        for entry in self.sessions.values.sorted(by: { $0.core.number < $1.core.number }) {
            guard let due = entry.core.nextDeadline, due <= now else { continue }
            self.perform(on: entry, now: now) { core, outbox in core.deadlinePassed(now: now, into: &outbox) }
        }
        self.deskDeadlinePassed(now: now)
        self.renewDeadline()
    }

    package func mailboxWoken(now: UInt64) {
        let now = Instant(nanoseconds: now)
        for mail in self.parts.mailbox.take() {
            switch mail {
            case .durable(let ticket): self.becameDurable(upTo: ticket, now: now)
            case .auditFailed(let error): self.auditFailed(error, now: now)
            case .login(let link, let verdict): self.loginChecked(link, verdict, now: now)
            case .drain: self.drain(now: now)
            case .beat: self.parts.mailbox.answerBeat()
            }
        }
    }

    /// A rep sends control frames only: one of the largest with its header.
    private static let repMessageBytesMax = FrameHeader.byteCount + WireLimits.controlBodyBytesMax

    /// Marks a link for the write at the end of this turn.
    func markDirty(_ state: LinkState) {
        guard !state.isDirty else { return }
        state.isDirty = true
        self.dirtyLinks.append(state.id)
    }

    /// Notes that something is due at `moment`. Whoever touches a core notes its next deadline, so that a turn costs
    /// nothing for the sessions and links that it does not touch.
    func note(deadline moment: Instant?) {
        guard let moment else { return }
        self.earliestDeadline = self.earliestDeadline.map { Swift.min($0, moment) } ?? moment
    }

    /// Works out the earliest deadline anew: what was noted last has passed, or is due no more.
    private func renewDeadline() {
        self.earliestDeadline = nil
        self.note(deadline: self.nextDeskDeadline)
        for entry in self.sessions.values { self.note(deadline: entry.core.nextDeadline) }
        for state in self.links.values { self.note(deadline: state.handshakeDue) }
    }

    private func endLateHandshakes(now: Instant) {
        for state in self.links.values {
            guard let due = state.handshakeDue, due <= now else { continue }
            self.close(state, .handshakeTimeout)
        }
    }
}

@available(*, unavailable)
extension Relay: Sendable {}
