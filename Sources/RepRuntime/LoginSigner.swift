import Glibc
import OpenSSH
package import Wire

/// Answers a challenge with a signed login. Blocks while ssh-agent waits for its owner to touch a hardware key, so it
/// runs on a thread of its own.
package struct LoginSigner: Sendable {
    /// The relay's address exactly as the rep typed it: part of what is signed.
    package let relay: String
    package let principal: String
    package let source: KeySource
    /// The path of ssh-agent's socket; nil when `SSH_AUTH_SOCK` is not set.
    package let sshAgentSocket: String?

    package init(relay: String, principal: String, source: KeySource, sshAgentSocket: String?) {
        self.relay = relay
        self.principal = principal
        self.source = source
        self.sshAgentSocket = sshAgentSocket
    }

    /// The login for `challenge`; throws a sentence for the rep.
    package func login(for challenge: Challenge) throws(RepError) -> Login {
        guard challenge.relay.contains(self.relay) else {
            let names = challenge.relay.prefix(4).map { Self.printable($0) }.joined(separator: ", ")
            throw RepError("This relay is not \(self.relay); it calls itself \(names). Nothing was signed.")
        }
        let counterNonce = (0..<SSHLimits.nonceBytes).map { _ in UInt8.random(in: .min ... .max) }
        let text: LoginChallenge
        do throws(SSHError) {
            text = try LoginChallenge(
                relay: self.relay, principal: self.principal,
                nonce: try Base64.decode(challenge.nonce.utf8, bytesMax: SSHLimits.nonceBytes),
                counterNonce: counterNonce)
        } catch {
            throw RepError("The relay's challenge cannot be signed: \(error).")
        }
        let signature = try self.signature(of: text)
        return Login(
            principal: self.principal, nonce: challenge.nonce, cnonce: Base64.encode(counterNonce),
            relay: self.relay, signature: signature.armored)
    }

    private func signature(of text: LoginChallenge) throws(RepError) -> SSHSignature {
        switch self.source {
        case .file(let path):
            return try KeyFile(path: path).sign(text)
        case .sshAgent, .sshAgentIdentity:
            guard let path = self.sshAgentSocket else {
                throw RepError(
                    "There is no ssh-agent (SSH_AUTH_SOCK is not set). Start one and add your key, or use --key FILE.")
            }
            var connection = try SSHAgentConnection(path: path)
            return try connection.sign(text, source: self.source)
        }
    }

    private static func printable(_ text: String) -> String {
        String(text.unicodeScalars.filter { (0x20...0x7E).contains($0.value) }.prefix(128).map(Character.init))
    }
}
