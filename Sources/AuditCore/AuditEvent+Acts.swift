package import Wire

/// What reps do in a session.
extension AuditEvent {
    /// A rep pointed, highlighted or drew `acts` times since the last such record.
    package static func repPointed(seat: Int, acts: Int) -> AuditEvent {
        .init(.repPointed, [.number(seat), .number(acts)])
    }
    /// A rep proposed an act; `frame` is the SHA-256 of the frame that said so and `signature` the rep's over it, cut
    /// at `AuditLimits.signatureBytesMax` bytes.
    package static func repProposed(
        seat: Int, proposal: UInt64, act: String, frame: Digest32, signature: String
    ) -> AuditEvent {
        let signature = AuditText.cut(signature, AuditLimits.signatureBytesMax)
        return .init(
            .repProposed, [.number(seat), .number(proposal), .word(act), .digest(frame), .text(signature)])
    }
    /// The shopper's answer to a proposal.
    package static func proposalAnswered(proposal: UInt64, answer: String) -> AuditEvent {
        .init(.proposalAnswered, [.number(proposal), .word(answer)])
    }
    /// A rep handed their seat to another.
    package static func seatTransferred(seat: Int, to rep: String) -> AuditEvent {
        .init(.seatTransferred, [.number(seat), .name(rep)])
    }
    /// A rep asked for something that the shopper's page may give: `what` is `tab` or `picture`.
    package static func repAsked(seat: Int, ask: UInt64, what: String) -> AuditEvent {
        .init(.repAsked, [.number(seat), .number(ask), .word(what)])
    }
    /// What became of an ask for a tab.
    package static func askAnswered(ask: UInt64, answer: String) -> AuditEvent {
        .init(.askAnswered, [.number(ask), .word(answer)])
    }
    /// A grant of `amount`, in the smallest unit of `currency`; `code` is the SHA-256 of the code given out.
    package static func grantGiven(pool: String, amount: UInt64, currency: String, code: Digest32) -> AuditEvent {
        .init(.grantGiven, [.word(pool), .number(amount), .word(currency), .digest(code)])
    }
    /// A grant that was asked for was refused.
    package static func grantRefused(pool: String, amount: UInt64, currency: String, reason: String) -> AuditEvent {
        .init(.grantRefused, [.word(pool), .number(amount), .word(currency), .word(reason)])
    }
    /// A supervisor agreed to a grant above the budget.
    package static func grantAgreed(pool: String, amount: UInt64, currency: String) -> AuditEvent {
        .init(.grantAgreed, [.word(pool), .number(amount), .word(currency)])
    }
}

/// Recordings.
extension AuditEvent {
    /// Frames of `session` are recorded from here on, for these recipients.
    package static func recordingStarted(_ session: SessionID, recipients: [Digest32]) -> AuditEvent {
        .init(.recordingStarted, [.session(session), .list(recipients.map(\.hex))])
    }
    /// A chunk of `bytes` bytes with the SHA-256 `hash` is durable; it holds what was recorded of `frames`.
    package static func recordingChunk(
        _ session: SessionID, chunk: UInt64, frames: FrameRange, bytes: Int, hash: Digest32
    ) -> AuditEvent {
        .init(
            .recordingChunk,
            [
                .session(session), .number(chunk), .number(frames.first), .number(frames.last), .number(bytes),
                .digest(hash),
            ])
    }
    /// No chunk follows; there are `chunks`.
    package static func recordingStopped(_ session: SessionID, why: String, chunks: UInt64) -> AuditEvent {
        .init(.recordingStopped, [.session(session), .word(why), .number(chunks)])
    }
    /// `frames` are in no chunk.
    package static func recordingGap(_ session: SessionID, frames: FrameRange, reason: String) -> AuditEvent {
        .init(
            .recordingGap, [.session(session), .number(frames.first), .number(frames.last), .word(reason)])
    }
    /// A chunk was not as on record and lies in `quarantine/`.
    package static func recordingDamaged(_ session: SessionID, chunk: UInt64, reason: String) -> AuditEvent {
        .init(.recordingDamaged, [.session(session), .number(chunk), .word(reason)])
    }
}

/// What is done with the log itself.
extension AuditEvent {
    /// The actor looked at the log, or at one session of it.
    package static func logRead(what: String, session: SessionID? = nil) -> AuditEvent {
        .init(.logRead, [.word(what), session.map { .session($0) } ?? .absent])
    }
    /// The actor saw what `seat` saw.
    package static func sessionReplayed(_ session: SessionID, seat: Int) -> AuditEvent {
        .init(.sessionReplayed, [.session(session), .number(seat)])
    }
    /// The actor took a copy of the log, or of one session.
    package static func logExported(format: String, session: SessionID? = nil) -> AuditEvent {
        .init(.logExported, [.word(format), session.map { .session($0) } ?? .absent])
    }
    /// Key and recording of the session are destroyed; `files` and `bytes` were freed.
    package static func sessionErased(_ session: SessionID, reason: String, files: Int, bytes: Int) -> AuditEvent {
        .init(.sessionErased, [.session(session), .name(reason), .number(files), .number(bytes)])
    }
    /// The same by the site's rule: `age` or `size`.
    package static func recordingExpired(_ session: SessionID, why: String, files: Int, bytes: Int) -> AuditEvent {
        .init(.recordingExpired, [.session(session), .word(why), .number(files), .number(bytes)])
    }
    /// Nothing of the session may be erased or expire.
    package static func holdPlaced(_ session: SessionID, reason: String) -> AuditEvent {
        .init(.holdPlaced, [.session(session), .name(reason)])
    }
    /// It may again.
    package static func holdLifted(_ session: SessionID, reason: String) -> AuditEvent {
        .init(.holdLifted, [.session(session), .name(reason)])
    }
}
