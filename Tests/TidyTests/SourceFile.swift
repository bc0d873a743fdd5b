import Foundation
import Testing

/// One text file of the tree, whole and by lines. For Swift the code and the comments are told apart.
struct SourceFile {
    /// From the top of the tree: `Sources/Wire/FrameHeader.swift`.
    let path: String
    let lines: [String]
    /// The lines with comments and the contents of strings taken out; for other languages the same as `lines`.
    let code: [String]

    init(path: String, text: String) {
        self.path = path
        self.lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        self.code = path.hasSuffix(".swift") ? CodeReader.codeLines(of: text) : self.lines
    }

    var isSwift: Bool { self.path.hasSuffix(".swift") }

    var name: String { String(self.path.split(separator: "/").last ?? "") }

    /// The folder under `Sources` or `Tests`, or nil outside both.
    var room: String? {
        let parts = self.path.split(separator: "/")
        return parts.count > 2 && (parts[0] == "Sources" || parts[0] == "Tests") ? String(parts[1]) : nil
    }

    /// The number of lines, without the empty one after the last newline.
    var lineCount: Int { self.lines.last == "" ? self.lines.count - 1 : self.lines.count }

    /// Line numbers, from 1, of the lines of code in which the pattern stands.
    func codeLines<Output>(matching pattern: Regex<Output>) -> [Int] {
        // The default boundary of words sees one word in `DispatchQueue.main`.
        let simple = pattern.wordBoundaryKind(.simple)
        return self.code.indices.filter { self.code[$0].firstMatch(of: simple) != nil }.map { $0 + 1 }
    }

    /// Whether a comment stands directly above the line, attributes in between aside. Lines count from 1.
    func hasCommentAbove(_ line: Int) -> Bool {
        var index = line - 2
        while index >= 0 {
            let text = self.lines[index].trimmingCharacters(in: .whitespaces)
            if text.hasPrefix("//") { return true }
            guard text.hasPrefix("@"), !text.contains("{") else { return false }
            index -= 1
        }
        return false
    }
}

/// One place that breaks a rule, with what to do instead.
struct Finding: CustomStringConvertible, Equatable {
    let path: String
    let line: Int
    let says: String

    init(_ file: SourceFile, _ line: Int, _ says: String) {
        self.init(file.path, line, says)
    }

    init(_ path: String, _ line: Int, _ says: String) {
        self.path = path
        self.line = line
        self.says = says
    }

    var description: String { "\(self.path):\(self.line): \(self.says)" }
}

/// Fails with one line for each finding.
func expectClean(_ findings: [Finding], sourceLocation: SourceLocation = #_sourceLocation) {
    guard !findings.isEmpty else { return }
    let list = findings.map(\.description).joined(separator: "\n")
    Issue.record("\(findings.count) to mend:\n\(list)", sourceLocation: sourceLocation)
}
