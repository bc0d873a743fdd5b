/// The bounds of everything this room reads. Each is far above what OpenSSH writes and far below what hurts.
package enum SSHLimits {
    /// An `ssh-keygen -Y sign` file with a certificate is under 4 KiB; RSA-16384 keys would still fit.
    package static let signatureBytesMax = 16 * 1024

    /// One public key blob; ed25519 needs 51 bytes.
    package static let keyBlobBytesMax = 8 * 1024

    /// OpenSSH's own `AGENT_MAX_LEN`: the largest message ssh-agent sends or takes.
    package static let agentMessageBytesMax = 256 * 1024

    /// Keys offered by one ssh-agent; OpenSSH clients give up far earlier.
    package static let agentIdentityCountMax = 128

    /// An unencrypted private key file; RSA-16384 stays below.
    package static let privateKeyBytesMax = 32 * 1024

    /// An `allowed_signers` or revocation file: about five thousand keys.
    package static let signersFileBytesMax = 1024 * 1024

    /// One line of such a file.
    package static let signersLineBytesMax = 16 * 1024

    /// Lines that name a key. Each login looks at all of them.
    package static let signerCountMax = 5_000

    /// Problems told about one file; a file of another kind would otherwise give one for every line.
    package static let problemCountMax = 100

    /// A principal's name, in bytes.
    package static let principalBytesMax = 128

    /// The relay's address as the rep dialled it, in bytes.
    package static let relayBytesMax = 512

    /// Nonces of a login challenge, both ends: 256 bits.
    package static let nonceBytes = 32
}
