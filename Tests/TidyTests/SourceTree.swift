import Foundation

/// The repository as the rules see it: every text file that is written by hand.
struct SourceTree {
    let files: [SourceFile]

    /// The tree in which this very file stands.
    static let here = SourceTree(
        root: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent())

    private static let folders = ["Sources", "Tests", "Protocol", "Benchmarks", "systemd", ".ci"]
    private static let endings = ["swift", "h", "c", "ts", "py", "sh", "md", "json", "toml", "html", "css", "js"]
    /// Made by a tool from sources that are checked themselves.
    private static let made =
        ["Sources/Embed/alongside.js", "Sources/Embed/session.js", "Sources/MaskLint/lint.js"]
        + ["en", "et", "fi", "pl"].map { "Sources/Embed/words/\($0).json" }

    init(files: [SourceFile]) {
        self.files = files
    }

    init(root: URL) {
        let manager = FileManager.default
        var paths = (try? manager.contentsOfDirectory(atPath: root.path)) ?? []
        for folder in Self.folders {
            let inside = manager.enumerator(atPath: root.appendingPathComponent(folder).path)
            while let path = inside?.nextObject() as? String { paths.append("\(folder)/\(path)") }
        }
        let wanted = paths.filter { path in
            let ending = path.split(separator: "/").last?.split(separator: ".").dropFirst().last.map(String.init)
            return !Self.made.contains(path) && !path.contains("node_modules") && Self.endings.contains(ending ?? "")
        }
        self.files = wanted.sorted().compactMap { path in
            guard let data = manager.contents(atPath: root.appendingPathComponent(path).path) else { return nil }
            return SourceFile(path: path, text: String(decoding: data, as: UTF8.self))
        }
    }

    func under(_ folder: String, ending: String = "") -> [SourceFile] {
        self.files.filter { $0.path.hasPrefix(folder + "/") && $0.path.hasSuffix(ending) }
    }

    func file(_ path: String) -> SourceFile? {
        self.files.first { $0.path == path }
    }
}
