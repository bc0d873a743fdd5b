/// How the body of an answer may be coded (RFC 9110, 8.4.1).
enum ContentCoding: Equatable, Sendable {
    case identity
    case gzip

    /// What a request prefers by its `Accept-Encoding` (RFC 9110, 12.5.3): gzip where it is acceptable and identity is
    /// not said to be better. Without the header, as where neither is acceptable, identity: every recipient reads it.
    static func preferred(by acceptEncoding: String?) -> ContentCoding {
        var gzip: Int?
        var identity: Int?
        var others = 0
        for element in (acceptEncoding ?? "").split(separator: ",") {
            let parts = element.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
            // What cannot be read accepts nothing.
            let weight = parts.count == 1 ? 1000 : Self.weight(parts[1]) ?? 0
            switch Self.trimmed(parts[0]).lowercased() {
            // "x-gzip" is the same (8.4.1.3).
            case "gzip", "x-gzip": gzip = weight
            case "identity": identity = weight
            case "*": others = weight
            default: continue
            }
        }
        let accepted = gzip ?? others
        return accepted > 0 && accepted >= identity ?? 0 ? .gzip : .identity
    }

    /// Thousandths of `q=0.5` (12.4.2: at most three digits), nil when it is not one.
    private static func weight(_ parameter: Substring) -> Int? {
        let text = Self.trimmed(parameter).lowercased()
        guard let match = text.wholeMatch(of: /q=(?:0(?:\.([0-9]{0,3}))?|1(?:\.0{0,3})?)/) else { return nil }
        guard text.hasPrefix("q=0") else { return 1000 }
        let digits = match.output.1 ?? ""
        return Int(digits + String(repeating: "0", count: 3 - digits.count))
    }

    /// Without the spaces and tabs around it.
    private static func trimmed(_ text: Substring) -> Substring {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = text.firstIndex(where: { !isSpace($0) }), let last = text.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return text[first...last]
    }
}
