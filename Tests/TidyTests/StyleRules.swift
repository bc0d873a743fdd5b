import Foundation

/// The rules that look at one file at a time.
enum StyleRules {
    static let fileLinesMax = 600
    static let functionLinesMax = 70
    static let lineCharactersMax = 120

    /// Languages whose files and lines are bounded. Prose and data have tables that cannot be broken.
    private static let bounded = [".swift", ".ts", ".py", ".sh", ".c", ".h", ".js", ".css"]

    static func sizes(_ file: SourceFile) -> [Finding] {
        guard Self.bounded.contains(where: file.path.hasSuffix) else { return [] }
        var findings: [Finding] = []
        if file.lineCount > Self.fileLinesMax {
            findings.append(
                Finding(file, 1, "\(file.lineCount) lines; split it by concept, at most \(Self.fileLinesMax)"))
        }
        for (index, line) in file.lines.enumerated() where line.count > Self.lineCharactersMax {
            findings.append(
                Finding(file, index + 1, "\(line.count) characters; break it, at most \(Self.lineCharactersMax)"))
        }
        return findings
    }

    static func blanks(_ file: SourceFile) -> [Finding] {
        file.lines.enumerated().compactMap { index, line in
            if line.last == " " || line.last == "\t" {
                Finding(file, index + 1, "trailing space; remove it")
            } else if line.contains("\t") {
                Finding(file, index + 1, "tab; use spaces, and \\t inside a string")
            } else {
                nil
            }
        }
    }

    /// Functions, initialisers and the like that are too long, by counting braces.
    static func functions(_ file: SourceFile) -> [Finding] {
        guard file.isSwift else { return [] }
        let opening = #/^\s*(?:@?[a-z]\w*(?:\([^)]*\))?\s+)*(?:func\s|init[?(<]|deinit\b|subscript[(<])/#
        return file.codeLines(matching: opening).compactMap { line in
            let count = Self.length(of: file, from: line)
            return count > Self.functionLinesMax
                ? Finding(file, line, "a function of \(count) lines; split it, at most \(Self.functionLinesMax)") : nil
        }
    }

    /// Lines from the declaration to the brace that closes its body; 1 for a requirement without a body.
    private static func length(of file: SourceFile, from line: Int) -> Int {
        var depth = 0
        for index in (line - 1)..<file.code.count {
            for character in file.code[index] {
                if character == "{" { depth += 1 }
                if character == "}" {
                    depth -= 1
                    if depth <= 0 { return index - line + 2 }
                }
            }
            let text = file.code[index].trimmingCharacters(in: .whitespaces)
            if depth == 0, index >= line, text.isEmpty { return 1 }
        }
        return 1
    }

