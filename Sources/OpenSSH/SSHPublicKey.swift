import Crypto

/// One public key as OpenSSH stores it: the base64 of `authorized_keys` and `allowed_signers` lines.
///
/// Supported: `ssh-ed25519`, `sk-ssh-ed25519@openssh.com` (hardware keys) and `ecdsa-sha2-nistp256`. Any other type,
/// certificates among them, throws `keyTypeUnsupported`, so that a line can say so in words.
package struct SSHPublicKey: Sendable {
    /// What differs between key types. The bytes have been checked to be a key of that type.
    enum Material: Equatable, Sendable {
        /// RFC 8709: 32 bytes.
        case ed25519([UInt8])
        /// OpenSSH PROTOCOL.u2f: 32 bytes, and the application the key was made for.
        case securityKeyEd25519([UInt8], application: [UInt8])
        /// RFC 5656: the uncompressed point, 65 bytes.
        case ecdsaP256([UInt8])
    }

    /// The whole key as the wire carries it; two keys are the same key when these bytes are the same.
    package let blob: [UInt8]

    let material: Material

    /// Reads a key blob. Throws `keyTypeUnsupported`, `keyMalformed` and what `SSHReader` throws.
    package init(blob: [UInt8]) throws(SSHError) {
        guard blob.count <= SSHLimits.keyBlobBytesMax else { throw .tooLong(bytesMax: SSHLimits.keyBlobBytesMax) }
        var reader = SSHReader(blob)
        let type = try reader.name()
        switch type {
        case "ssh-ed25519":
            self.material = .ed25519(try Self.ed25519Point(&reader))
        case "sk-ssh-ed25519@openssh.com":
            let point = try Self.ed25519Point(&reader)
            self.material = .securityKeyEd25519(point, application: try reader.string(bytesMax: 255))
        case "ecdsa-sha2-nistp256":
            guard try reader.name() == "nistp256" else { throw .keyMalformed }
            let point = try reader.string(bytesMax: 65)
            guard point.count == 65, (try? P256.Signing.PublicKey(x963Representation: point)) != nil else {
                throw .keyMalformed
            }
            self.material = .ecdsaP256(point)
        default:
            throw .keyTypeUnsupported(type)
        }
        try reader.end()
        self.blob = blob
    }

    /// Reads the two words of a public key line: its type and its base64. Throws also `keyMalformed` when the type
    /// before the base64 is not the one inside it.
    package init(type: String, base64: some Collection<UInt8>) throws(SSHError) {
        let blob = try Base64.decode(base64, bytesMax: SSHLimits.keyBlobBytesMax)
        try self.init(blob: blob)
        guard self.type == type else { throw .keyMalformed }
    }

    /// Reads the line of a `.pub` file: type, base64 and a comment that is ignored.
    package init(line: String) throws(SSHError) {
        let words = line.utf8.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D })
        guard words.count >= 2 else { throw .keyMalformed }
        try self.init(type: String(decoding: words[0], as: UTF8.self), base64: words[1])
    }

    /// Makes the blob of an ed25519 key from its 32 bytes. Throws `keyMalformed`.
    package init(ed25519 point: [UInt8]) throws(SSHError) {
        var writer = SSHWriter()
        writer.string("ssh-ed25519")
        writer.string(point)
        try self.init(blob: writer.bytes)
    }

    /// The type's name, as in the first word of a `.pub` file.
    package var type: String {
        switch self.material {
        case .ed25519: "ssh-ed25519"
        case .securityKeyEd25519: "sk-ssh-ed25519@openssh.com"
        case .ecdsaP256: "ecdsa-sha2-nistp256"
        }
    }

    /// `SHA256:` and unpadded base64, as `ssh-keygen -l` prints it: 50 characters.
    package var fingerprint: String {
        let digest = Base64.encode(Array(SHA256.hash(data: self.blob)))
        return "SHA256:" + String(decoding: digest.utf8.prefix(while: { $0 != UInt8(ascii: "=") }), as: UTF8.self)
    }

    /// Type and base64, as a `.pub` file's line without its comment and line end.
    package var line: String { self.type + " " + Base64.encode(self.blob) }

    private static func ed25519Point(_ reader: inout SSHReader) throws(SSHError) -> [UInt8] {
        let point = try reader.string(bytesMax: 32)
        guard point.count == 32, (try? Curve25519.Signing.PublicKey(rawRepresentation: point)) != nil else {
            throw .keyMalformed
        }
        return point
    }
}

extension SSHPublicKey: Hashable {
    package static func == (left: Self, right: Self) -> Bool { left.blob == right.blob }

    package func hash(into hasher: inout Hasher) { hasher.combine(self.blob) }
}
