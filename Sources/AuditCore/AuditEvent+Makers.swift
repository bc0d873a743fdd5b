package import Wire

extension AuditValue {
    static func word(_ text: String) -> AuditValue { .text(AuditText.word(text)) }
    static func list(_ words: [String]) -> AuditValue { .words(AuditText.words(words)) }
    static func name(_ text: String) -> AuditValue { .text(AuditText.cut(text, AuditLimits.nameBytesMax)) }
    static func number(_ value: some BinaryInteger) -> AuditValue {
        .count(min(UInt64(clamping: value), AuditLimits.countMax))
    }
}

/// The log and the daemon.
extension AuditEvent {
    /// The log is open for writing by `program` (name and version).
    package static func logOpened(program: String) -> AuditEvent { .init(.logOpened, [.number(1), .name(program)]) }
    /// A torn tail of `bytes` bytes at `offset` in `file` was cut; `from` is the first index that is not on disk.
    package static func logRecovered(file: String, offset: Int, bytes: Int, from: UInt64) -> AuditEvent {
        .init(.logRecovered, [.name(file), .number(offset), .number(bytes), .number(from)])
    }
    /// The log was closed in order.
    package static let logClosed = AuditEvent(.logClosed)
    /// `entries` records and `frames` frames could not be taken.
    package static func auditGap(reason: String, entries: Int, frames: Int) -> AuditEvent {
        .init(.auditGap, [.word(reason), .number(entries), .number(frames)])
    }
    /// Nothing more can be written; `entries` records that had been queued are lost.
    package static func auditBlocked(reason: String, errno: Int32, entries: Int) -> AuditEvent {
        .init(.auditBlocked, [.word(reason), .number(errno), .number(entries)])
    }
    /// Nothing else was written for an hour.
    package static let logAlive = AuditEvent(.logAlive)
    /// The daemon runs `program` (name and version) under the configuration with this SHA-256.
    package static func daemonStarted(program: String, config: Digest32) -> AuditEvent {
        .init(.daemonStarted, [.name(program), .digest(config)])
    }
    /// The daemon begins to drain.
    package static func daemonStopping(why: String) -> AuditEvent { .init(.daemonStopping, [.word(why)]) }
    /// A new configuration is in force.
    package static func configLoaded(config: Digest32) -> AuditEvent { .init(.configLoaded, [.digest(config)]) }
    /// A new configuration has problems; the old one stays in force.
    package static func configRefused(problems: Int) -> AuditEvent { .init(.configRefused, [.number(problems)]) }
    /// A rep proved who they are.
    package static func loginAccepted(method: String) -> AuditEvent { .init(.loginAccepted, [.word(method)]) }
    /// A login failed; `reason` is a code and never what was presented.
    package static func loginRefused(method: String, reason: String) -> AuditEvent {
        .init(.loginRefused, [.word(method), .word(reason)])
    }
    /// A logged-in link is gone.
    package static func loginEnded(why: String) -> AuditEvent { .init(.loginEnded, [.word(why)]) }
}

