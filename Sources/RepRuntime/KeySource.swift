/// Where the key comes from that signs the login.
package enum KeySource: Equatable, Sendable {
    /// ssh-agent's first ed25519 key.
    case sshAgent
    /// The key of ssh-agent whose public half is in this file.
    case sshAgentIdentity(publicKeyFile: String)
    /// An OpenSSH private key file without a passphrase.
    case file(String)
}
