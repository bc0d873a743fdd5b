import OpenSSH
import Testing

@Suite struct LoginChallengeTests {
    private static let now: Int64 = 1_790_000_000

    private static func challenge(
        relay: String = "wss://relay.example", principal: String = "alice", nonce: UInt8 = 1
    ) throws -> LoginChallenge {
        try LoginChallenge(
            relay: relay, principal: principal, nonce: Array(repeating: nonce, count: 32),
            counterNonce: Array(repeating: 2, count: 32))
    }

    @Test func theTextIsTheOneInTheProtocol() throws {
        let expected =
            "alongside-auth-v1\nrelay=wss://relay.example\nprincipal=alice\n"
            + "nonce=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n"
            + "cnonce=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=\nexporter=-\n"
        #expect(String(decoding: try Self.challenge().message, as: UTF8.self) == expected)
    }

    @Test func namesAndNoncesAreAsLongAsTheirLimits() throws {
        func made(_ relay: Int, _ principal: Int, _ nonce: Int, _ counterNonce: Int) throws {
            _ = try LoginChallenge(
                relay: String(repeating: "r", count: relay), principal: String(repeating: "p", count: principal),
                nonce: Array(repeating: 1, count: nonce), counterNonce: Array(repeating: 2, count: counterNonce))
        }
        let (relay, principal, nonce) = (SSHLimits.relayBytesMax, SSHLimits.principalBytesMax, SSHLimits.nonceBytes)
        #expect(throws: Never.self) { try made(relay, principal, nonce, nonce) }
        #expect(throws: SSHError.challengeMalformed) { try made(relay + 1, principal, nonce, nonce) }
        #expect(throws: SSHError.challengeMalformed) { try made(relay, principal + 1, nonce, nonce) }
        for wrong in [nonce - 1, nonce + 1] {
            #expect(throws: SSHError.challengeMalformed) { try made(relay, principal, wrong, nonce) }
            #expect(throws: SSHError.challengeMalformed) { try made(relay, principal, nonce, wrong) }
        }
    }

    @Test(arguments: ["", "a\nprincipal=root", "\u{1B}[2J", "é", String(repeating: "a", count: 129)])
    func aNameThatCouldSpellAnotherFieldIsRefused(name: String) {
        #expect(throws: SSHError.challengeMalformed) { try Self.challenge(principal: name) }
        #expect(throws: SSHError.challengeMalformed) {
            try LoginChallenge(relay: "r", principal: "p", nonce: [1], counterNonce: Array(repeating: 2, count: 32))
        }
    }

    @Test func aRepLogsInWithAnUnencryptedKey() throws {
        let shop = try Workshop()
        let key = try shop.makeKey("rep")
        let challenge = try Self.challenge()
        let value = try SSHPrivateKey(file: shop.read("rep")).sign(challenge.toBeSigned)
        let sent = challenge.signature(of: key, value: value).armored
        let signature = try SSHSignature(armored: Array(sent.utf8))
        let (signers, _) = AllowedSigners.read(Array("alice \(key.line)".utf8))
        #expect(
            challenge.check(signature, signers: signers, now: Self.now)
                == .verified(principal: "alice", fingerprint: key.fingerprint))
        #expect(
            try shop.verifies(
                sent, of: challenge.message, signers: "alice \(key.line)\n", principal: "alice",
                namespace: LoginChallenge.namespace))
    }

    @Test func everythingThatIsBoundMatters() throws {
        let shop = try Workshop()
        let key = try shop.makeKey("rep")
        let signed = try Self.challenge()
        let value = try SSHPrivateKey(file: shop.read("rep")).sign(signed.toBeSigned)
        let signature = signed.signature(of: key, value: value)
        let (signers, _) = AllowedSigners.read(Array("* \(key.line)".utf8))
        for other in [
            try Self.challenge(relay: "wss://other.example"), try Self.challenge(principal: "bob"),
            try Self.challenge(nonce: 3),
        ] {
            #expect(other.check(signature, signers: signers, now: Self.now) == .refused(.doesNotMatch))
        }
    }

    @Test func whoMayNotComeInIsToldApartForTheLog() throws {
        let shop = try Workshop()
        let key = try shop.makeKey("rep")
        let challenge = try Self.challenge()
        let secret = try SSHPrivateKey(file: shop.read("rep"))
        let good = challenge.signature(of: key, value: try secret.sign(challenge.toBeSigned))
        let expired = AllowedSigners.read(Array("alice valid-before=\"20200101Z\" \(key.line)".utf8)).signers
        #expect(
            challenge.check(good, signers: expired, now: Self.now) == .refused(.signer(.expired(line: 1))))
        let all = AllowedSigners.read(Array("alice \(key.line)".utf8)).signers
        let forGit = try SSHSignature(armored: shop.sign(challenge.message, key: "rep", namespace: "git"))
        #expect(challenge.check(forGit, signers: all, now: Self.now) == .refused(.otherNamespace))
        let none = AllowedSigners.read([]).signers
        #expect(challenge.check(good, signers: none, now: Self.now) == .refused(.signer(.principalUnknown)))
    }
}
