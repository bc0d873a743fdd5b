internal import PairingCore
internal import Wire

/// A resume token as the shopper's script keeps it: the session's id, a dot, and 256 random bits as hexadecimal digits.
enum ResumeToken {
    /// The four words of a token.
    typealias Words = (UInt64, UInt64, UInt64, UInt64)

    /// A new one.
    static func draw() -> Words {
        (SystemEntropy.next(), SystemEntropy.next(), SystemEntropy.next(), SystemEntropy.next())
    }

    static func text(_ session: SessionID, _ words: Words) -> String {
        let digits = [words.0, words.1, words.2, words.3].map { word in
            let hex = String(word, radix: 16)
            return String(repeating: "0", count: 16 - hex.count) + hex
        }
        return session.text + "." + digits.joined()
    }

    /// Nil unless it is spelled as `text` spells it.
    static func read(_ text: String) -> (session: SessionID, token: ResumeTokens.Token)? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let session = SessionID(String(parts[0])), parts[1].utf8.count == 64 else { return nil }
        var words: [UInt64] = []
        var rest = parts[1][...]
        for _ in 0..<4 {
            let digits = rest.prefix(16)
            guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }),
                let word = UInt64(digits, radix: 16)
            else { return nil }
            words.append(word)
            rest = rest.dropFirst(16)
        }
        return (session, ResumeTokens.Token(words[0], words[1], words[2], words[3]))
    }
}
