import Foundation

/// Who may import what. The package description is the table; what is pure and what is exclusive stands here.
struct ImportRules {
    /// Rooms without a clock, IO, lock or thread: the same facts give the same actions.
    static let pureRooms: Set<String> = [
        "Wire", "RelayCore", "PairingCore", "OpenSSH", "Age", "AuditCore", "PageView", "RepConsole",
        "Metrics",
    ]
    /// What a pure room may depend on besides pure rooms: no IO hides behind these.
    static let pureHelpers: Set<String> = ["Crypto", "Terminal", "Histogram"]
    /// Modules that one room wraps for all others.
    static let exclusive = [
        "CLibwebsockets": "WebSocketTransport", "CLibuv": "WebSocketTransport", "CSystemd": "RelayRuntime",
        "CZlib": "Deflate",
    ]
    /// Modules of the toolchain; only rooms that touch the world use them.
    static let system: Set<String> = ["Foundation", "FoundationEssentials", "Glibc", "Synchronization"]
    static let libraries = [
        "argumentParser": "ArgumentParser", "crypto": "Crypto", "grdb": "GRDB", "histogram": "Histogram",
        "logging": "Logging", "toml": "TOMLKit",
    ]

    /// The dependencies of each room and program as the package description lists them.
    let dependencies: [String: Set<String>]

    init(package text: String) {
        var dependencies: [String: Set<String>] = [:]
        let target = #/\b(?:room|program)\(\s*"([\w-]+)"(?:,\s*\[([^\]]*)\])?/#
        for match in CodeReader.withoutComments(text).matches(of: target) {
            let names = (match.output.2 ?? "").split { !$0.isLetter && !$0.isNumber }.map(String.init)
            dependencies[String(match.output.1)] = Set(names.map { Self.libraries[$0] ?? $0 })
        }
        self.dependencies = dependencies
    }

    /// Imports of one source file that its room may not have.
    func imports(_ file: SourceFile) -> [Finding] {
        guard file.isSwift, file.path.hasPrefix("Sources/"), let room = file.room else { return [] }
        guard let own = self.dependencies[room] else {
            return [Finding(file, 1, "the room \(room) is not in Package.swift; add it with room(…)")]
        }
        let pure = Self.pureRooms.contains(room)
        let pattern = #/^\s*(?:@\w+\s+)*(?:[a-z]+\s+)?import\s+(?:(?:struct|enum|class|func)\s+)?(\w+)/#
        return file.code.enumerated().compactMap { index, line in
            guard let module = line.firstMatch(of: pattern).map({ String($0.output.1) }) else { return nil }
            if own.contains(module) || (!pure && Self.system.contains(module)) { return nil }
            return Finding(file, index + 1, Self.refusal(of: module, in: room, pure: pure))
        }
    }

    private static func refusal(of module: String, in room: String, pure: Bool) -> String {
        if let owner = Self.exclusive[module] {
            return "import \(module) in \(room) is banned; use \(owner), which wraps it"
        }
        if pure { return "import \(module) in the core \(room) is banned; take facts in and give actions out" }
        return "import \(module) in \(room) is not in its dependencies; use another room or add it to Package.swift"
    }

    /// Dependencies that point the wrong way, whatever the files import.
    func directions() -> [Finding] {
        self.dependencies.sorted { $0.key < $1.key }.flatMap { room, names in
            names.sorted().compactMap { name -> Finding? in
                if let owner = Self.exclusive[name], owner != room {
                    return Finding("Package.swift", 1, "\(room) depends on \(name); only \(owner) may, use that")
                }
                if Self.pureRooms.contains(room), !Self.pureRooms.contains(name), !Self.pureHelpers.contains(name) {
                    return Finding("Package.swift", 1, "the core \(room) depends on \(name); cores depend on cores")
                }
                return nil
            }
        }
    }
}

extension CodeReader {
    /// The text without its line comments; strings stay.
    static func withoutComments(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.trimmingCharacters(in: .whitespaces).hasPrefix("//") }.joined(separator: "\n")
    }
}
