internal import Wire

/// Records from bytes: only what the encoder writes is accepted, so one record has one spelling.
extension AuditRecord {
    /// The record whose line is `bytes`, without a line feed.
    package init(decoding bytes: [UInt8]) throws(AuditFormatError) {
        guard (1...AuditLimits.recordBytesMax).contains(bytes.count) else {
            throw AuditFormatError(reason: .length, at: 0)
        }
        var json = JSONReader(bytes)
        try json.expect("{\"v\":")
        guard try json.count() == 1 else { throw json.failure(.version) }
        try json.expect(",\"t\":")
        guard let wall = AuditTime.wall(try json.plain()) else { throw json.failure(.value) }
        try json.expect(",\"mono\":")
        let mono = try json.count()
        try json.expect(",\"boot\":")
        guard let boot = BootID(text: try json.plain()) else { throw json.failure(.value) }
        var sequence: UInt64?
        if json.skip(",\"seq\":") { sequence = try json.count() }
        var site: String?
        if json.skip(",\"site\":") { site = try json.string(1...AuditLimits.siteBytesMax) }
        var session: SessionID?
        if json.skip(",\"session\":") { session = try Self.session(&json) }
        let event: AuditEvent
        let actor: AuditActor
        (event, actor) = try Self.eventAndActor(&json)
        let sealed = json.skip(",\"enc\":") ? try Self.sealed(&json) : nil
        try json.expect("}")
        guard json.isAtEnd else { throw json.failure(.shape) }
        guard Self.fits(event.code.rule.scope, session: session, sequence: sequence) else { throw json.failure(.scope) }
        self.init(
            stamp: AuditStamp(wall: wall, mono: mono), boot: boot, sequence: sequence, site: site, session: session,
            actor: actor, event: event, sealed: sealed)
    }

    private static func fits(_ scope: AuditScope, session: SessionID?, sequence: UInt64?) -> Bool {
        guard (session == nil) == (sequence == nil), sequence != 0 else { return false }
        return switch scope {
        case .session: session != nil
        case .log: session == nil
        case .either: true
        }
    }

    private static func session(_ json: inout JSONReader) throws(AuditFormatError) -> SessionID {
        guard let session = SessionID(String(decoding: try json.plain(), as: UTF8.self)) else {
            throw json.failure(.value)
        }
        return session
    }

    private static func eventAndActor(_ json: inout JSONReader) throws(AuditFormatError) -> (AuditEvent, AuditActor) {
        try json.expect(",\"code\":")
        let name = String(decoding: try json.plain(), as: UTF8.self)
        guard let code = AuditCode(rawValue: name) else { throw json.failure(.code) }
        let rule = code.rule
        try json.expect(",\"event\":")
        guard String(decoding: try json.plain(), as: UTF8.self) == rule.event.description else {
            throw json.failure(.event)
        }
        try json.expect(",\"actor\":")
        let actor = try Self.actor(&json)
        try json.expect(",\"data\":{")
        var values: [AuditValue] = []
        var isFirst = true
        for field in rule.fields {
            let start = json
            if (isFirst || json.skip(",")) && json.skip("\"") && json.skip(field.name) && json.skip("\":") {
                values.append(try Self.value(field.kind, &json))
                isFirst = false
            } else if field.isOptional {
                json = start
                values.append(.absent)
            } else {
                throw start.failure(.shape)
            }
        }
        try json.expect("}")
        return (AuditEvent(code, values), actor)
    }

    private static func actor(_ json: inout JSONReader) throws(AuditFormatError) -> AuditActor {
        try json.expect("{\"role\":")
        guard let role = AuditActor.Role(rawValue: String(decoding: try json.plain(), as: UTF8.self)) else {
            throw json.failure(.actor)
        }
        let id = json.skip(",\"id\":") ? try json.string(1...AuditLimits.actorBytesMax) : nil
        let key = json.skip(",\"key\":") ? try json.string(1...AuditLimits.actorBytesMax) : nil
        try json.expect("}")
        let isAllowed =
            switch role {
            case .shopper: key == nil && (id.map { Pseudonym.isPseudonym($0) } ?? true)
            case .relay: id == nil && key == nil
            case .rep, .supervisor: id != nil
            case .operator, .auditor: true
            }
        guard isAllowed else { throw json.failure(.actor) }
        return AuditActor(role: role, id: id, key: key)
    }

    private static func value(_ kind: FieldRule.Kind, _ json: inout JSONReader) throws(AuditFormatError) -> AuditValue {
        switch kind {
        case .word: return .text(try json.word())
        case .words: return .words(try json.words())
        case .name: return .text(try json.string(1...AuditLimits.nameBytesMax))
        case .origin: return .text(try Self.address(AuditLimits.originBytesMax, &json))
        case .path: return .text(try Self.address(AuditLimits.pathBytesMax, &json))
        case .count: return .count(try json.count())
        case .digest:
            guard let digest = Digest32(hex: try json.plain()) else { throw json.failure(.value) }
            return .digest(digest)
        case .session: return .session(try Self.session(&json))
        case .ranges: return .ranges(try json.ranges())
        case .signature: return .text(try json.string(1...AuditLimits.signatureBytesMax))
        }
    }

    private static func address(_ bytesMax: Int, _ json: inout JSONReader) throws(AuditFormatError) -> String {
        let text = try json.string(1...bytesMax)
        guard AuditText.isAddress(text, bytesMax) else { throw json.failure(.value) }
        return text
    }

    private static func sealed(_ json: inout JSONReader) throws(AuditFormatError) -> AuditSealed {
        try json.expect("{\"k\":")
        let key = try json.word()
        try json.expect(",\"n\":")
        let nonce = try json.string(1...AuditLimits.nonceBytesMax)
        try json.expect(",\"c\":")
        let ciphertext = try json.string(1...AuditLimits.ciphertextBytesMax)
        try json.expect("}")
        return AuditSealed(key: key, nonce: nonce, ciphertext: ciphertext)
    }
}
