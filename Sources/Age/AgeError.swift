/// Why an age file, a recipient or an identity cannot be used.
package enum AgeError: Error, Equatable, Sendable {
    /// Not `age1…` and not an `ssh-ed25519` line.
    case recipientMalformed
    /// Not `AGE-SECRET-KEY-1…` and not an unencrypted OpenSSH ed25519 key.
    case identityMalformed
    /// No recipient at all: nobody could ever open the file.
    case recipientsMissing
    /// The file does not begin with `age-encryption.org/v1`, or its header breaks the format.
    case headerMalformed
    /// None of the identities opens the file.
    case identityUnknown
    /// The header was altered: its authentication code differs.
    case headerForged
    /// The body was altered or cut short.
    case bodyForged
}

extension AgeError: CustomStringConvertible {
    /// One sentence.
    package var description: String {
        switch self {
        case .recipientMalformed: "not an age recipient (age1…) and not an ssh-ed25519 public key"
        case .identityMalformed:
            "not an age identity (AGE-SECRET-KEY-1…) and not an OpenSSH ed25519 key without passphrase"
        case .recipientsMissing: "there is no recipient"
        case .headerMalformed: "not an age v1 file"
        case .identityUnknown: "none of the identities opens this file"
        case .headerForged: "the header of the age file was altered"
        case .bodyForged: "the body of the age file was altered or cut short"
        }
    }
}
