internal import Crypto
package import OpenSSH

/// Whoever can open a file: the public half of a key.
package enum AgeRecipient: Hashable, Sendable {
    /// `age1…`: an X25519 public key, 32 bytes.
    case x25519([UInt8])
    /// An `ssh-ed25519` public key.
    case sshEd25519(SSHPublicKey)

    /// Reads `age1…` or a line `ssh-ed25519 AAAA… comment`.
    package init(_ text: String) throws(AgeError) {
        if text.hasPrefix("ssh-") {
            guard let key = try? SSHPublicKey(line: text), key.type == "ssh-ed25519" else { throw .recipientMalformed }
            self = .sshEd25519(key)
            return
        }
        guard let bytes = Bech32.decode(text, prefix: "age"), bytes.count == 32, text == text.lowercased() else {
            throw .recipientMalformed
        }
        self = .x25519(bytes)
    }

    /// `age1…`, or the type and base64 of an SSH key.
    package var text: String {
        switch self {
        case .x25519(let bytes): Bech32.encode(prefix: "age", bytes)
        case .sshEd25519(let key): key.line
        }
    }

    /// Reads a recipients file: one a line, empty lines and lines that begin with `#` left out.
    package static func all(inFile text: String) throws(AgeError) -> [AgeRecipient] {
        var recipients: [AgeRecipient] = []
        for line in AgeIdentity.meaningfulLines(of: text) { recipients.append(try AgeRecipient(line)) }
        return recipients
    }
}

/// The secret half of a key. Lifetime: as short as the caller can make it; the bytes are not wiped.
package enum AgeIdentity: Sendable {
    /// `AGE-SECRET-KEY-1…`: an X25519 secret key, 32 bytes.
    case x25519([UInt8])
    /// An OpenSSH ed25519 key.
    case sshEd25519(SSHPublicKey, seed: [UInt8])

    /// A new X25519 identity.
    package static func generate(_ entropy: AgeEntropy) -> AgeIdentity {
        .x25519(entropy(32))
    }

    /// Reads `AGE-SECRET-KEY-1…`.
    package init(_ text: String) throws(AgeError) {
        guard text == text.uppercased(), let bytes = Bech32.decode(text, prefix: "age-secret-key-"), bytes.count == 32
        else { throw .identityMalformed }
        self = .x25519(bytes)
    }

    /// Reads an identity file: what `age-keygen` writes, or one OpenSSH private key without a passphrase.
    package static func all(inFile bytes: [UInt8]) throws(AgeError) -> [AgeIdentity] {
        if bytes.starts(with: "-----BEGIN OPENSSH PRIVATE KEY-----".utf8) {
            guard let key = try? SSHPrivateKey(file: bytes) else { throw .identityMalformed }
            return [.sshEd25519(key.publicKey, seed: key.seed)]
        }
        var identities: [AgeIdentity] = []
        for line in Self.meaningfulLines(of: String(decoding: bytes, as: UTF8.self)) {
            identities.append(try AgeIdentity(line))
        }
        guard !identities.isEmpty else { throw .identityMalformed }
        return identities
    }

    /// The public half.
    package var recipient: AgeRecipient {
        switch self {
        case .x25519(let secret): .x25519(AgeExchange.publicKey(of: secret))
        case .sshEd25519(let key, _): .sshEd25519(key)
        }
    }

    /// `AGE-SECRET-KEY-1…`; nil for an SSH key, which has its own file form.
    package var text: String? {
        guard case .x25519(let secret) = self else { return nil }
        return Bech32.encode(prefix: "age-secret-key-", secret).uppercased()
    }

    static func meaningfulLines(of text: String) -> [String] {
        text.split(omittingEmptySubsequences: false) { $0.isNewline }
            .map { String($0.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed()) }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }
    }
}
