/// The closed set of events. A code is never reused, its meaning never changes; new ones are appended.
///
/// Letter: group; number: event; last letter: severity (I information, W warning, E error).
/// The same table stands in `Protocol/audit-log.md`; a test compares them.
package enum AuditCode: String, CaseIterable, Sendable {
    case logOpened = "L100I"
    case logRecovered = "L101W"
    case logClosed = "L102I"
    case auditGap = "L103E"
    case auditBlocked = "L104E"
    case logAlive = "L105I"
    case daemonStarted = "D100I"
    case daemonStopping = "D101I"
    case configLoaded = "D102I"
    case configRefused = "D103W"
    case loginAccepted = "A100I"
    case loginRefused = "A101W"
    case loginEnded = "A102I"
    case sessionOpened = "S100I"
    case sessionEnded = "S101I"
    case sessionAbandoned = "S102W"
    case sessionPaused = "S103I"
    case sessionResumed = "S104I"
    case shopperLost = "S105W"
    case shopperBack = "S106I"
    case seatJoined = "S110I"
    case seatLeft = "S111I"
    case seatRefused = "S112W"
    case seatRights = "S113I"
    case seatLost = "S114W"
    case seatBack = "S115I"
    case consentAsked = "C100I"
    case consentGiven = "C101I"
    case consentRefused = "C102I"
    case consentWithdrawn = "C103I"
    case maskingApplied = "C104I"
    case offerShown = "Q100I"
    case offerAccepted = "Q101I"
    case offerDeclined = "Q102I"
    case ticketQueued = "Q103I"
    case ticketAccepted = "Q104I"
    case ticketLeft = "Q105I"
    case codeRefused = "Q106W"
    case codeAccepted = "Q107I"
    case framesHashed = "F100I"
    case seatSent = "F101I"
    case frameRefused = "F102W"
    case framesLost = "F103E"
    case repPointed = "R100I"
    case repProposed = "R101I"
    case proposalAnswered = "R102I"
    case seatTransferred = "R103I"
    case repAsked = "R104I"
    case askAnswered = "R105I"
    case grantGiven = "G100I"
    case grantRefused = "G101W"
    case grantAgreed = "G102I"
    case recordingStarted = "K100I"
    case recordingChunk = "K101I"
    case recordingStopped = "K102I"
    case recordingGap = "K103W"
    case recordingDamaged = "K104W"
    case logRead = "X100I"
    case sessionReplayed = "X101I"
    case logExported = "X102I"
    case sessionErased = "X103W"
    case recordingExpired = "X104I"
    case holdPlaced = "X105I"
    case holdLifted = "X106I"
}

/// When a record must be on disk (`Protocol/audit-log.md`, "Classes").
package enum AuditClass: String, Sendable {
    /// Must persist: its effect is withheld until it is durable. On its way to the disk at once, 5 ms at most.
    case a = "A"
    /// Should persist: durable within 100 ms, nobody waits for it.
    case b = "B"
    /// Summary: folded together, at least once a second.
    case c = "C"
}

/// Whether a record belongs to a session and so carries `seq` and `session`.
package enum AuditScope: String, Sendable {
    case session
    case log
    case either
}

/// What one code stands for.
package struct AuditRule: Sendable {
    /// The event's name, `group.verb`.
    package let event: StaticString
    /// When it must be on disk.
    package let durability: AuditClass
    /// Whether it belongs to a session.
    package let scope: AuditScope
    /// The fields of `data`, in the order in which they are written.
    package let fields: [FieldRule]

    init(_ event: StaticString, _ durability: AuditClass, _ scope: AuditScope, _ fields: FieldRule...) {
        self.init(event, durability, scope, fields)
    }

    init(_ event: StaticString, _ durability: AuditClass, _ scope: AuditScope, _ fields: [FieldRule]) {
        self.event = event
        self.durability = durability
        self.scope = scope
        self.fields = fields
    }
}

