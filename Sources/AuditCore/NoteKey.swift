internal import Crypto

/// A verifier key of signed notes: `NAME+ID+KEY`, Ed25519 (C2SP signed-note, type 0x01).
package struct NoteVerifier: Equatable, Sendable {
    /// The key's name, for a log its origin.
    package let name: String
    /// The first four bytes of SHA-256(name 0A 01 public key).
    package let id: UInt32
    private let key: [UInt8]

    init?(name: String, key: [UInt8]) {
        guard NoteKey.isName(name), key.count == 32 else { return nil }
        self.name = name
        self.key = key
        self.id = NoteKey.id(name, key)
    }

    /// The key that `text` spells, or nil.
    package init?(_ text: String) {
        guard let (name, id, bytes) = NoteKey.parts(text[...]), let made = NoteVerifier(name: name, key: bytes),
            NoteKey.hex(made.id) == id
        else { return nil }
        self = made
    }

    /// `NAME+ID+KEY`
    package var text: String {
        "\(self.name)+\(NoteKey.hex(self.id))+\(Base64Text.encode([NoteKey.ed25519] + self.key))"
    }

    /// Whether `signature` is this key's over `text`.
    func verifies(_ signature: [UInt8], of text: String) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: self.key) else { return false }
        return key.isValidSignature(signature, for: Array(text.utf8))
    }
}

/// A signing key of signed notes: `PRIVATE+KEY+NAME+ID+KEY`. Lives as long as the log is open.
package struct NoteSigner: Sendable {
    /// The key that checks what this one signs.
    package let verifier: NoteVerifier
    private let key: Curve25519.Signing.PrivateKey
    private let seed: [UInt8]

    /// A key named `name` made from 32 bytes of the kernel's randomness; nil if the name is none or the seed is not 32
    /// bytes.
    package init?(name: String, seed: [UInt8]) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed),
            let verifier = NoteVerifier(name: name, key: Array(key.publicKey.rawRepresentation))
        else { return nil }
        self.key = key
        self.seed = seed
        self.verifier = verifier
    }

    /// The key that `text` spells, or nil.
    package init?(_ text: String) {
        guard text.hasPrefix(NoteKey.privatePrefix),
            let (name, id, seed) = NoteKey.parts(text.dropFirst(NoteKey.privatePrefix.count)),
            let made = NoteSigner(name: name, seed: seed), NoteKey.hex(made.verifier.id) == id
        else { return nil }
        self = made
    }

    /// `PRIVATE+KEY+NAME+ID+KEY`: a secret.
    package var text: String {
        let key = Base64Text.encode([NoteKey.ed25519] + self.seed)
        return "\(NoteKey.privatePrefix)\(self.verifier.name)+\(NoteKey.hex(self.verifier.id))+\(key)"
    }

    /// The signature over `text`, 64 bytes; nil if the library refuses to sign.
    func signature(of text: String) -> [UInt8]? {
        (try? self.key.signature(for: Array(text.utf8))).map { Array($0) }
    }
}

/// What both kinds of key have in common.
enum NoteKey {
    static let ed25519: UInt8 = 1
    static let privatePrefix = "PRIVATE+KEY+"

    /// 1 to 128 bytes without white space, control characters and `+`.
    static func isName(_ name: String) -> Bool {
        (1...AuditLimits.nameBytesMax).contains(name.utf8.count)
            && name.unicodeScalars.allSatisfy {
                $0 != "+" && !$0.properties.isWhitespace && $0.properties.generalCategory != .control
            }
    }

    static func id(_ name: String, _ key: [UInt8]) -> UInt32 {
        let digest = Digest32.sha256(of: Array(name.utf8) + [0x0A, Self.ed25519] + key)
        return digest.bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    static func hex(_ id: UInt32) -> String {
        let digits = String(id, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// Name, ID and key of `NAME+ID+KEY`; the base64 may hold a `+` of its own.
    static func parts(_ text: Substring) -> (name: String, id: String, key: [UInt8])? {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let key = Base64Text.decode(parts[2]), key.count == 33, key[0] == Self.ed25519 else {
            return nil
        }
        return (String(parts[0]), String(parts[1]), Array(key.dropFirst()))
    }
}