    private static var needProof: [(name: String, pattern: Regex<Substring>)] {
        [
            ("@unchecked Sendable", #/@unchecked\s+Sendable/#),
            ("nonisolated(unsafe)", #/nonisolated\(unsafe\)/#),
            ("try!", #/\btry!/#),
            ("as!", #/\bas!/#),
            ("unsafeBitCast", #/\bunsafeBitCast\b/#),
        ]
    }

    /// Constructs that step out of the compiler's checks need their proof in the line above.
    static func proofs(_ file: SourceFile) -> [Finding] {
        guard file.isSwift else { return [] }
        var findings: [Finding] = []
        func require(_ name: String, _ lines: [Int], _ instead: String) {
            for line in lines where !file.hasCommentAbove(line) {
                findings.append(
                    Finding(file, line, "\(name) without its proof in a comment directly above; \(instead)"))
            }
        }
        for (name, pattern) in Self.needProof {
            require(name, file.codeLines(matching: pattern), "say why it holds, or do without")
        }
        if file.path.hasPrefix("Sources/") {
            let unwrap = #/(?:[\w)\]}"])!(?!=)/#
            let known = #/\b(?:try|as)!/#
            let lines = file.codeLines(matching: unwrap).filter { line in
                file.code[line - 1].replacing(known, with: "").firstMatch(of: unwrap) != nil
            }
            require("`!`", lines, "use `guard let`, or say why it is never nil")
        }
        return findings
    }

    private static var bannedInCores: [(name: String, pattern: Regex<Substring>, instead: String)] {
        [
            ("Date(", #/\bDate\(/#, "take `now` as a parameter"),
            (".now", #/(?:(?:Clock|Date|Instant|Time)|[=(:,]\s*)\.now\b/#, "take `now` as a parameter"),
            ("ContinuousClock", #/\b(?:Continuous|Suspending)Clock\b/#, "take `now` as a parameter"),
            ("random", #/\brandom|RandomNumberGenerator\b/#, "take entropy as a parameter"),
            ("Task", #/\bTask\b/#, "return an action"),
            ("await", #/\bawait\b/#, "return an action"),
            ("print(", #/\bprint\(/#, "return an action"),
            ("DispatchQueue", #/\bDispatchQueue\b/#, "return an action"),
            ("Mutex", #/\bMutex\b/#, "let one thread own it"),
        ]
    }

    /// What a pure room must not do. Call it for files of pure rooms only.
    static func cores(_ file: SourceFile) -> [Finding] {
        Self.bannedInCores.flatMap { name, pattern, instead in
            file.codeLines(matching: pattern).map { Finding(file, $0, "`\(name)` is banned in a core; \(instead)") }
        }
    }

    /// Notes to oneself belong in the tracker. Written so that this file does not name them.
    static func notes(_ file: SourceFile) -> [Finding] {
        let words = ["FIX" + "ME", "TO" + "DO", "X" + "XX"]
        return file.lines.enumerated().flatMap { index, line in
            Self.words(of: line).filter(words.contains)
                .map { Finding(file, index + 1, "\($0); do it now or open an issue") }
        }
    }

    private static func words(of line: String) -> [String] {
        line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
    }

    /// Every package type and function says its contract in a doc comment. Plain members may share their type's, and
    /// what a protocol requires is said there: `requirements` are the names of such functions.
    static func documentation(_ file: SourceFile, requirements: Set<String>) -> [Finding] {
        guard file.isSwift, file.path.hasPrefix("Sources/") else { return [] }
        let pattern =
            #/
            ^\s*(?:@\w+(?:\([^)]*\))?\s+)*package\s+(?:[a-z(){}]+\s+)*?
            (?:func|struct|class|enum|protocol|typealias|actor)\s+([^\s(<:]+|<)
            /#
        return file.codeLines(matching: pattern).compactMap { line in
            let name = file.code[line - 1].firstMatch(of: pattern).map { String($0.output.1) } ?? ""
            if requirements.contains(name) || ["==", "<", "hash"].contains(name) { return nil }
            var index = line - 2
            while index >= 0, Self.mayStandBetween(file.lines[index]) { index -= 1 }
            let above = index >= 0 ? file.lines[index].trimmingCharacters(in: .whitespaces) : ""
            return above.hasPrefix("///")
                ? nil : Finding(file, line, "a package type or function without `///`; say its contract")
        }
    }

    /// Attributes and proofs stand between a doc comment and its declaration.
    private static func mayStandBetween(_ line: String) -> Bool {
        let text = line.trimmingCharacters(in: .whitespaces)
        return text.hasPrefix("@") || (text.hasPrefix("//") && !text.hasPrefix("///"))
    }

    /// The names of the functions that protocols of the tree require.
    static func requirements(_ files: [SourceFile]) -> Set<String> {
        var names: Set<String> = []
        for file in files where file.isSwift && file.path.hasPrefix("Sources/") {
            for line in file.codeLines(matching: #/\bprotocol\s+\w+/#) {
                for text in file.code[(line - 1)..<min(line - 1 + Self.length(of: file, from: line), file.code.count)] {
                    if let name = text.firstMatch(of: #/\bfunc\s+(\w+)/#)?.output.1 { names.insert(String(name)) }
                }
            }
        }
        return names
    }

    private static let avoided = ["customer": "shopper", "visitor": "shopper", "agent": "rep"]

    /// The glossary's words to avoid, as whole words of identifiers and comments, in Swift and TypeScript sources.
    static func glossary(_ file: SourceFile) -> [Finding] {
        guard file.path.hasPrefix("Sources/"), file.isSwift || file.path.hasSuffix(".ts") else { return [] }
        let otherMeaning = #/(?i)(?:ssh|user|forward)[-_ ]?agents?/#
        return file.lines.enumerated().flatMap { index, line in
            let words = Self.humps(of: line.replacing(otherMeaning, with: ""))
            return Self.avoided.sorted { $0.key < $1.key }.compactMap { word, instead -> Finding? in
                // In that room the word means the program ssh-agent.
                if word == "agent", file.room == "OpenSSH" { return nil }
                guard words.contains(word) || words.contains(word + "s") else { return nil }
                return Finding(file, index + 1, "the word `\(word)`; the glossary's word is `\(instead)`")
            }
        }
    }

    /// The words of a line in lower case: `visitorCount` gives `visitor` and `count`.
    private static func humps(of line: String) -> Set<String> {
        var words: Set<String> = []
        var word = ""
        for character in line {
            if !character.isLetter || (character.isUppercase && word.last?.isLowercase == true) {
                words.insert(word.lowercased())
                word = ""
            }
            if character.isLetter { word.append(character) }
        }
        words.insert(word.lowercased())
        return words
    }
}
