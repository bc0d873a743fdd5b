import Crypto

extension SSHPublicKey {
    /// Whether `signature` (an SSH signature blob: type, then what the type asks for) is this key's over `bytes`.
    ///
    /// A hardware key's signature counts only when its flags say that someone touched the key.
    /// Throws `signatureMalformed` and what `SSHReader` throws when the blob is not one of this key's type.
    func isSignature(_ signature: [UInt8], over bytes: [UInt8]) throws(SSHError) -> Bool {
        var reader = SSHReader(signature)
        guard try reader.name() == self.type else { throw .signatureMalformed }
        switch self.material {
        case .ed25519(let point):
            let value = try Self.ed25519Signature(&reader)
            try reader.end()
            return Self.ed25519(point, value, bytes)
        case .securityKeyEd25519(let point, let application):
            let value = try Self.ed25519Signature(&reader)
            let flags = try reader.uint8()
            let counter = try reader.uint32()
            try reader.end()
            var signed = SSHWriter()
            signed.raw(SHA256.hash(data: application))
            signed.uint8(flags)
            signed.uint32(counter)
            signed.raw(SHA256.hash(data: bytes))
            let userPresent: UInt8 = 0x01
            return flags & userPresent != 0 && Self.ed25519(point, value, signed.bytes)
        case .ecdsaP256(let point):
            var pair = SSHReader(try reader.string(bytesMax: 74))
            try reader.end()
            let value = try Self.scalar(&pair) + Self.scalar(&pair)
            try pair.end()
            guard let key = try? P256.Signing.PublicKey(x963Representation: point),
                let signature = try? P256.Signing.ECDSASignature(rawRepresentation: value)
            else { throw .signatureMalformed }
            return key.isValidSignature(signature, for: bytes)
        }
    }

    private static func ed25519Signature(_ reader: inout SSHReader) throws(SSHError) -> [UInt8] {
        let value = try reader.string(bytesMax: 64)
        guard value.count == 64 else { throw .signatureMalformed }
        return value
    }

    private static func ed25519(_ point: [UInt8], _ signature: [UInt8], _ bytes: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: point) else { return false }
        return key.isValidSignature(signature, for: bytes)
    }

    /// A positive `mpint` of at most 256 bits as 32 bytes (RFC 4251, section 5: a leading zero keeps it positive).
    private static func scalar(_ reader: inout SSHReader) throws(SSHError) -> [UInt8] {
        let bytes = try reader.string(bytesMax: 33)
        guard let first = bytes.first, first < 0x80 else { throw .signatureMalformed }
        let digits = bytes.drop(while: { $0 == 0 })
        guard digits.count <= 32 else { throw .signatureMalformed }
        return Array(repeating: 0, count: 32 - digits.count) + digits
    }
}
