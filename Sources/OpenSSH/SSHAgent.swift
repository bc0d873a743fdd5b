/// The two questions asked of ssh-agent and their answers (draft-miller-ssh-agent), as bytes.
///
/// No socket here: the caller writes a request to `$SSH_AUTH_SOCK` and feeds what it reads to a `ReplyReader`.
package enum SSHAgent {
    private static let failure: UInt8 = 5
    private static let requestIdentities: UInt8 = 11
    private static let identitiesAnswer: UInt8 = 12
    private static let requestSignature: UInt8 = 13
    private static let signatureAnswer: UInt8 = 14

    /// One key that ssh-agent holds.
    package struct Identity: Equatable, Sendable {
        /// The public half.
        package let key: SSHPublicKey
        /// What its owner wrote beside it; printable ASCII only, at most 255 bytes.
        package let comment: String
    }

    /// The keys that ssh-agent holds: those this room can use, and the types of the others, for a message.
    package struct Identities: Equatable, Sendable {
        /// In ssh-agent's order.
        package var usable: [Identity] = []
        /// One name for every key of a type that is not supported yet, in order.
        package var unsupportedTypes: [String] = []
    }

    /// Asks which keys there are.
    package static func identitiesRequest() -> [UInt8] {
        Self.message([Self.requestIdentities])
    }

    /// Asks for a signature of `key` over `bytes` (for a login: `SSHSignature.toBeSigned`).
    package static func signRequest(key: SSHPublicKey, bytes: [UInt8]) -> [UInt8] {
        var writer = SSHWriter()
        writer.uint8(Self.requestSignature)
        writer.string(key.blob)
        writer.string(bytes)
        writer.uint32(0)
        return Self.message(writer.bytes)
    }

    /// Reads the answer to `identitiesRequest`. Throws `refusedByAgent`, `agentReplyUnexpected`, `tooLong` for more
    /// than `SSHLimits.agentIdentityCountMax` keys, and what `SSHReader` throws.
    package static func identities(from reply: [UInt8]) throws(SSHError) -> Identities {
        var reader = try Self.answer(reply, type: Self.identitiesAnswer)
        let count = try reader.uint32()
        guard count <= UInt32(SSHLimits.agentIdentityCountMax) else {
            throw .tooLong(bytesMax: SSHLimits.agentMessageBytesMax)
        }
        var found = Identities()
        for _ in 0..<count {
            let blob = try reader.string(bytesMax: SSHLimits.agentMessageBytesMax)
            let comment = try reader.string(bytesMax: SSHLimits.agentMessageBytesMax)
            do throws(SSHError) {
                let printable = comment.prefix(255).filter { (0x20...0x7E).contains($0) }
                let key = try SSHPublicKey(blob: blob)
                found.usable.append(Identity(key: key, comment: String(decoding: printable, as: UTF8.self)))
            } catch {
                // A damaged key is as useless as one of an unknown type; both are told, neither hides the others.
                var name = SSHReader(blob)
                found.unsupportedTypes.append((try? name.name()) ?? "unreadable")
            }
        }
        try reader.end()
        return found
    }

    /// Reads the answer to `signRequest`: an SSH signature blob, for `SSHSignature(key:namespace:hash:value:)`.
    package static func signature(from reply: [UInt8]) throws(SSHError) -> [UInt8] {
        var reader = try Self.answer(reply, type: Self.signatureAnswer)
        let signature = try reader.string(bytesMax: SSHLimits.signatureBytesMax)
        try reader.end()
        return signature
    }

    private static func answer(_ reply: [UInt8], type: UInt8) throws(SSHError) -> SSHReader {
        var reader = SSHReader(reply)
        let found = try reader.uint8()
        guard found != Self.failure else { throw .refusedByAgent }
        guard found == type else { throw .agentReplyUnexpected(found) }
        return reader
    }

    private static func message(_ body: [UInt8]) -> [UInt8] {
        var writer = SSHWriter()
        writer.string(body)
        return writer.bytes
    }

    /// Gathers the bytes of one answer, however they are split. Used for one request at a time.
    package struct ReplyReader {
        private var gathered: [UInt8] = []

        /// Nothing read yet.
        package init() {}

        /// Takes bytes as they were read. Returns the answer, without its length, once it is whole, and is then
        /// ready for the next. Throws `tooLong`, `truncated` for an empty answer, `trailingBytes` for bytes that
        /// nobody asked for.
        package mutating func append(_ bytes: [UInt8]) throws(SSHError) -> [UInt8]? {
            self.gathered.append(contentsOf: bytes)
            guard self.gathered.count >= 4 else { return nil }
            let length = self.gathered.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            guard length <= SSHLimits.agentMessageBytesMax else {
                throw .tooLong(bytesMax: SSHLimits.agentMessageBytesMax)
            }
            guard length > 0 else { throw .truncated }
            guard self.gathered.count <= 4 + length else { throw .trailingBytes }
            guard self.gathered.count == 4 + length else { return nil }
            let reply = Array(self.gathered.dropFirst(4))
            self.gathered = []
            return reply
        }
    }
}
