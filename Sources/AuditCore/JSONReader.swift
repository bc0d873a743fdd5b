/// Why a line is not a record.
package struct AuditFormatError: Error, Equatable, Sendable {
    /// The kinds of fault.
    package enum Reason: String, CaseIterable, Sendable {
        /// Longer than 16 KiB, or empty.
        case length
        /// Not the expected member or punctuation at this place: order, white space, an unknown or missing member.
        case shape
        /// A string that is not closed, not UTF-8, or not spelled as the encoder spells it.
        case string
        /// An integer with a leading zero, a sign or a fraction, or above 2^53 - 1.
        case integer
        /// A time, digest, boot, session or word that is not spelled as it must be, or a text beyond its length.
        case value
        /// A code that this program does not know.
        case code
        /// An event name that does not belong to the code.
        case event
        /// A role that does not exist, or an id or key that the role may not carry.
        case actor
        /// `seq` and `session` given or missing against the code's scope.
        case scope
        /// A version other than 1.
        case version
    }

    /// Which fault.
    package let reason: Reason
    /// The byte of the line at which it was found.
    package let at: Int
}

/// Reads the one spelling that `JSONWriter` makes, and nothing else. Bounded by the line, which is at most 16 KiB.
struct JSONReader {
    let bytes: [UInt8]
    private(set) var at = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { self.at == self.bytes.count }

    func failure(_ reason: AuditFormatError.Reason) -> AuditFormatError {
        AuditFormatError(reason: reason, at: self.at)
    }

    /// Goes past `text` if it stands here.
    mutating func skip(_ text: StaticString) -> Bool {
        // Sound: a static string's bytes live for ever.
        let isHere = text.withUTF8Buffer { unsafe self.bytes[self.at...].starts(with: $0) }
        if isHere { self.at += text.utf8CodeUnitCount }
        return isHere
    }

    mutating func expect(_ text: StaticString) throws(AuditFormatError) {
        guard self.skip(text) else { throw self.failure(.shape) }
    }

    /// An integer from 0 to 2^53 - 1 without needless zeros.
    mutating func count() throws(AuditFormatError) -> UInt64 {
        let start = self.at
        var value: UInt64 = 0
        while self.at < self.bytes.count, (0x30...0x39).contains(self.bytes[self.at]) {
            value = value * 10 + UInt64(self.bytes[self.at] - 0x30)
            self.at += 1
            guard value <= AuditLimits.countMax else { throw self.failure(.integer) }
        }
        let digits = self.at - start
        guard digits > 0, digits == 1 || self.bytes[start] != 0x30 else { throw self.failure(.integer) }
        return value
    }

    /// The bytes of a string in which nothing is escaped, without its quotes.
    mutating func plain() throws(AuditFormatError) -> ArraySlice<UInt8> {
        try self.expect("\"")
        let start = self.at
        while self.at < self.bytes.count, self.bytes[self.at] != 0x22 {
            guard (0x20...0x7E).contains(self.bytes[self.at]), self.bytes[self.at] != 0x5C else {
                throw self.failure(.string)
            }
            self.at += 1
        }
        let slice = self.bytes[start..<self.at]
        try self.expect("\"")
        return slice
    }

    /// A string of `range` bytes when unescaped.
    mutating func string(_ range: ClosedRange<Int>) throws(AuditFormatError) -> String {
        try self.expect("\"")
        let start = self.at
        var unescaped: [UInt8] = []
        while self.at < self.bytes.count, self.bytes[self.at] != 0x22 {
            if self.bytes[self.at] == 0x5C {
                unescaped.append(contentsOf: try self.escape())
            } else {
                unescaped.append(self.bytes[self.at])
                self.at += 1
            }
        }
        let end = self.at
        try self.expect("\"")
        guard let text = String(validating: unescaped, as: UTF8.self) else { throw self.failure(.string) }
        var spelled = JSONWriter(bytes: [])
        spelled.string(text)
        guard spelled.bytes.dropFirst().dropLast().elementsEqual(self.bytes[start..<end]) else {
            throw self.failure(.string)
        }
        guard range.contains(text.utf8.count) else { throw self.failure(.value) }
        return text
    }

    /// A list of words.
    mutating func words() throws(AuditFormatError) -> [String] {
        try self.expect("[")
        var words: [String] = []
        if self.skip("]") { return words }
        repeat {
            guard words.count < AuditLimits.wordCountMax else { throw self.failure(.value) }
            words.append(try self.word())
        } while self.skip(",")
        try self.expect("]")
        return words
    }

    mutating func word() throws(AuditFormatError) -> String {
        let text = String(decoding: try self.plain(), as: UTF8.self)
        guard AuditText.isWord(text) else { throw self.failure(.value) }
        return text
    }

    /// Ascending ranges with a hole between each two.
    mutating func ranges() throws(AuditFormatError) -> [FrameRange] {
        try self.expect("[")
        var ranges: [FrameRange] = []
        repeat {
            try self.expect("[")
            let first = try self.count()
            try self.expect(",")
            let last = try self.count()
            try self.expect("]")
            let after = ranges.last.map { $0.last + 2 } ?? 1
            guard first >= after, last >= first, ranges.count < AuditLimits.rangeCountMax else {
                throw self.failure(.value)
            }
            ranges.append(FrameRange(first, last))
        } while self.skip(",")
        try self.expect("]")
        return ranges
    }

    /// `\"`, `\\` or `\uXXXX`; whether it had to be escaped is checked by spelling the string again.
    private mutating func escape() throws(AuditFormatError) -> [UInt8] {
        if self.skip("\\\"") { return [0x22] }
        if self.skip("\\\\") { return [0x5C] }
        guard self.skip("\\u"), self.at + 4 <= self.bytes.count else { throw self.failure(.string) }
        var value: UInt32 = 0
        for character in self.bytes[self.at..<self.at + 4] {
            switch character {
            case 0x30...0x39: value = value << 4 | UInt32(character - 0x30)
            case 0x61...0x66: value = value << 4 | UInt32(character - 0x57)
            default: throw self.failure(.string)
            }
        }
        self.at += 4
        guard let scalar = Unicode.Scalar(value), let bytes = UTF8.encode(scalar) else { throw self.failure(.string) }
        return Array(bytes)
    }
}
