import Foundation

/// The rules that hold two files together: code and contract, sources and tests.
enum ContractRules {
    /// Every limit of a file of limits is named in the contract.
    static func limits(_ tree: SourceTree) -> [Finding] {
        let prose = tree.under("Protocol", ending: ".md").flatMap(\.lines).joined(separator: "\n")
        let words = Set(prose.split { !$0.isLetter && !$0.isNumber && $0 != "_" })
        return tree.under("Sources", ending: "Limits.swift").flatMap { file in
            file.code.enumerated().compactMap { index, line in
                // A room's limits inside of another's have their own file.
                guard !line.contains("Limits()"),
                    let name = line.firstMatch(of: #/\b(?:static\s+let|package\s+var)\s+(\w+)/#)?.output.1,
                    !words.contains(name)
                else { return nil }
                return Finding(file, index + 1, "the limit \(name) is in no Protocol/*.md; document it there")
            }
        }
    }

    /// Every limit of a file of limits is named by a test: a constant with its type, what an operator may set by its
    /// own name or, in the tests of the whole daemon, by its key of the configuration.
    static func testedLimits(_ tree: SourceTree) -> [Finding] {
        let tests = tree.files.filter { $0.path.hasPrefix("Tests/") && !$0.path.hasPrefix("Tests/TidyTests/") }
        let code = tests.filter { !$0.path.hasSuffix(".json") && !$0.path.hasSuffix(".md") }
        let words = code.reduce(into: Set<String>()) { $0.formUnion(Self.words(of: $1)) }
        let members = code.reduce(into: Set<String>()) { found, file in
            // The default boundary of words sees one word in `WireLimits.textBytesMax`.
            let pattern = #/\b[A-Z]\w*Limits\.\w+/#.wordBoundaryKind(.simple)
            let lines = file.code.flatMap { $0.matches(of: pattern) }
            found.formUnion(lines.map { String($0.output) })
        }
        let keys = Self.limitKeys(tree)
        return tree.under("Sources", ending: "Limits.swift").flatMap { file in
            let type = file.name.dropLast(".swift".count)
            return file.code.enumerated().compactMap { index, line -> Finding? in
                guard !line.contains("Limits()"),
                    let match = line.firstMatch(of: #/\b(static\s+let|package\s+var)\s+(\w+)/#)?.output
                else { return nil }
                let name = String(match.2)
                let isNamed =
                    match.1.hasPrefix("static")
                    ? members.contains("\(type).\(name)")
                    : words.contains(name) || keys[name].map { words.contains($0) } ?? false
                guard !isNamed else { return nil }
                return Finding(
                    file, index + 1, "no test names the limit \(name); test it at its number and one past it")
            }
        }
    }

    /// The keys of the configuration by the limits that they set.
    private static func limitKeys(_ tree: SourceTree) -> [String: String] {
        let tables = tree.under("Sources", ending: "Table.swift").map { $0.lines.joined(separator: "\n") }
        let rows = tables.flatMap { $0.matches(of: #/"(\w+)",\s*\\\.(?:\w+\.)*(\w+),/#) }
        return Dictionary(
            rows.map { (String($0.output.2), String($0.output.1)) }, uniquingKeysWith: { first, _ in first })
    }

    /// Codes of an enumeration by name. Close codes are numbers from 4000, audit codes a letter, digits and a letter.
    static func codes(inSwift file: SourceFile) -> [String: String] {
        let pattern = #/\bcase\s+(\w+)\s*=\s*"?(\d{4}|[A-Z]\d{3}[A-Z])"?/#
        let pairs = file.lines.compactMap { $0.firstMatch(of: pattern) }
        return Dictionary(
            pairs.map { (String($0.output.2), Self.plain($0.output.1)) }, uniquingKeysWith: { $0 + "," + $1 })
    }

    /// Codes of a table whose first column is the code and whose second is the name.
    static func codes(inTable file: SourceFile) -> [String: String] {
        let pattern = #/^\|\s*`?(4\d{3}|[A-Z]\d{3}[A-Z])`?\s*\|\s*`?([^|`]+?)`?\s*\|/#
        let pairs = file.lines.compactMap { $0.firstMatch(of: pattern) }
        return Dictionary(
            pairs.map { (String($0.output.1), Self.plain($0.output.2)) }, uniquingKeysWith: { $0 + "," + $1 })
    }

    /// `session.opened`, `session opened` and `sessionOpened` are one name.
    private static func plain(_ name: Substring) -> String {
        String(name.lowercased().filter(\.isLetter))
    }

    /// Where an enumeration and its table differ.
    static func agreement(_ swift: SourceFile, _ table: SourceFile) -> [Finding] {
        let inSwift = Self.codes(inSwift: swift)
        let inTable = Self.codes(inTable: table)
        return Set(inSwift.keys).union(inTable.keys).sorted().compactMap { code in
            switch (inSwift[code], inTable[code]) {
            case (let name?, nil): Finding(swift, 1, "\(code) \(name) is not in \(table.path); add its row")
            case (nil, let name?): Finding(table, 1, "\(code) \(name) is not in \(swift.path); add its case")
            case (let one?, let other?) where one != other:
                Finding(table, 1, "\(code) is \(other) here and \(one) in \(swift.path); make them one")
            case (_, _): nil
            }
        }
    }

    /// Every source file of a room with tests has a test file of its name, or the room's tests name what it declares or
    /// extends, or a file that they name uses its types.
    static func tested(_ tree: SourceTree) -> [Finding] {
        let rooms = Set(tree.under("Tests", ending: ".swift").compactMap(\.room))
        let sources = Dictionary(grouping: tree.under("Sources", ending: ".swift")) { $0.room ?? "" }
        return sources.sorted { $0.key < $1.key }.flatMap { room, files -> [Finding] in
            guard rooms.contains(room + "Tests") else { return [] }
            let tests = tree.under("Tests/\(room)Tests", ending: ".swift")
            let testNames = Set(tests.map(\.name))
            let testWords = tests.reduce(into: Set<String>()) { $0.formUnion(Self.words(of: $1)) }
            let named = files.filter { file in
                testNames.contains(file.name.replacing(".swift", with: "Tests.swift"))
                    || !testWords.isDisjoint(with: Self.declared(by: file, "struct|class|enum|protocol|extension|func"))
            }
            let used = named.reduce(into: Set<String>()) { $0.formUnion(Self.words(of: $1)) }
            return files.filter { file in
                let everything = Self.declared(by: file, "struct|class|enum|protocol|extension|func|let|var|typealias")
                let types = Self.declared(by: file, "struct|class|enum|protocol|extension|typealias")
                return !everything.isEmpty && !named.contains { $0.path == file.path } && used.isDisjoint(with: types)
            }
            .map { Finding($0, 1, "nothing in Tests/\(room)Tests reaches it; test it there under its name") }
        }
    }

    /// The names that a file declares with one of the keywords, at any level.
    private static func declared(by file: SourceFile, _ keywords: String) -> Set<String> {
        guard let pattern = try? Regex("\\b(?:\(keywords))\\s+(\\w+)", as: (Substring, Substring).self) else {
            return []
        }
        return Set(file.code.flatMap { $0.matches(of: pattern).map { String($0.output.1) } })
    }

    private static func words(of file: SourceFile) -> Set<String> {
        Set(file.code.flatMap { $0.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init) })
    }

    /// Every vector is read by some test.
    static func vectors(_ tree: SourceTree) -> [Finding] {
        let tests = tree.files.filter { $0.path.hasPrefix("Tests/") && !$0.path.hasSuffix(".json") }
        return tree.under("Protocol/vectors", ending: ".json").compactMap { vector in
            let stem = vector.name.dropLast(".json".count)
            let used = tests.contains { file in
                file.lines.contains { $0.contains(vector.name) || $0.contains("\"\(stem)\"") }
            }
            return used ? nil : Finding(vector, 1, "no test names this vector; read it in one")
        }
    }
}
