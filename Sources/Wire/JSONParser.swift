/// Why bytes are not the JSON that this end reads.
package enum JSONError: UInt8, Error, CaseIterable, Sendable {
    /// Not JSON, or not UTF-8.
    case malformed
    /// Nested deeper than the limit.
    case tooDeep
    /// More values than the limit.
    case tooMany
}

extension JSONValue {
    /// Reads one JSON text, strictly (RFC 8259), within bounds on depth and number of values.
    package init(
        parsing bytes: [UInt8], depthMax: Int = WireLimits.jsonDepthMax,
        valueCountMax: Int = WireLimits.jsonValueCountMax
    ) throws(JSONError) {
        var parser = JSONParser(bytes: bytes, valuesLeft: valueCountMax)
        self = try parser.document(depthMax: depthMax)
    }
}

/// A recursive-descent parser over bytes; its recursion is bounded by `depthMax`.
private struct JSONParser {
    let bytes: [UInt8]
    var valuesLeft: Int
    var place = 0

    mutating func document(depthMax: Int) throws(JSONError) -> JSONValue {
        let value = try self.value(depthLeft: depthMax)
        self.skipSpace()
        guard self.place == self.bytes.count else { throw .malformed }
        return value
    }

    private var next: UInt8? { self.place < self.bytes.count ? self.bytes[self.place] : nil }

    private mutating func skipSpace() {
        while let byte = self.next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { self.place += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard self.next == byte else { return false }
        self.place += 1
        return true
    }

    private mutating func value(depthLeft: Int) throws(JSONError) -> JSONValue {
        guard depthLeft > 0 else { throw .tooDeep }
        guard self.valuesLeft > 0 else { throw .tooMany }
        self.valuesLeft -= 1
        self.skipSpace()
        switch self.next {
        case UInt8(ascii: "{"): return try self.object(depthLeft: depthLeft)
        case UInt8(ascii: "["): return try self.array(depthLeft: depthLeft)
        case UInt8(ascii: "\""): return .string(try self.string())
        case UInt8(ascii: "t"): return try self.word("true", .bool(true))
        case UInt8(ascii: "f"): return try self.word("false", .bool(false))
        case UInt8(ascii: "n"): return try self.word("null", .null)
        case .some: return .number(try self.number())
        case nil: throw .malformed
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for offset in 0..<word.utf8CodeUnitCount {
            // In bounds: the loop stops at the static string's own count.
            guard self.take(unsafe word.utf8Start[offset]) else { throw .malformed }
        }
        return value
    }

    private mutating func array(depthLeft: Int) throws(JSONError) -> JSONValue {
        self.place += 1
        var values: [JSONValue] = []
        self.skipSpace()
        if self.take(UInt8(ascii: "]")) { return .array(values) }
        while true {
            values.append(try self.value(depthLeft: depthLeft - 1))
            self.skipSpace()
            if self.take(UInt8(ascii: "]")) { return .array(values) }
            guard self.take(UInt8(ascii: ",")) else { throw .malformed }
        }
    }

    private mutating func object(depthLeft: Int) throws(JSONError) -> JSONValue {
        self.place += 1
        var object = JSONObject()
        self.skipSpace()
        if self.take(UInt8(ascii: "}")) { return .object(object) }
        while true {
            self.skipSpace()
            guard self.next == UInt8(ascii: "\"") else { throw .malformed }
            let name = try self.string()
            self.skipSpace()
            guard self.take(UInt8(ascii: ":")) else { throw .malformed }
            object.members.append(JSONObject.Member(name: name, value: try self.value(depthLeft: depthLeft - 1)))
            self.skipSpace()
            if self.take(UInt8(ascii: "}")) { return .object(object) }
            guard self.take(UInt8(ascii: ",")) else { throw .malformed }
        }
    }

    /// The grammar of RFC 8259, section 6, checked before the digits are handed to the standard library.
    private mutating func number() throws(JSONError) -> Double {
        let start = self.place
        _ = self.take(UInt8(ascii: "-"))
        if !self.take(UInt8(ascii: "0")) { try self.digits() }
        let isWhole = self.next != UInt8(ascii: ".") && self.next != UInt8(ascii: "e") && self.next != UInt8(ascii: "E")
        if isWhole, self.place - start <= 16 { return self.wholeNumber(from: start) }
        if self.take(UInt8(ascii: ".")) { try self.digits() }
        if self.take(UInt8(ascii: "e")) || self.take(UInt8(ascii: "E")) {
            if !self.take(UInt8(ascii: "+")) { _ = self.take(UInt8(ascii: "-")) }
            try self.digits()
        }
        guard self.place - start <= 64,
            let value = Double(String(decoding: self.bytes[start..<self.place], as: UTF8.self)),
            value.isFinite
        else { throw .malformed }
        return value
    }

    /// Up to 15 digits and a sign: exact in an `Int` and in a `Double`.
    private func wholeNumber(from start: Int) -> Double {
        let isNegative = self.bytes[start] == UInt8(ascii: "-")
        var value = 0
        for byte in self.bytes[(isNegative ? start + 1 : start)..<self.place] {
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return Double(isNegative ? -value : value)
    }

    private mutating func digits() throws(JSONError) {
        let start = self.place
        while let byte = self.next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { self.place += 1 }
        guard self.place > start else { throw .malformed }
    }

    private mutating func string() throws(JSONError) -> String {
        self.place += 1
        let start = self.place
        while let byte = self.next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
            self.place += 1
        }
        if self.next == UInt8(ascii: "\"") {
            defer { self.place += 1 }
            return try Self.text(Array(self.bytes[start..<self.place]))
        }
        return try self.escapedString(from: start)
    }

    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var text = Array(self.bytes[start..<self.place])
        while let byte = self.next, byte >= 0x20 {
            self.place += 1
            if byte == UInt8(ascii: "\"") { return try Self.text(text) }
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            text.append(contentsOf: try self.escape().utf8)
        }
        throw .malformed
    }

    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        guard let byte = self.next else { throw .malformed }
        self.place += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try self.unicodeEscape()
        default: throw .malformed
        }
    }

    /// A lone surrogate becomes U+FFFD: browsers hold such strings and `JSON.stringify` writes them.
    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let unit = try self.hexUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, self.place + 1 < self.bytes.count, self.bytes[self.place] == UInt8(ascii: "\\"),
            self.bytes[self.place + 1] == UInt8(ascii: "u")
        else { return "\u{FFFD}" }
        let before = self.place
        self.place += 2
        let low = try self.hexUnit()
        guard low >= 0xDC00, low <= 0xDFFF else {
            self.place = before
            return "\u{FFFD}"
        }
        return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}"
    }

    private mutating func hexUnit() throws(JSONError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = self.next else { throw .malformed }
            self.place += 1
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            default: throw .malformed
            }
        }
        return unit
    }

    private static func text(_ bytes: [UInt8]) throws(JSONError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed }
        return text
    }
}
