import Crypto
import OpenSSH
import Testing

@Suite struct SSHPublicKeyTests {
    @Test func aHardwareKeySignatureNeedsATouch() throws {
        let shop = try Workshop()
        let secret = Curve25519.Signing.PrivateKey()
        let key = try Self.hardwareKey(secret)
        let message = Array("hello".utf8)
        let touched = try Self.sign(message, secret, key, flags: 1)
        #expect(touched.check(message: message, namespace: "file") == .valid)
        #expect(
            try shop.verifies(
                touched.armored, of: message, signers: "rep \(key.line)\n", principal: "rep", namespace: "file"))
        let untouched = try Self.sign(message, secret, key, flags: 0)
        #expect(untouched.check(message: message, namespace: "file") == .doesNotMatch)
    }

    @Test func damagedKeysAreRefused() throws {
        let blob = try SSHPublicKey(line: Vector.publicKeyLine).blob
        for count in 0..<blob.count {
            #expect(throws: SSHError.self) { try SSHPublicKey(blob: Array(blob.prefix(count))) }
        }
        #expect(throws: SSHError.trailingBytes) { try SSHPublicKey(blob: blob + [0]) }
        #expect(throws: SSHError.keyMalformed) { try SSHPublicKey(ed25519: [1, 2, 3]) }
        #expect(throws: SSHError.keyMalformed) { try SSHPublicKey(line: "ssh-ed25519") }
        #expect(throws: SSHError.keyMalformed) {
            try SSHPublicKey(type: "ecdsa-sha2-nistp256", base64: Base64.encode(blob).utf8)
        }
    }

    /// A key of another kind, so long as the limit, is read up to its kind; one past it is not read at all.
    @Test func aKeyIsReadUpToItsLimit() {
        let most = SSHLimits.keyBlobBytesMax
        var writer = SSHWriter()
        writer.string("ssh-x")
        for (count, error) in [
            (most, SSHError.keyTypeUnsupported("ssh-x")), (most + 1, .tooLong(bytesMax: most)),
        ] {
            let blob = writer.bytes + [UInt8](repeating: 0, count: count - writer.bytes.count)
            #expect(throws: error) { try SSHPublicKey(blob: blob) }
            #expect(throws: error) { try SSHPublicKey(type: "ssh-x", base64: Base64.encode(blob).utf8) }
        }
    }

    @Test func aPointThatIsNotOnTheCurveIsRefused() {
        var writer = SSHWriter()
        writer.string("ecdsa-sha2-nistp256")
        writer.string("nistp256")
        writer.string([4] + Array(repeating: 7, count: 64))
        let blob = writer.bytes
        #expect(throws: SSHError.keyMalformed) { try SSHPublicKey(blob: blob) }
    }

    @Test func aLineReadsBackAsItself() throws {
        let key = try SSHPublicKey(line: Vector.publicKeyLine)
        #expect(Vector.publicKeyLine.hasPrefix(key.line + " "))
        #expect(try SSHPublicKey(line: key.line + "\r\n") == key)
    }

    private static func hardwareKey(_ secret: Curve25519.Signing.PrivateKey) throws -> SSHPublicKey {
        var writer = SSHWriter()
        writer.string("sk-ssh-ed25519@openssh.com")
        writer.string(Array(secret.publicKey.rawRepresentation))
        writer.string("ssh:")
        return try SSHPublicKey(blob: writer.bytes)
    }

    /// What a hardware key would answer, with `flags` of our choosing.
    private static func sign(
        _ message: [UInt8], _ secret: Curve25519.Signing.PrivateKey, _ key: SSHPublicKey, flags: UInt8
    ) throws -> SSHSignature {
        var signed = SSHWriter()
        signed.raw(SHA256.hash(data: Array("ssh:".utf8)))
        signed.uint8(flags)
        signed.uint32(9)
        signed.raw(SHA256.hash(data: SSHSignature.toBeSigned(message, namespace: "file")))
        var value = SSHWriter()
        value.string("sk-ssh-ed25519@openssh.com")
        value.string(Array(try secret.signature(for: signed.bytes)))
        value.uint8(flags)
        value.uint32(9)
        return SSHSignature(key: key, namespace: "file", value: value.bytes)
    }
}
