import Crypto

/// An ed25519 private key read from an unencrypted OpenSSH private key file (OpenSSH PROTOCOL.key).
///
/// For tests, for service accounts and for reps without ssh-agent. The caller reads the file and checks its mode.
/// Lifetime: as short as the caller can make it; the bytes are not wiped.
package struct SSHPrivateKey {
    private static let label = "OPENSSH PRIVATE KEY"
    private static let magic = Array("openssh-key-v1\0".utf8)

    /// The public half.
    package let publicKey: SSHPublicKey
    /// What the file's owner wrote beside the key; printable ASCII or empty.
    package let comment: String
    /// The 32 bytes that the key is made of (RFC 8032, section 5.1.5).
    package let seed: [UInt8]

    /// Reads the file's text. Throws `privateKeyEncrypted` for a key with a passphrase, `keyTypeUnsupported` for
    /// other types than ed25519, `privateKeyMalformed` and others for damaged files.
    package init(file text: [UInt8]) throws(SSHError) {
        let bytes = try Armor.decode(text, label: Self.label, bytesMax: SSHLimits.privateKeyBytesMax)
        guard bytes.starts(with: Self.magic) else { throw .magicMissing }
        var reader = SSHReader(bytes.dropFirst(Self.magic.count))
        let cipher = try reader.name()
        let derivation = try reader.name()
        _ = try reader.string()
        guard cipher == "none", derivation == "none" else { throw .privateKeyEncrypted }
        guard try reader.uint32() == 1 else { throw .privateKeyMalformed }
        let publicKey = try SSHPublicKey(blob: try reader.string())
        let secret = try reader.string(bytesMax: SSHLimits.privateKeyBytesMax)
        try reader.end()
        guard case .ed25519(let point) = publicKey.material else { throw .keyTypeUnsupported(publicKey.type) }
        (self.seed, self.comment) = try Self.seedAndComment(secret, point: point)
        self.publicKey = publicKey
    }

    /// The SSH signature blob over `bytes`: what ssh-agent would answer.
    package func sign(_ bytes: [UInt8]) throws(SSHError) -> [UInt8] {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: self.seed),
            let signature = try? key.signature(for: bytes)
        else { throw .privateKeyMalformed }
        var writer = SSHWriter()
        writer.string("ssh-ed25519")
        writer.string(Array(signature))
        return writer.bytes
    }

    /// Two equal check words, then the key: type, public half, seed and public half again, comment, 1 2 3 … padding.
    private static func seedAndComment(_ secret: [UInt8], point: [UInt8]) throws(SSHError) -> ([UInt8], String) {
        var reader = SSHReader(secret)
        guard try reader.uint32() == reader.uint32() else { throw .privateKeyMalformed }
        guard try reader.name() == "ssh-ed25519", try reader.string() == point else { throw .privateKeyMalformed }
        let pair = try reader.string(bytesMax: 64)
        let seed = Array(pair.prefix(32))
        guard pair.count == 64, Array(pair.suffix(32)) == point,
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed),
            Array(key.publicKey.rawRepresentation) == point
        else { throw .privateKeyMalformed }
        let comment = try reader.string(bytesMax: 1024).filter { (0x20...0x7E).contains($0) }
        let padding = try reader.bytes(reader.count)
        guard padding.count < 8, padding.enumerated().allSatisfy({ Int($1) == $0 + 1 }) else {
            throw .privateKeyMalformed
        }
        return (seed, String(decoding: comment, as: UTF8.self))
    }
}
