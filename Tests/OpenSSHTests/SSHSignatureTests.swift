import OpenSSH
import Testing

@Suite struct SSHSignatureTests {
    @Test func theCommittedVectorVerifies() throws {
        let signature = try SSHSignature(armored: Array(Vector.armored.utf8))
        #expect(signature.key == (try SSHPublicKey(line: Vector.publicKeyLine)))
        #expect(signature.key.fingerprint == Vector.fingerprint)
        #expect(signature.hash == .sha512)
        #expect(signature.check(message: Vector.message, namespace: Vector.namespace) == .valid)
        #expect(signature.armored == Vector.armored)
        #expect(try SSHSignature(blob: signature.blob) == signature)
    }

    @Test func anotherMessageOrNamespaceIsRefused() throws {
        let signature = try SSHSignature(armored: Array(Vector.armored.utf8))
        #expect(signature.check(message: Vector.message + [0], namespace: Vector.namespace) == .doesNotMatch)
        #expect(signature.check(message: [], namespace: Vector.namespace) == .doesNotMatch)
        #expect(
            signature.check(message: Vector.message, namespace: "file") == .otherNamespace(Vector.namespace))
    }

    @Test func everyFlippedBitIsRefused() throws {
        let blob = try SSHSignature(armored: Array(Vector.armored.utf8)).blob
        for bit in 0..<(blob.count * 8) {
            var flipped = blob
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            guard let signature = try? SSHSignature(blob: flipped) else { continue }
            #expect(
                signature.check(message: Vector.message, namespace: Vector.namespace) != .valid,
                "bit \(bit) makes no difference")
        }
    }

    @Test func everyCutIsRefusedWithoutATrap() throws {
        let blob = try SSHSignature(armored: Array(Vector.armored.utf8)).blob
        for count in 0..<blob.count {
            #expect(throws: SSHError.self) { try SSHSignature(blob: Array(blob.prefix(count))) }
        }
        let text = Array(Vector.armored.utf8)
        for count in 0..<(text.count - 1) {
            #expect(throws: SSHError.self) { try SSHSignature(armored: Array(text.prefix(count))) }
        }
    }

    @Test func eachWrongFieldHasItsOwnError() {
        #expect(throws: SSHError.magicMissing) { try SSHSignature(blob: Array("SSHFOO".utf8)) }
        #expect(throws: SSHError.versionUnsupported(2)) { try Self.blob(version: 2) }
        #expect(throws: SSHError.namespaceEmpty) { try Self.blob(namespace: "") }
        #expect(throws: SSHError.textMalformed) { try Self.blob(namespace: "a\nb") }
        #expect(throws: SSHError.hashUnsupported("md5")) { try Self.blob(hash: "md5") }
        #expect(throws: SSHError.trailingBytes) { try Self.blob(extra: [0]) }
        #expect(throws: SSHError.tooLong(bytesMax: SSHLimits.signatureBytesMax)) {
            try SSHSignature(blob: Array(repeating: 0, count: SSHLimits.signatureBytesMax + 1))
        }
        #expect(throws: SSHError.armorMissing) { try SSHSignature(armored: Array("hello".utf8)) }
    }

    @Test(arguments: ["ed25519", "ecdsa"]) func whatOpenSSHSignsVerifiesHere(type: String) throws {
        let shop = try Workshop()
        let key = try shop.makeKey("rep", type: type)
        for (message, options) in [([], []), (Array("hello\n".utf8), ["-O", "hashalg=sha256"])] {
            let signature = try SSHSignature(
                armored: shop.sign(message, key: "rep", namespace: "file", options: options))
            #expect(signature.key == key)
            #expect(signature.check(message: message, namespace: "file") == .valid)
            #expect(signature.check(message: message + [1], namespace: "file") == .doesNotMatch)
        }
    }

    @Test func aKeyOfAnUnsupportedTypeSaysSo() throws {
        let shop = try Workshop()
        try shop.succeed("ssh-keygen", ["-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", shop.path("rep")])
        let armored = try shop.sign([1], key: "rep", namespace: "file")
        #expect(throws: SSHError.keyTypeUnsupported("ssh-rsa")) { try SSHSignature(armored: armored) }
        #expect(SSHError.keyTypeUnsupported("ssh-rsa").description == "key type ssh-rsa is not supported yet")
    }

    @Test func fingerprintsAreThoseOfSSHKeygen() throws {
        let shop = try Workshop()
        let key = try shop.makeKey("rep")
        let listing = try shop.run("ssh-keygen", ["-lf", shop.path("rep.pub")]).output
        #expect(listing.contains(" \(key.fingerprint) "))
    }

    private static func blob(
        version: UInt32 = 1, namespace: String = "file", hash: String = "sha512", extra: [UInt8] = []
    ) throws -> SSHSignature {
        var writer = SSHWriter()
        writer.raw("SSHSIG".utf8)
        writer.uint32(version)
        writer.string(try SSHPublicKey(line: Vector.publicKeyLine).blob)
        writer.string(namespace)
        writer.string("")
        writer.string(hash)
        writer.string([1, 2, 3])
        writer.raw(extra)
        return try SSHSignature(blob: writer.bytes)
    }
}
