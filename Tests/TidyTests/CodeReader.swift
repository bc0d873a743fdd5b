/// Tells Swift code from comments and from the contents of strings, line by line.
///
/// Good enough for style: an interpolation counts as part of its string.
struct CodeReader {
    private enum State: Equatable {
        case code
        case lineComment
        case blockComment(depth: Int)
        /// Inside a string that ends with `quotes` quotation marks and `hashes` number signs.
        case string(quotes: Int, hashes: Int)
        /// Inside `#/…/#`.
        case pattern
    }

    private let bytes: [UInt8]
    private var index = 0
    private var state = State.code
    private var kept: [UInt8] = []

    private init(_ text: String) {
        self.bytes = Array(text.utf8)
        self.kept.reserveCapacity(self.bytes.count)
    }

    /// As many lines as `text` has; comments and patterns are gone, strings are empty.
    static func codeLines(of text: String) -> [String] {
        var reader = CodeReader(text)
        while reader.index < reader.bytes.count { reader.step() }
        return reader.kept.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private mutating func step() {
        let byte = self.bytes[self.index]
        if byte == UInt8(ascii: "\n") {
            self.kept.append(byte)
            self.index += 1
            if self.state == .lineComment { self.state = .code }
            return
        }
        switch self.state {
        case .code: self.stepInCode(byte)
        case .lineComment: self.index += 1
        case .blockComment(let depth): self.stepInComment(depth)
        case .string(let quotes, let hashes): self.stepInString(quotes, hashes)
        case .pattern: self.stepInPattern()
        }
    }

    private mutating func stepInCode(_ byte: UInt8) {
        if self.starts(with: "//") {
            self.state = .lineComment
        } else if self.starts(with: "/*") {
            self.state = .blockComment(depth: 1)
            self.index += 2
        } else if self.starts(with: "#/") {
            self.state = .pattern
            self.index += 2
        } else if let opening = self.openingOfString() {
            self.state = .string(quotes: opening.quotes, hashes: opening.hashes)
            self.index += opening.quotes + opening.hashes
            self.kept += Array("\"\"".utf8)
        } else {
            self.kept.append(byte)
            self.index += 1
        }
    }

    private mutating func stepInComment(_ depth: Int) {
        if self.starts(with: "*/") {
            self.state = depth == 1 ? .code : .blockComment(depth: depth - 1)
            self.index += 2
        } else if self.starts(with: "/*") {
            self.state = .blockComment(depth: depth + 1)
            self.index += 2
        } else {
            self.index += 1
        }
    }

    private mutating func stepInString(_ quotes: Int, _ hashes: Int) {
        let marks = String(repeating: "#", count: hashes)
        if self.starts(with: String(repeating: "\"", count: quotes) + marks) {
            self.state = .code
            self.index += quotes + hashes
        } else if self.starts(with: "\\" + marks), self.index + hashes + 1 < self.bytes.count {
            let escaped = self.bytes[self.index + hashes + 1]
            // A backslash before a line's end keeps the line.
            self.index += escaped == UInt8(ascii: "\n") ? hashes + 1 : hashes + 2
        } else {
            self.index += 1
        }
    }

    private mutating func stepInPattern() {
        if self.starts(with: "/#") {
            self.state = .code
            self.index += 2
        } else {
            self.index += 1
        }
    }

    /// `"`, `"""`, `#"` and so on at the present place.
    private func openingOfString() -> (quotes: Int, hashes: Int)? {
        var hashes = 0
        while self.index + hashes < self.bytes.count, self.bytes[self.index + hashes] == UInt8(ascii: "#") {
            hashes += 1
        }
        let rest = self.bytes[(self.index + hashes)...]
        guard rest.first == UInt8(ascii: "\"") else { return nil }
        return (rest.starts(with: "\"\"\"".utf8) ? 3 : 1, hashes)
    }

    private func starts(with text: String) -> Bool {
        self.bytes[self.index...].starts(with: text.utf8)
    }
}
