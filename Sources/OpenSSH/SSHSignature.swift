import Crypto

/// A signature in OpenSSH's SSHSIG format (OpenSSH PROTOCOL.sshsig), as `ssh-keygen -Y sign` writes it.
package struct SSHSignature: Equatable, Sendable {
    /// How the message was hashed before it was signed.
    package enum Hash: String, Equatable, Sendable, CaseIterable {
        case sha256
        case sha512
    }

    /// What a check of a signature found.
    package enum Verdict: Equatable, Sendable {
        case valid
        /// Made for another use; the namespace that the signature names.
        case otherNamespace(String)
        /// The message, the key or the signature is not the one that was used.
        case doesNotMatch
    }

    private static let magic = Array("SSHSIG".utf8)
    private static let version: UInt32 = 1

    /// The key that the signature names. Whose key it is, `AllowedSigners` says.
    package let key: SSHPublicKey
    /// What the signature is for; never empty.
    package let namespace: String
    /// Hash of the message.
    package let hash: Hash
    /// Kept as it came because it is signed; OpenSSH writes it empty.
    private let reserved: [UInt8]
    /// The SSH signature blob: its type and its bytes.
    private let value: [UInt8]

    /// Reads the binary form. Throws the `SSHError` that says what is wrong.
    package init(blob: [UInt8]) throws(SSHError) {
        guard blob.count <= SSHLimits.signatureBytesMax else { throw .tooLong(bytesMax: SSHLimits.signatureBytesMax) }
        var reader = SSHReader(blob)
        guard blob.starts(with: Self.magic) else { throw .magicMissing }
        _ = try reader.bytes(Self.magic.count)
        let version = try reader.uint32()
        guard version == Self.version else { throw .versionUnsupported(version) }
        self.key = try SSHPublicKey(blob: try reader.string())
        self.namespace = try reader.name()
        guard !self.namespace.isEmpty else { throw .namespaceEmpty }
        self.reserved = try reader.string()
        let hashName = try reader.name()
        guard let hash = Hash(rawValue: hashName) else { throw .hashUnsupported(hashName) }
        self.hash = hash
        self.value = try reader.string()
        try reader.end()
    }

    /// Joins a key and the signature blob it made over `toBeSigned(message, namespace:, hash:)`: the answer of
    /// ssh-agent or of `SSHPrivateKey.sign`. `namespace` is ours, not a peer's: 1 to 255 printable ASCII bytes.
    package init(key: SSHPublicKey, namespace: String, hash: Hash = .sha512, value: [UInt8]) {
        self.key = key
        self.namespace = namespace
        self.hash = hash
        self.reserved = []
        self.value = value
    }

    /// The binary form.
    package var blob: [UInt8] {
        var writer = SSHWriter()
        writer.raw(Self.magic)
        writer.uint32(Self.version)
        writer.string(self.key.blob)
        writer.string(self.namespace)
        writer.string(self.reserved)
        writer.string(self.hash.rawValue)
        writer.string(self.value)
        return writer.bytes
    }

    /// The bytes that the key signs for `message`.
    package static func toBeSigned(_ message: [UInt8], namespace: String, hash: Hash = .sha512) -> [UInt8] {
        Self.toBeSigned(message, namespace: namespace, reserved: [], hash: hash)
    }

    /// Whether this is the signature of its own `key` over `message` for `namespace`.
    package func check(message: [UInt8], namespace: String) -> Verdict {
        guard self.namespace == namespace else { return .otherNamespace(self.namespace) }
        let signed = Self.toBeSigned(
            message, namespace: self.namespace, reserved: self.reserved, hash: self.hash)
        let holds = (try? self.key.isSignature(self.value, over: signed)) ?? false
        return holds ? .valid : .doesNotMatch
    }

    private static func toBeSigned(
        _ message: [UInt8], namespace: String, reserved: [UInt8], hash: Hash
    ) -> [UInt8] {
        var writer = SSHWriter()
        writer.raw(Self.magic)
        writer.string(namespace)
        writer.string(reserved)
        writer.string(hash.rawValue)
        switch hash {
        case .sha256: writer.string(Array(SHA256.hash(data: message)))
        case .sha512: writer.string(Array(SHA512.hash(data: message)))
        }
        return writer.bytes
    }
}
