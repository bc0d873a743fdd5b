/// Who may log in with which key: OpenSSH's `allowed_signers` file (ssh-keygen(1), ALLOWED SIGNERS), read once.
///
/// An immutable value; a reload makes a new one.
package struct AllowedSigners: Sendable {
    /// One good line.
    struct Entry: Sendable {
        let line: Int
        let principals: PatternList
        let key: SSHPublicKey
        /// Nil allows every namespace.
        let namespaces: PatternList?
        /// Seconds since 1970, both ends included.
        let validAfter: Int64?
        let validBefore: Int64?
    }

    /// What a look-up found.
    package enum Standing: Equatable, Sendable {
        /// The line of the file that allows it.
        case allowed(line: Int)
        case refused(Refusal)
    }

    /// Why nobody comes in. When several lines fail, the one that came nearest is named.
    package enum Refusal: Equatable, Sendable, CustomStringConvertible {
        /// No line names the principal.
        case principalUnknown
        /// Lines name the principal, none with this key.
        case keyNotListed
        /// The key may not sign for this use.
        case namespaceRefused(line: Int)
        /// `valid-after` lies ahead.
        case notYetValid(line: Int)
        /// `valid-before` has passed.
        case expired(line: Int)
        /// The key stands in the list of revoked keys.
        case revoked

        package var description: String {
            switch self {
            case .principalUnknown: "the name is not in allowed_signers"
            case .keyNotListed: "the key does not stand beside that name in allowed_signers"
            case .namespaceRefused(let line): "allowed_signers line \(line) does not allow this use of the key"
            case .notYetValid(let line): "allowed_signers line \(line) is not valid yet"
            case .expired(let line): "allowed_signers line \(line) has expired"
            case .revoked: "the key is revoked"
            }
        }
    }

    private let entries: [Entry]
    private let revoked: Set<SSHPublicKey>

    init(entries: [Entry], revoked: Set<SSHPublicKey>) {
        self.entries = entries
        self.revoked = revoked
    }

    /// How many lines name a key.
    package var count: Int { self.entries.count }

    /// The same signers without the keys in `keys`, whatever line allows them.
    package func revoking(_ keys: [SSHPublicKey]) -> AllowedSigners {
        AllowedSigners(entries: self.entries, revoked: self.revoked.union(keys))
    }

    /// Whether `principal` may use `key` for `namespace` at `now`, seconds since 1970. The first line that allows it
    /// decides.
    package func check(principal: String, key: SSHPublicKey, namespace: String, now: Int64) -> Standing {
        var nearest = Refusal.principalUnknown
        for entry in self.entries where entry.principals.matches(principal) {
            guard let refusal = entry.refusal(key: key, namespace: namespace, now: now) else {
                return self.revoked.contains(key) ? .refused(.revoked) : .allowed(line: entry.line)
            }
            if refusal.nearness > nearest.nearness { nearest = refusal }
        }
        return .refused(nearest)
    }

    /// The same question for a key that proved itself before, by its fingerprint.
    package func check(principal: String, fingerprint: String, namespace: String, now: Int64) -> Standing {
        guard let key = self.entries.first(where: { $0.key.fingerprint == fingerprint })?.key else {
            return .refused(.keyNotListed)
        }
        return self.check(principal: principal, key: key, namespace: namespace, now: now)
    }
}

extension AllowedSigners.Refusal {
    /// How many questions were answered well before this one failed.
    fileprivate var nearness: Int {
        switch self {
        case .principalUnknown: 0
        case .keyNotListed: 1
        case .namespaceRefused: 2
        case .notYetValid: 3
        case .expired: 3
        case .revoked: 4
        }
    }
}

extension AllowedSigners.Entry {
    fileprivate func refusal(key: SSHPublicKey, namespace: String, now: Int64) -> AllowedSigners.Refusal? {
        guard self.key == key else { return .keyNotListed }
        if let namespaces = self.namespaces, !namespaces.matches(namespace) {
            return .namespaceRefused(line: self.line)
        }
        if let validAfter = self.validAfter, now < validAfter { return .notYetValid(line: self.line) }
        if let validBefore = self.validBefore, now > validBefore { return .expired(line: self.line) }
        return nil
    }
}
