import Foundation
import OpenSSH
import Testing
import Wire

@testable import RepRuntime

@Suite struct LoginSignerTests {
    private static let relay = "wss://relay.example"
    private static let challenge = Challenge(
        nonce: OpenSSH.Base64.encode([UInt8](repeating: 7, count: 32)), relay: [Self.relay], now: 0)

    private func signer(_ source: KeySource, socket: String? = nil) -> LoginSigner {
        LoginSigner(relay: Self.relay, principal: "ana", source: source, sshAgentSocket: socket)
    }

    private func sentence(_ signer: LoginSigner, _ challenge: Challenge = Self.challenge) -> String? {
        do throws(RepError) {
            _ = try signer.login(for: challenge)
            return nil
        } catch {
            return error.description
        }
    }

    /// A folder with a fresh key, gone when `body` returns.
    private func withKey(passphrase: String = "", _ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("key").path
        let keygen = Process()
        keygen.executableURL = URL(fileURLWithPath: "/usr/bin/ssh-keygen")
        keygen.arguments = ["-q", "-t", "ed25519", "-N", passphrase, "-f", path]
        try keygen.run()
        keygen.waitUntilExit()
        try body(path)
    }

    @Test func aKeyFileSignsWhatTheRelayWillCheck() throws {
        try self.withKey { path in
            let login = try self.signer(.file(path)).login(for: Self.challenge)
            #expect(login.relay == Self.relay && login.principal == "ana" && login.nonce == Self.challenge.nonce)
            let text = try LoginChallenge(
                relay: Self.relay, principal: "ana", nonce: [UInt8](repeating: 7, count: 32),
                counterNonce: try OpenSSH.Base64.decode(login.cnonce.utf8, bytesMax: 32))
            let signature = try SSHSignature(armored: Array(login.signature.utf8))
            #expect(signature.check(message: text.message, namespace: LoginChallenge.namespace) == .valid)
        }
    }

    @Test func everyLoginHasItsOwnCounterNonce() throws {
        try self.withKey { path in
            let signer = self.signer(.file(path))
            let logins = [try signer.login(for: Self.challenge), try signer.login(for: Self.challenge)]
            #expect(logins[0].cnonce != logins[1].cnonce)
        }
    }

    @Test func aRelayWithAnotherNameGetsNoSignature() {
        let other = Challenge(nonce: Self.challenge.nonce, relay: ["wss://evil.example\u{1B}[2J"], now: 0)
        let sentence = self.sentence(self.signer(.file("/nowhere")), other)
        #expect(
            sentence
                == "This relay is not wss://relay.example; it calls itself wss://evil.example[2J. Nothing was signed.")
    }

    @Test func aChallengeOfTheWrongLengthGetsNoSignature() {
        let short = Challenge(nonce: OpenSSH.Base64.encode([1, 2, 3]), relay: [Self.relay], now: 0)
        #expect(self.sentence(self.signer(.file("/nowhere")), short)?.contains("cannot be signed") == true)
    }

    @Test func aKeyWithAPassphraseIsToldHow() throws {
        try self.withKey(passphrase: "secret") { path in
            #expect(self.sentence(self.signer(.file(path)))?.contains("use ssh-agent") == true)
        }
    }

    @Test func aMissingKeyFileIsNamed() {
        #expect(self.sentence(self.signer(.file("/nowhere/key")))?.hasPrefix("/nowhere/key cannot be opened") == true)
    }

    @Test func aMissingAgentIsTold() {
        #expect(self.sentence(self.signer(.sshAgent))?.contains("SSH_AUTH_SOCK is not set") == true)
        #expect(
            self.sentence(self.signer(.sshAgent, socket: "/nowhere/agent"))?
                .hasPrefix("ssh-agent does not answer at /nowhere/agent") == true)
        let long = String(repeating: "x", count: 200)
        #expect(self.sentence(self.signer(.sshAgent, socket: long)) == "The path of ssh-agent's socket is too long.")
    }
}
