import OpenSSH
import Testing

@Suite struct SSHPrivateKeyTests {
    @Test func whatWeSignOpenSSHVerifies() throws {
        let shop = try Workshop()
        let key = try shop.makeKey("rep")
        let secret = try SSHPrivateKey(file: shop.read("rep"))
        #expect(secret.publicKey == key)
        #expect(secret.comment == "rep of a test")
        let message = Array("hello\n".utf8)
        let value = try secret.sign(SSHSignature.toBeSigned(message, namespace: "file"))
        let signature = SSHSignature(key: key, namespace: "file", value: value)
        #expect(signature.check(message: message, namespace: "file") == .valid)
        let signers = "rep \(key.line)\n"
        #expect(
            try shop.verifies(
                signature.armored, of: message, signers: signers, principal: "rep", namespace: "file"))
        #expect(
            try !shop.verifies(
                signature.armored, of: message + [1], signers: signers, principal: "rep", namespace: "file"))
    }

    @Test func aKeyWithAPassphraseSendsItsOwnerToSSHAgent() throws {
        let shop = try Workshop()
        _ = try shop.makeKey("rep", passphrase: "a secret")
        let file = try shop.read("rep")
        #expect(throws: SSHError.privateKeyEncrypted) { try SSHPrivateKey(file: file) }
        #expect(SSHError.privateKeyEncrypted.description.contains("use ssh-agent"))
    }

    @Test func otherKeyTypesAndOtherFilesAreRefused() throws {
        let shop = try Workshop()
        _ = try shop.makeKey("rep", type: "ecdsa")
        let file = try shop.read("rep")
        #expect(throws: SSHError.keyTypeUnsupported("ecdsa-sha2-nistp256")) { try SSHPrivateKey(file: file) }
        #expect(throws: SSHError.armorMissing) { try SSHPrivateKey(file: Array(Vector.publicKeyLine.utf8)) }
        #expect(throws: SSHError.armorMissing) { try SSHPrivateKey(file: []) }
    }

    @Test func aFileIsReadUpToItsLimit() {
        let most = SSHLimits.privateKeyBytesMax
        for (count, error) in [(most, SSHError.magicMissing), (most + 1, .tooLong(bytesMax: most))] {
            let text = Base64.encode([UInt8](repeating: 7, count: count))
            let file = "-----BEGIN OPENSSH PRIVATE KEY-----\n\(text)\n-----END OPENSSH PRIVATE KEY-----\n"
            #expect(throws: error) { try SSHPrivateKey(file: Array(file.utf8)) }
        }
    }

    @Test func aDamagedFileIsRefusedWithoutATrap() throws {
        let shop = try Workshop()
        let key = try shop.makeKey("rep")
        let file = try shop.read("rep")
        for index in file.indices {
            var damaged = file
            damaged[index] ^= 1
            // Only the comment, the name of no cipher's options or a line end may change without harm to the key.
            guard let secret = try? SSHPrivateKey(file: damaged) else { continue }
            #expect(secret.publicKey == key)
        }
    }
}
