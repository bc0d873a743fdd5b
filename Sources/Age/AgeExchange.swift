internal import Crypto
internal import OpenSSH

/// Wraps and unwraps a file key for one recipient: the two stanza kinds of age v1
/// (https://age-encryption.org/v1, "The X25519 recipient type"; the ssh-ed25519 kind as in the age program's `agessh`).
enum AgeExchange {
    static let x25519Label = "age-encryption.org/v1/X25519"
    static let sshLabel = "age-encryption.org/v1/ssh-ed25519"
    /// A file key under an authentication code.
    static let wrappedBytes = 32

    static func wrap(
        _ fileKey: [UInt8], for recipient: AgeRecipient, _ entropy: AgeEntropy
    ) throws(AgeError) -> AgeStanza {
        let secret = entropy(32)
        let share = Self.publicKey(of: secret)
        switch recipient {
        case .x25519(let point):
            let shared = try Self.agreed(secret, point, or: .recipientMalformed)
            let key = Self.wrapKey(shared, salt: share + point, Self.x25519Label)
            return AgeStanza(words: ["X25519", AgeBase64.encode(share)], body: Self.seal(fileKey, key))
        case .sshEd25519(let ssh):
            let point = Field25519.montgomery(ofEd25519: Self.point(of: ssh))
            let shared = try Self.sshAgreed(secret, point, ssh, or: .recipientMalformed)
            let key = Self.wrapKey(shared, salt: share + point, Self.sshLabel)
            return AgeStanza(
                words: ["ssh-ed25519", Self.tag(of: ssh), AgeBase64.encode(share)], body: Self.seal(fileKey, key))
        }
    }

    /// The file key, or nil where the stanza is for somebody else. Throws where it is of a known kind and malformed.
    static func unwrap(_ stanza: AgeStanza, with identity: AgeIdentity) throws(AgeError) -> [UInt8]? {
        let words = stanza.words
        switch (words[0], identity) {
        case ("X25519", .x25519(let secret)):
            guard words.count == 2, stanza.body.count == Self.wrappedBytes else { throw .headerMalformed }
            let share = try Self.share(words[1])
            let shared = try Self.agreed(secret, share, or: .headerMalformed)
            let salt = share + Self.publicKey(of: secret)
            return Self.open(stanza.body, Self.wrapKey(shared, salt: salt, Self.x25519Label))
        case ("ssh-ed25519", .sshEd25519(let ssh, let seed)):
            guard words.count == 3, stanza.body.count == Self.wrappedBytes else { throw .headerMalformed }
            guard words[1] == Self.tag(of: ssh) else { return nil }
            let share = try Self.share(words[2])
            let secret = Array(SHA512.hash(data: seed).prefix(32))
            let shared = try Self.sshAgreed(secret, share, ssh, or: .headerMalformed)
            return Self.open(
                stanza.body, Self.wrapKey(shared, salt: share + Self.publicKey(of: secret), Self.sshLabel))
        case (_, .x25519), (_, .sshEd25519): return nil
        }
    }

    /// RFC 7748: the scalar times the base point; `secret` has 32 bytes.
    static func publicKey(of secret: [UInt8]) -> [UInt8] {
        guard let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: secret) else {
            preconditionFailure("an X25519 secret has 32 bytes")
        }
        return Array(key.publicKey.rawRepresentation)
    }

    private static func point(of ssh: SSHPublicKey) -> [UInt8] {
        // Type and length are checked where the key is read; the point is the last string of the blob (RFC 8709).
        Array(ssh.blob.suffix(32))
    }

    private static func tag(of ssh: SSHPublicKey) -> String {
        AgeBase64.encode(Array(SHA256.hash(data: ssh.blob).prefix(4)))
    }

    private static func share(_ word: String) throws(AgeError) -> [UInt8] {
        guard let share = AgeBase64.decode(Array(word.utf8), bytesMax: 32), share.count == 32 else {
            throw .headerMalformed
        }
        return share
    }

    /// The shared secret; an all-zero one, of a point of low order, is an error.
    private static func agreed(_ secret: [UInt8], _ point: [UInt8], or error: AgeError) throws(AgeError) -> [UInt8] {
        guard let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: secret),
            let other = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: point),
            let shared = try? key.sharedSecretFromKeyAgreement(with: other)
        else { throw error }
        let bytes = unsafe shared.withUnsafeBytes { unsafe Array($0) }
        guard bytes.contains(where: { $0 != 0 }) else { throw error }
        return bytes
    }

    /// The agreement tied to the SSH key, so that the same point under another key would not do.
    private static func sshAgreed(
        _ secret: [UInt8], _ point: [UInt8], _ ssh: SSHPublicKey, or error: AgeError
    ) throws(AgeError) -> [UInt8] {
        let tweak = AgeFile.derive([], salt: ssh.blob, Self.sshLabel)
        return try Self.agreed(tweak, try Self.agreed(secret, point, or: error), or: error)
    }

    private static func wrapKey(_ shared: [UInt8], salt: [UInt8], _ label: String) -> SymmetricKey {
        SymmetricKey(data: AgeFile.derive(shared, salt: salt, label))
    }

    /// A key that is used once needs no nonce: twelve zeros.
    private static let zeroNonce = [UInt8](repeating: 0, count: 12)

    private static func seal(_ fileKey: [UInt8], _ key: SymmetricKey) -> [UInt8] {
        AgeFile.seal(fileKey[...], key: key, nonce: Self.zeroNonce)
    }

    private static func open(_ body: [UInt8], _ key: SymmetricKey) -> [UInt8]? {
        AgeFile.open(body[...], key: key, nonce: Self.zeroNonce)
    }
}