/// Sessions, seats and consent.
extension AuditEvent {
    /// A session began on a page; query and fragment of `path` are cut off.
    package static func sessionOpened(origin: String, path: String, continues: SessionID? = nil) -> AuditEvent {
        .init(
            .sessionOpened,
            [
                .text(AuditText.address(origin, AuditLimits.originBytesMax)),
                .text(AuditText.address(path, AuditLimits.pathBytesMax)), continues.map { .session($0) } ?? .absent,
            ])
    }
    /// The session is over. The log fills in the frame count and hash.
    package static func sessionEnded(why: String) -> AuditEvent {
        .init(.sessionEnded, [.word(why), .count(0), .digest(.zero)])
    }
    /// The session had no end when the log was recovered; `frames` and `hash` are the last on record.
    package static func sessionAbandoned(frames: UInt64, hash: Digest32) -> AuditEvent {
        .init(.sessionAbandoned, [.number(frames), .digest(hash)])
    }
    /// Sharing rests.
    package static func sessionPaused(why: String) -> AuditEvent { .init(.sessionPaused, [.word(why)]) }
    /// Sharing goes on.
    package static let sessionResumed = AuditEvent(.sessionResumed)
    /// The shopper's link is gone and may come back.
    package static let shopperLost = AuditEvent(.shopperLost)
    /// The shopper's link came back.
    package static let shopperBack = AuditEvent(.shopperBack)
    /// A rep took `seat` (from 1) with these rights; frames of the lanes `without` are not handed to it.
    package static func seatJoined(seat: Int, rights: [String], without: [String] = []) -> AuditEvent {
        .init(.seatJoined, [.number(seat), .list(rights), without.isEmpty ? .absent : .list(without)])
    }
    /// A rep's seat is empty again.
    package static func seatLeft(seat: Int, why: String) -> AuditEvent {
        .init(.seatLeft, [.number(seat), .word(why)])
    }
    /// A rep was not given a seat.
    package static func seatRefused(reason: String) -> AuditEvent { .init(.seatRefused, [.word(reason)]) }
    /// A seat's rights are now these.
    package static func seatRights(seat: Int, rights: [String]) -> AuditEvent {
        .init(.seatRights, [.number(seat), .list(rights)])
    }
    /// A seat's link is gone and may come back.
    package static func seatLost(seat: Int) -> AuditEvent { .init(.seatLost, [.number(seat)]) }
    /// A seat's link came back.
    package static func seatBack(seat: Int) -> AuditEvent { .init(.seatBack, [.number(seat)]) }
    /// The shopper is asked; `text` is the version of the words shown, in `language` (BCP 47).
    package static func consentAsked(text: String, language: String, scope: [String]) -> AuditEvent {
        .init(.consentAsked, [.word(text), .word(language), .list(scope)])
    }
    /// The shopper agreed to `scope`.
    package static func consentGiven(text: String, language: String, scope: [String]) -> AuditEvent {
        .init(.consentGiven, [.word(text), .word(language), .list(scope)])
    }
    /// The shopper said no.
    package static func consentRefused(text: String, language: String, scope: [String]) -> AuditEvent {
        .init(.consentRefused, [.word(text), .word(language), .list(scope)])
    }
    /// The shopper took the consent back.
    package static func consentWithdrawn(text: String, language: String, scope: [String]) -> AuditEvent {
        .init(.consentWithdrawn, [.word(text), .word(language), .list(scope)])
    }
    /// The masking rules in force, by their SHA-256, and how many fields they show.
    package static func maskingApplied(policy: Digest32, shown: Int) -> AuditEvent {
        .init(.maskingApplied, [.digest(policy), .number(shown)])
    }
}

/// The queue and the frames.
extension AuditEvent {
    /// Help was offered; `reason` is the stuck signal's code.
    package static func offerShown(reason: String) -> AuditEvent { .init(.offerShown, [.word(reason)]) }
    /// The shopper wants help.
    package static let offerAccepted = AuditEvent(.offerAccepted)
    /// The shopper wants none.
    package static let offerDeclined = AuditEvent(.offerDeclined)
    /// A shopper waits.
    package static func ticketQueued(ticket: UInt64, reason: String, priority: Int) -> AuditEvent {
        .init(.ticketQueued, [.number(ticket), .word(reason), .number(priority)])
    }
    /// A rep took the ticket.
    package static func ticketAccepted(ticket: UInt64) -> AuditEvent { .init(.ticketAccepted, [.number(ticket)]) }
    /// The ticket left the queue without a rep.
    package static func ticketLeft(ticket: UInt64, why: String) -> AuditEvent {
        .init(.ticketLeft, [.number(ticket), .word(why)])
    }
    /// A rep tried a code that was not good.
    package static func codeRefused(reason: String) -> AuditEvent { .init(.codeRefused, [.word(reason)]) }
    /// A rep's code was good.
    package static let codeAccepted = AuditEvent(.codeAccepted)
    /// `frames` frames of `bytes` bytes were refused and the link closed with code `close`.
    package static func frameRefused(close: Int, frames: Int, bytes: Int) -> AuditEvent {
        .init(.frameRefused, [.number(close), .number(frames), .number(bytes)])
    }
    /// Frames were relayed and could not be hashed.
    static func framesLost(_ range: FrameRange) -> AuditEvent {
        .init(.framesLost, [.number(range.first), .number(range.last)])
    }
    /// A seat was sent these frames.
    static func seatSent(seat: Int, ranges: [FrameRange]) -> AuditEvent {
        .init(.seatSent, [.number(seat), .ranges(ranges)])
    }
}
