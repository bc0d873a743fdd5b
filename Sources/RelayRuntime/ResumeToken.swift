internal import PairingCore
internal import Wire

/// A resume token as a peer keeps it: the session's id, a dot, and 256 random bits as hexadecimal digits; a rep's has
/// the login's number, as hexadecimal digits too, in place of the session.
enum ResumeToken {
    /// The four words of a token.
    typealias Words = (UInt64, UInt64, UInt64, UInt64)

    /// A new one.
    static func draw() -> Words {
        (SystemEntropy.next(), SystemEntropy.next(), SystemEntropy.next(), SystemEntropy.next())
    }

    static func text(_ session: SessionID, _ words: Words) -> String {
        session.text + "." + self.digits(words)
    }

    static func text(_ login: RepKey, _ words: Words) -> String { self.digits(login.number) + "." + self.digits(words) }

    private static func digits(_ words: Words) -> String {
        [words.0, words.1, words.2, words.3].map { self.digits($0) }.joined()
    }

    private static func digits(_ word: UInt64) -> String {
        let hex = String(word, radix: 16)
        return String(repeating: "0", count: 16 - hex.count) + hex
    }

    /// Nil unless it is spelled as `text` spells it.
    static func read(_ text: String) -> (session: SessionID, token: ResumeTokens.Token)? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let session = SessionID(String(parts[0])),
            let words = self.words(parts[1], count: 4)
        else { return nil }
        return (session, ResumeTokens.Token(words[0], words[1], words[2], words[3]))
    }

    /// A rep's token; nil unless it is spelled as `text` spells it.
    static func readLogin(_ text: String) -> (login: RepKey, token: ResumeTokens.Token)? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = self.words(parts[0], count: 1), let words = self.words(parts[1], count: 4)
        else { return nil }
        return (RepKey(number[0]), ResumeTokens.Token(words[0], words[1], words[2], words[3]))
    }

    private static func words(_ text: Substring, count: Int) -> [UInt64]? {
        guard text.utf8.count == 16 * count else { return nil }
        var words: [UInt64] = []
        var rest = text
        for _ in 0..<count {
            let digits = rest.prefix(16)
            guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }),
                let word = UInt64(digits, radix: 16)
            else { return nil }
            words.append(word)
            rest = rest.dropFirst(16)
        }
        return words
    }
}