extension AuditCode {
    /// The event's name, class, scope and fields.
    package var rule: AuditRule {
        switch self {
        case .logOpened: AuditRule("log.opened", .a, .log, .count("format"), .name("program"))
        case .logRecovered:
            AuditRule("log.recovered", .a, .log, .name("file"), .count("offset"), .count("bytes"), .count("from"))
        case .logClosed: AuditRule("log.closed", .a, .log)
        case .auditGap: AuditRule("audit.gap", .a, .log, .word("reason"), .count("entries"), .count("frames"))
        case .auditBlocked: AuditRule("audit.blocked", .a, .log, .word("reason"), .count("errno"), .count("entries"))
        case .logAlive: AuditRule("log.alive", .b, .log)
        case .daemonStarted: AuditRule("daemon.started", .a, .log, .name("program"), .digest("config"))
        case .daemonStopping: AuditRule("daemon.stopping", .a, .log, .word("why"))
        case .configLoaded: AuditRule("config.loaded", .a, .log, .digest("config"))
        case .configRefused: AuditRule("config.refused", .b, .log, .count("problems"))
        case .loginAccepted: AuditRule("login.accepted", .a, .log, .word("method"))
        case .loginRefused: AuditRule("login.refused", .b, .log, .word("method"), .word("reason"))
        case .loginEnded: AuditRule("login.ended", .b, .log, .word("why"))
        case .sessionOpened:
            AuditRule("session.opened", .a, .session, .origin("origin"), .path("path"), .session("continues").optional)
        case .sessionEnded: AuditRule("session.ended", .a, .session, .word("why"), .count("frames"), .digest("hash"))
        case .sessionAbandoned: AuditRule("session.abandoned", .a, .session, .count("frames"), .digest("hash"))
        case .sessionPaused: AuditRule("session.paused", .b, .session, .word("why"))
        case .sessionResumed: AuditRule("session.resumed", .b, .session)
        case .shopperLost: AuditRule("shopper.lost", .b, .session)
        case .shopperBack: AuditRule("shopper.back", .b, .session)
        case .seatJoined:
            AuditRule(
                "seat.joined", .a, .session, .count("seat"), .words("rights"), .words("without").optional)
        case .seatLeft: AuditRule("seat.left", .a, .session, .count("seat"), .word("why"))
        case .seatRefused: AuditRule("seat.refused", .b, .session, .word("reason"))
        case .seatRights: AuditRule("seat.rights", .a, .session, .count("seat"), .words("rights"))
        case .seatLost: AuditRule("seat.lost", .b, .session, .count("seat"))
        case .seatBack: AuditRule("seat.back", .b, .session, .count("seat"))
        case .consentAsked: Self.consent("consent.asked", .b)
        case .consentGiven: Self.consent("consent.given", .a)
        case .consentRefused: Self.consent("consent.refused", .a)
        case .consentWithdrawn: Self.consent("consent.withdrawn", .a)
        case .maskingApplied: AuditRule("masking.applied", .a, .session, .digest("policy"), .count("shown"))
        case .offerShown: AuditRule("offer.shown", .b, .either, .word("reason"))
        case .offerAccepted: AuditRule("offer.accepted", .b, .either)
        case .offerDeclined: AuditRule("offer.declined", .b, .either)
        case .ticketQueued:
            AuditRule("ticket.queued", .b, .either, .count("ticket"), .word("reason"), .count("priority"))
        case .ticketAccepted: AuditRule("ticket.accepted", .a, .either, .count("ticket"))
        case .ticketLeft: AuditRule("ticket.left", .b, .either, .count("ticket"), .word("why"))
        case .codeRefused: AuditRule("code.refused", .b, .either, .word("reason"))
        case .codeAccepted: AuditRule("code.accepted", .a, .either)
        case .framesHashed:
            AuditRule(
                "frames.hashed", .c, .session, .count("first"), .count("last"), .digest("hash"), .count("bytes"),
                .count("page"), .count("cursor"), .count("talk"), .count("control"))
        case .seatSent: AuditRule("seat.sent", .c, .session, .count("seat"), .ranges("ranges"))
        case .frameRefused:
            AuditRule("frame.refused", .b, .either, .count("close"), .count("frames"), .count("bytes"))
        case .framesLost: AuditRule("frames.lost", .a, .session, .count("first"), .count("last"))
        case .repPointed: AuditRule("rep.pointed", .b, .session, .count("seat"), .count("acts"))
        case .repProposed:
            AuditRule(
                "rep.proposed", .a, .session, .count("seat"), .count("proposal"), .word("act"), .digest("frame"),
                .signature("signature"))
        case .proposalAnswered:
            AuditRule("proposal.answered", .a, .session, .count("proposal"), .word("answer"))
        case .seatTransferred: AuditRule("seat.transferred", .a, .session, .count("seat"), .name("to"))
        case .repAsked: AuditRule("rep.asked", .b, .session, .count("seat"), .count("ask"), .word("what"))
        case .askAnswered: AuditRule("ask.answered", .b, .session, .count("ask"), .word("answer"))
        case .grantGiven: Self.grant("grant.given", .a, .digest("code"))
        case .grantRefused: Self.grant("grant.refused", .b, .word("reason"))
        case .grantAgreed: Self.grant("grant.agreed", .a)
        case .recordingStarted: Self.keeping("recording.started", .a, .words("recipients"))
        case .recordingChunk:
            Self.keeping(
                "recording.chunk", .b, .count("chunk"), .count("first"), .count("last"), .count("bytes"),
                .digest("hash"))
        case .recordingStopped: Self.keeping("recording.stopped", .a, .word("why"), .count("chunks"))
        case .recordingGap: Self.keeping("recording.gap", .b, .count("first"), .count("last"), .word("reason"))
        case .recordingDamaged: Self.keeping("recording.damaged", .a, .count("chunk"), .word("reason"))
        case .logRead: AuditRule("log.read", .a, .log, .word("what"), .session("session").optional)
        case .sessionReplayed: Self.keeping("session.replayed", .a, .count("seat"))
        case .logExported: AuditRule("log.exported", .a, .log, .word("format"), .session("session").optional)
        case .sessionErased: Self.keeping("session.erased", .a, .name("reason"), .count("files"), .count("bytes"))
        case .recordingExpired:
            Self.keeping("recording.expired", .a, .word("why"), .count("files"), .count("bytes"))
        case .holdPlaced: Self.keeping("hold.placed", .a, .name("reason"))
        case .holdLifted: Self.keeping("hold.lifted", .a, .name("reason"))
        }
    }

    private static func consent(_ event: StaticString, _ durability: AuditClass) -> AuditRule {
        AuditRule(event, durability, .session, .word("text"), .word("language"), .words("scope"))
    }

    private static func grant(_ event: StaticString, _ durability: AuditClass, _ fields: FieldRule...) -> AuditRule {
        AuditRule(event, durability, .session, [.word("pool"), .count("amount"), .word("currency")] + fields)
    }

    /// Groups K and X name their session in `data`, for they also come after its end.
    private static func keeping(_ event: StaticString, _ durability: AuditClass, _ fields: FieldRule...) -> AuditRule {
        AuditRule(event, durability, .log, [.session("session")] + fields)
    }
}
