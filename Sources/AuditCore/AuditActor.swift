/// Who did it.
package struct AuditActor: Equatable, Sendable {
    /// In which part they acted.
    package enum Role: String, CaseIterable, Sendable {
        /// The shopper; `id` is a pseudonym.
        case shopper
        /// A rep; `id` is their principal, `key` their key's fingerprint.
        case rep
        /// A rep who oversees others.
        case supervisor
        /// The relay itself.
        case relay
        /// Whoever runs the machine.
        case `operator`
        /// Who reads, exports or erases the log.
        case auditor
    }

    /// In which part they acted.
    package let role: Role
    /// A principal or a pseudonym; at most 128 bytes.
    package let id: String?
    /// The fingerprint of the key they proved to hold, as OpenSSH prints it (`SHA256:…`); at most 128 bytes.
    package let key: String?

    init(role: Role, id: String?, key: String?) {
        self.role = role
        self.id = id
        self.key = key
    }

    /// The relay itself.
    package static let relay = AuditActor(role: .relay, id: nil, key: nil)

    /// A shopper known only by a pseudonym (`Pseudonym.make`), or by nothing; any other text is left out.
    package static func shopper(_ pseudonym: String? = nil) -> AuditActor {
        AuditActor(role: .shopper, id: pseudonym.flatMap { Pseudonym.isPseudonym($0) ? $0 : nil }, key: nil)
    }

    /// A rep with the fingerprint of their key. A principal that did not prove itself is given without one.
    package static func rep(_ principal: String, key: String?) -> AuditActor { Self.staff(.rep, principal, key) }

    /// A supervisor with the fingerprint of their key.
    package static func supervisor(_ principal: String, key: String?) -> AuditActor {
        Self.staff(.supervisor, principal, key)
    }

    /// Who reads, exports or erases the log, by the account they use (`uid:1000`).
    package static func auditor(_ account: String) -> AuditActor {
        AuditActor(role: .auditor, id: AuditText.cut(account, AuditLimits.actorBytesMax), key: nil)
    }

    private static func staff(_ role: Role, _ principal: String, _ key: String?) -> AuditActor {
        AuditActor(
            role: role, id: AuditText.cut(principal, AuditLimits.actorBytesMax),
            key: key.map { AuditText.cut($0, AuditLimits.actorBytesMax) })
    }
}
