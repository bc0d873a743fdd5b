internal import Crypto

/// Gives so many bytes that nobody can guess: the system's, or a test's own.
package typealias AgeEntropy = (_ byteCount: Int) -> [UInt8]

/// Whole files of the format age v1 (https://age-encryption.org/v1), in memory: what the stock `age` program writes and
/// reads. Entropy is the caller's; everything else is a function of its arguments.
package enum AgeFile {
    static let fileKeyBytes = 16
    static let nonceBytes = 16
    static let tagBytes = 16

    /// `plain` for everybody in `recipients`. Throws `recipientsMissing`, and `recipientMalformed` for a key with which
    /// no secret can be agreed.
    package static func encrypt(
        _ plain: [UInt8], to recipients: [AgeRecipient], _ entropy: AgeEntropy
    ) throws(AgeError) -> [UInt8] {
        guard !recipients.isEmpty else { throw .recipientsMissing }
        let fileKey = entropy(Self.fileKeyBytes)
        var stanzas: [AgeStanza] = []
        for recipient in recipients { stanzas.append(try AgeExchange.wrap(fileKey, for: recipient, entropy)) }
        let header = AgeHeader(stanzas: stanzas, code: Self.code(over: stanzas, fileKey: fileKey))
        let nonce = entropy(Self.nonceBytes)
        var file = header.bytes + nonce
        let key = Self.bodyKey(fileKey, nonce)
        var pieces = PieceNonce()
        var rest = plain[...]
        repeat {
            let piece = rest.prefix(AgeLimits.pieceBytesMax)
            rest = rest.dropFirst(piece.count)
            file += Self.seal(piece, key: key, nonce: pieces.next(isLast: rest.isEmpty))
        } while !rest.isEmpty
        return file
    }

    /// What is in `file`, for whoever holds one of `identities`.
    package static func decrypt(_ file: [UInt8], with identities: [AgeIdentity]) throws(AgeError) -> [UInt8] {
        let (header, start) = try AgeHeader.read(file)
        let fileKey = try Self.fileKey(of: header, identities)
        guard Self.code(over: header.stanzas, fileKey: fileKey) == header.code else { throw .headerForged }
        guard file.count >= start + Self.nonceBytes else { throw .bodyForged }
        let key = Self.bodyKey(fileKey, Array(file[start..<start + Self.nonceBytes]))
        var rest = file[(start + Self.nonceBytes)...]
        var plain: [UInt8] = []
        plain.reserveCapacity(rest.count)
        var pieces = PieceNonce()
        repeat {
            let piece = rest.prefix(AgeLimits.pieceBytesMax + Self.tagBytes)
            rest = rest.dropFirst(piece.count)
            guard let opened = Self.open(piece, key: key, nonce: pieces.next(isLast: rest.isEmpty)) else {
                throw .bodyForged
            }
            // An empty piece stands only where the whole is empty.
            guard !opened.isEmpty || plain.isEmpty else { throw .bodyForged }
            plain += opened
        } while !rest.isEmpty
        return plain
    }

    private static func fileKey(of header: AgeHeader, _ identities: [AgeIdentity]) throws(AgeError) -> [UInt8] {
        for identity in identities {
            for stanza in header.stanzas {
                if let key = try AgeExchange.unwrap(stanza, with: identity), key.count == Self.fileKeyBytes {
                    return key
                }
            }
        }
        throw .identityUnknown
    }

    private static func code(over stanzas: [AgeStanza], fileKey: [UInt8]) -> [UInt8] {
        let key = SymmetricKey(data: Self.derive(fileKey, salt: [], "header"))
        return Array(HMAC<SHA256>.authenticationCode(for: AgeHeader.authenticated(stanzas), using: key))
    }

    private static func bodyKey(_ fileKey: [UInt8], _ nonce: [UInt8]) -> SymmetricKey {
        SymmetricKey(data: Self.derive(fileKey, salt: nonce, "payload"))
    }

    /// HKDF-SHA-256 (RFC 5869) with 32 bytes of output.
    static func derive(_ input: [UInt8], salt: [UInt8], _ info: String) -> [UInt8] {
        // No salt stands for as many zeros as the hash is long, and so does an empty HMAC key.
        let salt = salt.isEmpty ? [UInt8](repeating: 0, count: 32) : salt
        let extracted = HMAC<SHA256>.authenticationCode(for: input, using: SymmetricKey(data: salt))
        let key = HKDF<SHA256>.expand(pseudoRandomKey: extracted, info: Array(info.utf8), outputByteCount: 32)
        return unsafe key.withUnsafeBytes { unsafe Array($0) }
    }

    static func seal(_ plain: ArraySlice<UInt8>, key: SymmetricKey, nonce: [UInt8]) -> [UInt8] {
        guard let nonce = try? ChaChaPoly.Nonce(data: nonce),
            let box = try? ChaChaPoly.seal(plain, using: key, nonce: nonce)
        else { preconditionFailure("a nonce of 12 bytes and a key of 32 seal anything") }
        return Array(box.ciphertext) + Array(box.tag)
    }

    static func open(_ sealed: ArraySlice<UInt8>, key: SymmetricKey, nonce: [UInt8]) -> [UInt8]? {
        guard sealed.count >= Self.tagBytes, let nonce = try? ChaChaPoly.Nonce(data: nonce),
            let box = try? ChaChaPoly.SealedBox(
                nonce: nonce, ciphertext: sealed.dropLast(Self.tagBytes), tag: sealed.suffix(Self.tagBytes)),
            let plain = try? ChaChaPoly.open(box, using: key)
        else { return nil }
        return Array(plain)
    }

    /// The nonces of the body's pieces: eleven bytes that count, and 1 in the last piece's twelfth (STREAM).
    private struct PieceNonce {
        private var counter: UInt64 = 0

        mutating func next(isLast: Bool) -> [UInt8] {
            defer { self.counter += 1 }
            let count = (0..<8).map { UInt8(truncatingIfNeeded: self.counter >> (56 - 8 * $0)) }
            return [0, 0, 0] + count + [isLast ? 1 : 0]
        }
    }
}
