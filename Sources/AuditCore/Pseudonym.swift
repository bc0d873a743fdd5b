internal import Crypto
internal import Wire

/// A person in the log without their name: a keyed hash that links one log's records and says nothing without the key.
///
/// Text: `p:` and 26 characters of lower-case Crockford base32 of the first 16 bytes of
/// HMAC-SHA-256(key, "alongside pseudonym v1" 0x00 kind 0x00 id).
package enum Pseudonym {
    /// What is hidden; two kinds never share a pseudonym.
    package enum Kind: String, Sendable {
        /// What the shop calls the shopper, or the shopper's session when it says nothing.
        case shopper
        /// A network address.
        case address
    }

    /// The pseudonym of `id` under the installation's 32-byte `key`.
    package static func make(_ kind: Kind, of id: [UInt8], key: [UInt8]) -> String {
        var message = Array("alongside pseudonym v1".utf8)
        message.append(0)
        message.append(contentsOf: kind.rawValue.utf8)
        message.append(0)
        message.append(contentsOf: id)
        let code = HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key))
        let bytes = Array(code)
        func word(_ at: Int) -> UInt64 { bytes[at..<at + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        return "p:" + SessionID(high: word(0), low: word(8)).text
    }

    /// Whether `id` is spelled as a pseudonym.
    package static func isPseudonym(_ id: String) -> Bool {
        id.utf8.starts(with: "p:".utf8) && SessionID(String(id.dropFirst(2))) != nil
    }
}
