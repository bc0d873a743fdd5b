/// The lines of an operator's file that say something, with their numbers, and the problems found in them.
struct SignersLines {
    private var rest: ArraySlice<UInt8>
    private var number = 0
    private(set) var problems: [SignersProblem] = []

    init(_ file: [UInt8]) {
        guard file.count <= SSHLimits.signersFileBytesMax else {
            self.rest = []
            self.report(0, "the file is longer than \(SSHLimits.signersFileBytesMax) bytes")
            return
        }
        self.rest = file[...]
    }

    /// The next line that is neither empty nor a comment, without spaces around it; a line beyond its limit is
    /// reported and skipped.
    mutating func next() -> (number: Int, text: ArraySlice<UInt8>)? {
        while !self.rest.isEmpty {
            let line = self.rest.prefix(while: { $0 != 0x0A })
            self.rest = self.rest.dropFirst(line.count + 1)
            self.number += 1
            guard line.count <= SSHLimits.signersLineBytesMax else {
                self.report(self.number, "longer than \(SSHLimits.signersLineBytesMax) bytes")
                continue
            }
            let text = SignersWords.trimmed(line)
            if let first = text.first, first != UInt8(ascii: "#") { return (self.number, text) }
        }
        return nil
    }

    /// Keeps the first `SSHLimits.problemCountMax` problems.
    mutating func report(_ line: Int, _ words: String) {
        guard self.problems.count < SSHLimits.problemCountMax else { return }
        self.problems.append(SignersProblem(line: line, words: words))
    }
}

/// The words of one line. Double quotes keep spaces together.
struct SignersWords {
    private var rest: ArraySlice<UInt8>

    init(_ line: ArraySlice<UInt8>) { self.rest = line }

    /// The next word with its quotes in place (`namespaces="a b"` is one word); nil at the end of the line.
    mutating func next() -> ArraySlice<UInt8>? {
        self.rest = Self.trimmed(self.rest)
        var isQuoted = false
        var end = self.rest.startIndex
        while end < self.rest.endIndex {
            let byte = self.rest[end]
            if byte == UInt8(ascii: "\\"), end + 1 < self.rest.endIndex, self.rest[end + 1] == UInt8(ascii: "\"") {
                end += 2
                continue
            }
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if !isQuoted, Self.isSpace(byte) { break }
            end += 1
        }
        guard end > self.rest.startIndex else { return nil }
        let word = self.rest[..<end]
        self.rest = self.rest[end...]
        return word
    }

    /// The next word, without its quotes when it begins with one; nil when the quote is not closed.
    mutating func nextQuoted() -> ArraySlice<UInt8>? {
        let quote = UInt8(ascii: "\"")
        guard self.rest.first == quote else { return self.next() }
        let inner = self.rest.dropFirst()
        guard let end = inner.firstIndex(of: quote) else { return nil }
        self.rest = inner[(end + 1)...]
        return inner[..<end]
    }

    /// `text` without spaces, tabs and carriage returns at its ends.
    static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let front = text.drop(while: Self.isSpace)
        guard let last = front.lastIndex(where: { !Self.isSpace($0) }) else { return front }
        return front[...last]
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
}
