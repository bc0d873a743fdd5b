/// Why a line is left out; `words` is bounded printable ASCII.
struct LineError: Error {
    let words: String

    init(_ words: String) { self.words = words }

    /// At most 64 bytes of a peer's or operator's word, with `?` for what cannot be printed.
    static func printable(_ word: some Collection<UInt8>) -> String {
        String(decoding: word.prefix(64).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}

/// The option word of an `allowed_signers` line: names, some with a quoted value, parted by commas.
struct SignerOptions {
    private(set) var isCertificateAuthority = false
    private(set) var namespaces: PatternList?
    private(set) var validAfter: Int64?
    private(set) var validBefore: Int64?

    /// Reads the whole word. Throws for an unknown option, one given twice and a value that is malformed: an option
    /// that is not understood could be a restriction.
    mutating func read(_ word: ArraySlice<UInt8>, zoneOffset: Int64) throws(LineError) {
        var rest = word
        repeat {
            let name = rest.prefix(while: { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ",") })
            rest = rest.dropFirst(name.count)
            var value: [UInt8]?
            if rest.first == UInt8(ascii: "=") {
                rest = rest.dropFirst()
                value = try Self.quoted(&rest, option: name)
            }
            try self.take(String(decoding: name, as: UTF8.self).lowercased(), name, value, zoneOffset: zoneOffset)
            guard let next = rest.first else { break }
            guard next == UInt8(ascii: ",") else { throw LineError("a comma is missing between two options") }
            rest = rest.dropFirst()
        } while true
        if let validAfter = self.validAfter, let validBefore = self.validBefore, validBefore <= validAfter {
            throw LineError("valid-before is not later than valid-after")
        }
    }

    private mutating func take(
        _ name: String, _ spelt: ArraySlice<UInt8>, _ value: [UInt8]?, zoneOffset: Int64
    ) throws(LineError) {
        switch (name, value) {
        case ("cert-authority", nil):
            self.isCertificateAuthority = true
        case ("namespaces", .some(let value)):
            guard self.namespaces == nil else { throw LineError("namespaces is given twice") }
            guard let list = PatternList(value) else { throw LineError("the list of namespaces has a gap") }
            self.namespaces = list
        case ("valid-after", .some(let value)):
            guard self.validAfter == nil else { throw LineError("valid-after is given twice") }
            self.validAfter = try Self.time(value, "valid-after", zoneOffset)
        case ("valid-before", .some(let value)):
            guard self.validBefore == nil else { throw LineError("valid-before is given twice") }
            self.validBefore = try Self.time(value, "valid-before", zoneOffset)
        case ("namespaces", nil), ("valid-after", nil), ("valid-before", nil):
            throw LineError("\(name) needs a value: \(name)=\"...\"")
        default:
            throw LineError("unknown option \"\(LineError.printable(spelt))\"")
        }
    }

    private static func time(_ value: [UInt8], _ name: String, _ zoneOffset: Int64) throws(LineError) -> Int64 {
        guard let time = SignerTime.parse(value, zoneOffset: zoneOffset) else {
            throw LineError(
                "\(name) \"\(LineError.printable(value))\" is not YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS"
                    + " (with Z for UTC)")
        }
        return time
    }

    /// A value in double quotes, `\"` for a quote inside.
    private static func quoted(
        _ rest: inout ArraySlice<UInt8>, option: ArraySlice<UInt8>
    ) throws(LineError) -> [UInt8] {
        let quote = UInt8(ascii: "\"")
        guard rest.first == quote else {
            throw LineError("the value of \(LineError.printable(option)) must stand in double quotes")
        }
        rest = rest.dropFirst()
        var value: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == quote { return value }
            if byte == UInt8(ascii: "\\"), rest.first == quote {
                rest = rest.dropFirst()
                value.append(quote)
            } else {
                value.append(byte)
            }
        }
        throw LineError("a quote is not closed")
    }
}
