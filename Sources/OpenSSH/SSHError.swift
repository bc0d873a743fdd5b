/// Why bytes that claim to be OpenSSH's are refused. `description` is fit for a rep or an operator; it never quotes
/// key material and never quotes unbounded or unprintable text.
package enum SSHError: Error, Equatable {
    /// A length points past the end, or the bytes stop early.
    case truncated
    /// Bytes are left over after the last field.
    case trailingBytes
    /// More bytes than the named limit of `SSHLimits`.
    case tooLong(bytesMax: Int)
    /// A field that must be text is not printable ASCII.
    case textMalformed
    /// Not base64, or not padded as RFC 4648 asks.
    case base64Malformed
    /// The `-----BEGIN …-----` or `-----END …-----` line is missing or out of place.
    case armorMissing
    /// The first bytes are not those of the format.
    case magicMissing
    /// A format version other than 1.
    case versionUnsupported(UInt32)
    /// A key type this room cannot use; the name as the bytes spell it.
    case keyTypeUnsupported(String)
    /// The public key's bytes are not a key of its type.
    case keyMalformed
    /// A hash other than sha256 and sha512.
    case hashUnsupported(String)
    /// The signature's type is not that of its key, or its length is wrong.
    case signatureMalformed
    /// The signature names no namespace.
    case namespaceEmpty
    /// The private key file has a passphrase.
    case privateKeyEncrypted
    /// The private key file does not hold exactly one whole key, or its halves do not belong together.
    case privateKeyMalformed
    /// ssh-agent answered that it will not do it (no such key, refused by its owner, locked).
    case refusedByAgent
    /// ssh-agent answered with a message that is not the answer to the request.
    case agentReplyUnexpected(UInt8)
    /// A login challenge's field is empty, too long or holds a control character.
    case challengeMalformed
}

extension SSHError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .truncated: "the bytes end too early"
        case .trailingBytes: "there are bytes after the end"
        case .tooLong(let bytesMax): "longer than \(bytesMax) bytes"
        case .textMalformed: "a name holds bytes that are not printable ASCII"
        case .base64Malformed: "not base64"
        case .armorMissing: "the BEGIN or END line is missing"
        case .magicMissing: "not a file of this kind"
        case .versionUnsupported(let version): "format version \(version) is not supported"
        case .keyTypeUnsupported(let type): "key type \(type) is not supported yet"
        case .keyMalformed: "the public key is damaged"
        case .hashUnsupported(let name): "hash \(name) is not supported"
        case .signatureMalformed: "the signature is damaged"
        case .namespaceEmpty: "the signature has no namespace"
        case .privateKeyEncrypted: "the private key has a passphrase: use ssh-agent (ssh-add KEY)"
        case .privateKeyMalformed: "the private key file is damaged"
        case .refusedByAgent: "ssh-agent refused: the key is not loaded, or it is locked, or its use was denied"
        case .agentReplyUnexpected(let type): "ssh-agent answered with message \(type), which is no answer to this"
        case .challengeMalformed: "the login challenge is malformed"
        }
    }
}
