package import AuditStore
package import Logging
internal import Metrics
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
        /// The mailboxes of all loops, this one's at `index`. The first loop has the front desk.
        package var mailboxes: [Mailbox]
        package var index: Int
        /// Told once when this loop's sessions have ended in the drain.
        package var drained: @Sendable (Int) -> Void
        /// Told once when, after the audit log has failed, no session of this loop runs any more.
        package var unrecordedOver: @Sendable (Int) -> Void = { _ in }
        /// Links of all loops.
        package var linkCount: LinkCount
        package var verifier: LoginVerifier
        package var logger: Logger
        /// The pages that a plain GET may have; nil answers 404.
        package var pages: @Sendable (RequestFacts) -> HTTPResponse?
        /// Whether frames, and what seats were sent of them, go into the audit log. The product always does; without is
        /// for measuring what it costs (`Benchmarks/WithoutLog`).
        package var provesFrames = true

        package init(
            configuration: Configuration, audit: AuditLog, mailboxes: [Mailbox], index: Int, linkCount: LinkCount,
            verifier: LoginVerifier, logger: Logger, drained: @escaping @Sendable (Int) -> Void,
            pages: @escaping @Sendable (RequestFacts) -> HTTPResponse?
        ) {
            self.configuration = configuration
            self.audit = audit
            self.mailboxes = mailboxes
            self.index = index
            self.linkCount = linkCount
            self.drained = drained
            self.verifier = verifier
            self.logger = logger
            self.pages = pages
        }
    }

    let parts: Parts
    let loop: LinkLoop
    let limits: RuntimeLimits
    /// `limits.session`, for the sessions to share.
    let sessionLimits: SharedRelayLimits
    let sites: SiteDirectory
    var logger: Logger { self.parts.logger }

    let links = LinkStates()
    /// This loop's live sessions by the number in their frames' headers.
    var sessions: [UInt32: SessionEntry] = [:]
    /// Ended sessions whose mirrors are not closed yet.
    var endingSessions: [UInt32: SessionEntry] = [:]
    /// Other loops' sessions with a seat here.
    var mirrors: [UInt32: MirrorEntry] = [:]
    /// Only on the first loop.
    private(set) var frontDesk: FrontDesk?
    /// What this turn has for each loop, and whether it has anything.
    var outgoing: [[LoopMail]]
    var hasOutgoing = false

    /// What waits for the audit log, oldest first.
    var awaitingDisk: [(ticket: AuditTicket, effect: DurableEffect)] = []
    /// Why the audit log cannot be written; nil while it can, and always under `continue`.
    var auditFailure: String?
    /// Whether `Parts.unrecordedOver` was called.
    var isUnrecordedOver = false
    var isDraining = false
    var isDrained = false

    /// Sessions whose shoppers are to be told who watches.
    var watchesDue: [SessionEntry] = []
    var areWatchesDue = false
    /// Links with something to write, and sessions with frames due.
    var dirtyLinks: [LinkState] = []
    var areLinksDirty = false
    let rounds: FairRounds<Outlet>
    var outbox = Outbox()
    /// What is due when.
    let timers = DeadlineHeap()
    /// Whose each timer is.
    private var timed: [Timed?] = []
    private var deskTimer: Int?
    /// What this loop has done since its start.
    var metrics = LoopMetrics()
    /// The last reading of the clock for a write, and the writes that it is good for (`noteWrite`).
    var writeClock = Instant(nanoseconds: 0)
    var writesUntilClock = 0
    /// Frames of this turn and their bytes, not in `metrics` yet.
    var unrecordedFrames = (count: 0, bytes: 0)
    /// Writes alike that are over and not in `metrics` yet.
    var unrecordedWrites = (each: HandedOver(), count: 0)

    package init(_ parts: Parts, loop: LinkLoop) {
        self.parts = parts
        self.loop = loop
        self.limits = parts.configuration.limits
        self.sessionLimits = SharedRelayLimits(parts.configuration.limits.session)
        let sites = parts.configuration.sites.map { Site(key: $0.key, name: $0.name, origins: $0.origins) }
        self.sites = SiteDirectory.make(sites).directory
        self.outgoing = Array(repeating: [], count: parts.mailboxes.count)
        self.rounds = FairRounds(quantum: parts.configuration.limits.turnBytesMax)
        guard parts.index == 0 else { return }
        self.frontDesk = FrontDesk(relay: self)
        self.deskTimer = self.addTimer(.desk)
    }

    // A request to become a link: the path says who; a rep that carries an Origin is a browser's page.
    package func upgradeRequested(_ request: RequestFacts, now: UInt64) -> UpgradeDecision {
        guard !self.isDraining else { return .refuse(status: 503) }
        guard self.parts.linkCount.value < self.limits.linkCountMax else { return .refuse(status: 503) }
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
        self.parts.linkCount.add(1)
        self.metrics.linkOpened()
        let isRep = request.path == "/rep"
        let due = now + (isRep ? self.limits.pairing.loginDurationMax : self.limits.helloDurationMax)
        let timer = self.addTimer(.link(link))
        self.timers.set(timer, due)
        self.links.insert(
            LinkState(
                id: link, side: isRep ? .rep(.init(stage: .challenged)) : .shopper(.init(origin: request.origin)),
                timer: timer))
        if isRep { self.ask(.repOpened(link, addressBits: request.peer.networkBits), now: now) }
        self.logger.debug("link opened", metadata: ["link": "\(link)", "path": "\(request.path)"])
    }

    package func messageReceived(_ link: LinkID, _ message: consuming FrameBuffer, now: UInt64) {
        guard let state = self.links[link], !state.isClosing else { return }
        self.receive(message, on: state, now: Instant(nanoseconds: now))
    }

    package func linkWritable(_ link: LinkID, now: UInt64) {
        guard let state = self.links[link] else { return }
        if state.pendingByteCount > 0 { self.markDirty(state) }
        for held in state.heldSeats { self.wake(held.outlet) }
    }

    package func linkClosed(_ link: LinkID, _ close: LinkClose, now: UInt64) {
        guard let state = self.links.remove(link) else { return }
        let now = Instant(nanoseconds: now)
        self.logger.debug("link closed", metadata: ["link": "\(link)", "code": "\(close.code)"])
        self.parts.linkCount.add(-1)
        self.metrics.linkClosed(close.code)
        self.endHandshake(state)
        switch state.side {
        case .shopper(let side): self.shopperLinkClosed(link, side.session, now: now)
        case .rep: self.repLost(state, close, now: now)
        }
    }

    package func httpRequested(_ request: HTTPRequest, now: UInt64) -> HTTPResponse {
        self.parts.pages(request.facts)
            ?? HTTPResponse(status: 404, body: Array("There is no such page here.\n".utf8))
    }

    package func turnEnded(now: UInt64) {
        let now = Instant(nanoseconds: now)
        self.frontDesk?.turnEnded(now: now)
        self.tellWatches(now: now)
        self.postMail(now: now)
        self.writeWhatIsDue(now: now)
        // Who has spent the turn's share goes on in the next, after what arrives in between.
        self.loop.setDeadline(self.rounds.isEmpty ? self.timers.next?.nanoseconds : now.nanoseconds)
        self.noteTurn(since: now)
    }

    package func deadlinePassed(now: UInt64) {
        let now = Instant(nanoseconds: now)
        // Taken first: what is set anew in the course of it is for the next turn.
        var due: [Timed] = []
        while let timer = self.timers.popDue(now: now) { if let owner = self.timed[timer] { due.append(owner) } }
        for owner in due {
            switch owner {
            case .link(let link):
                if let state = self.links[link] { self.close(state, .handshakeTimeout) }
            case .desk:
                self.frontDesk?.deadlinePassed(now: now)
                self.noteDesk(deadline: self.frontDesk?.nextDeadline)
            case .session(let number):
                guard let entry = self.sessions[number] else { continue }
                self.perform(on: entry, now: now) { core, outbox in core.deadlinePassed(now: now, into: &outbox) }
            case .mirror(let number):
                guard let entry = self.mirrors[number] else { continue }
                self.perform(on: entry, now: now) { core, outbox in core.deadlinePassed(now: now, into: &outbox) }
            }
        }
    }

    package func mailboxWoken(now: UInt64) {
        let now = Instant(nanoseconds: now)
        let mails = self.mailbox.take()
        for mail in mails {
            switch mail {
            case .durable(let ticket): self.becameDurable(upTo: ticket, now: now)
            case .auditFailed(let error): self.auditFailed(error, now: now)
            case .login(let rep, let verdict): self.frontDesk?.loginChecked(rep, verdict, now: now)
            case .drain: self.drain(now: now)
            case .beat: self.mailbox.answerBeat()
            case .metrics(let answer): answer(self.metricsCopy)
            case .loop(let letter): self.receive(letter.content, from: letter.sender, now: now)
            }
        }
        self.mailbox.giveBack(mails)
    }

    var mailbox: Mailbox { self.parts.mailboxes[self.parts.index] }

    /// A rep sends control frames only: one of the largest with its header.
    private static let repMessageBytesMax = FrameHeader.byteCount + WireLimits.controlBodyBytesMax

    /// Marks a link for the write at the end of this turn.
    func markDirty(_ state: LinkState) {
        guard !state.isDirty else { return }
        state.isDirty = true
        self.dirtyLinks.append(state)
        self.areLinksDirty = true
    }

    /// A timer, without a deadline.
    func addTimer(_ owner: Timed) -> Int {
        let timer = self.timers.add()
        if timer == self.timed.count { self.timed.append(owner) } else { self.timed[timer] = owner }
        return timer
    }

    func removeTimer(_ timer: Int) {
        self.timed[timer] = nil
        self.timers.remove(timer)
    }

    /// The front desk has something due at `moment`.
    func noteDesk(deadline moment: Instant?) {
        if let timer = self.deskTimer { self.timers.set(timer, moment) }
    }
}

/// Whose a timer is.
enum Timed {
    case link(LinkID)
    case session(UInt32)
    case mirror(UInt32)
    case desk
}

@available(*, unavailable)
extension Relay: Sendable {}
