/// OpenSSH's comma-separated patterns (ssh_config(5), PATTERNS): `*` any run, `?` any one byte, a leading `!` negates.
///
/// Case matters. A name matches when a positive pattern matches it and no negated one does.
struct PatternList: Equatable, Sendable {
    private struct Pattern: Equatable, Sendable {
        let bytes: [UInt8]
        let isNegated: Bool
    }

    private let patterns: [Pattern]

    /// Splits `text` at commas. Nil when a pattern is empty: an empty one is a slip of the pen that OpenSSH lets pass.
    init?(_ text: some Collection<UInt8>) {
        var patterns: [Pattern] = []
        for word in text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let isNegated = word.first == UInt8(ascii: "!")
            let bytes = Array(isNegated ? word.dropFirst() : word[...])
            guard !bytes.isEmpty else { return nil }
            patterns.append(Pattern(bytes: bytes, isNegated: isNegated))
        }
        self.patterns = patterns
    }

    /// Whether `name` is in the list.
    func matches(_ name: String) -> Bool {
        let name = Array(name.utf8)
        var found = false
        for pattern in self.patterns where Self.matches(name, pattern.bytes) {
            if pattern.isNegated { return false }
            found = true
        }
        return found
    }

    /// Two pointers and one way back (to the last `*`): time is at most |name| × |pattern|, whatever the pattern.
    private static func matches(_ name: [UInt8], _ pattern: [UInt8]) -> Bool {
        let star = UInt8(ascii: "*")
        let any = UInt8(ascii: "?")
        var at = 0
        var inPattern = 0
        var lastStar: Int?
        var resumeAt = 0
        while at < name.count {
            if inPattern < pattern.count, pattern[inPattern] == star {
                lastStar = inPattern
                resumeAt = at
                inPattern += 1
            } else if inPattern < pattern.count, pattern[inPattern] == any || pattern[inPattern] == name[at] {
                at += 1
                inPattern += 1
            } else if let star = lastStar {
                resumeAt += 1
                at = resumeAt
                inPattern = star + 1
            } else {
                return false
            }
        }
        return pattern[inPattern...].allSatisfy { $0 == star }
    }
}
