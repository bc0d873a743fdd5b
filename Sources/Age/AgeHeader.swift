internal import OpenSSH

/// One recipient's part of a header.
struct AgeStanza: Equatable {
    /// The kind and its arguments: printable ASCII without spaces, at least one.
    var words: [String]
    var body: [UInt8]
}

/// Base64 as age writes it: the standard alphabet without padding, canonical.
enum AgeBase64 {
    static func encode(_ bytes: [UInt8]) -> String {
        let text = Base64.encode(bytes)
        return String(text.prefix { $0 != "=" })
    }

    static func decode(_ text: [UInt8], bytesMax: Int) -> [UInt8]? {
        guard !text.contains(UInt8(ascii: "=")), text.count % 4 != 1 else { return nil }
        let padding = [UInt8](repeating: UInt8(ascii: "="), count: (4 - text.count % 4) % 4)
        return try? Base64.decode(text + padding, bytesMax: bytesMax)
    }
}

/// The text in front of the body: who can open it, and an authentication code over that.
struct AgeHeader: Equatable {
    static let versionLine = "age-encryption.org/v1\n"
    private static let columns = 64

    var stanzas: [AgeStanza]
    var code: [UInt8]

    /// The header up to and with `---`: what the code is over.
    static func authenticated(_ stanzas: [AgeStanza]) -> [UInt8] {
        var text = Self.versionLine
        for stanza in stanzas {
            text += "-> " + stanza.words.joined(separator: " ") + "\n"
            var line = Array(AgeBase64.encode(stanza.body).utf8)[...]
            // Ends with a line shorter than the full width, an empty one if need be.
            while line.count >= Self.columns {
                text += String(decoding: line.prefix(Self.columns), as: UTF8.self) + "\n"
                line = line.dropFirst(Self.columns)
            }
            text += String(decoding: line, as: UTF8.self) + "\n"
        }
        return Array((text + "---").utf8)
    }

    var bytes: [UInt8] {
        Self.authenticated(self.stanzas) + Array((" " + AgeBase64.encode(self.code) + "\n").utf8)
    }

    /// Reads the header in front of `file` and says where the body begins.
    static func read(_ file: [UInt8]) throws(AgeError) -> (header: AgeHeader, bodyStart: Int) {
        var lines = LineReader(file)
        guard try lines.next() == Array(Self.versionLine.utf8.dropLast()) else { throw .headerMalformed }
        var stanzas: [AgeStanza] = []
        while true {
            let line = try lines.next()
            if line.starts(with: "--- ".utf8) {
                guard let code = AgeBase64.decode(Array(line.dropFirst(4)), bytesMax: 32), code.count == 32,
                    !stanzas.isEmpty
                else { throw .headerMalformed }
                return (AgeHeader(stanzas: stanzas, code: code), lines.offset)
            }
            guard line.starts(with: "-> ".utf8), stanzas.count < AgeLimits.stanzaCountMax else {
                throw .headerMalformed
            }
            let words = line.dropFirst(3).split(separator: 0x20, omittingEmptySubsequences: false)
            guard words.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (0x21...0x7E).contains($0) } }) else {
                throw .headerMalformed
            }
            stanzas.append(
                AgeStanza(
                    words: words.map { String(decoding: $0, as: UTF8.self) }, body: try Self.body(&lines)))
        }
    }

    private static func body(_ lines: inout LineReader) throws(AgeError) -> [UInt8] {
        var text: [UInt8] = []
        while true {
            let line = try lines.next()
            guard line.count <= Self.columns else { throw .headerMalformed }
            text += line
            if line.count < Self.columns { break }
        }
        guard let body = AgeBase64.decode(text, bytesMax: AgeLimits.headerBytesMax) else { throw .headerMalformed }
        return body
    }

    private struct LineReader {
        let bytes: [UInt8]
        var offset = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        mutating func next() throws(AgeError) -> [UInt8] {
            let rest = self.bytes[self.offset..<min(self.bytes.count, AgeLimits.headerBytesMax)]
            guard let end = rest.firstIndex(of: 0x0A) else { throw .headerMalformed }
            defer { self.offset = end + 1 }
            return Array(rest[..<end])
        }
    }
}
