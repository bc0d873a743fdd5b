/// A JSON value (RFC 8259). Numbers are doubles, as in a browser.
package enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// The string, when it is one.
    package var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The truth value, when it is one.
    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The number, when it is one.
    package var number: Double? {
        if case .number(let value) = self { value } else { nil }
    }

    /// The number, when it is whole and fits.
    package var int: Int? {
        if case .number(let value) = self { Int(exactly: value) } else { nil }
    }

    /// The elements, when it is an array.
    package var array: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members, when it is an object.
    package var object: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// A member of an object; `nil` when absent or when this is no object.
    package subscript(name: String) -> JSONValue? {
        self.object?[name]
    }

    /// Appends the value as compact JSON.
    package func encode(into bytes: inout [UInt8]) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let value): Self.encode(value, into: &bytes)
        case .string(let value): Self.encode(value, into: &bytes)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                value.encode(into: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in object.members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.encode(member.name, into: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.encode(into: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// The value as compact JSON.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        self.encode(into: &bytes)
        return bytes
    }

    /// Appends a quoted string. Everything below U+0020, and DEL and the C1 range, leaves as an escape.
    package static func encode(_ string: String, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": bytes.append(contentsOf: "\\\"".utf8)
            case "\\": bytes.append(contentsOf: "\\\\".utf8)
            case "\n": bytes.append(contentsOf: "\\n".utf8)
            case "\u{0}"..<"\u{20}", "\u{7F}"..."\u{9F}":
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(Self.hexDigits[Int(scalar.value >> 4)])
                bytes.append(Self.hexDigits[Int(scalar.value & 15)])
            default: bytes.append(contentsOf: scalar.utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// JSON has no infinities: they and NaN leave as null. Whole numbers leave without a fraction.
    private static func encode(_ number: Double, into bytes: inout [UInt8]) {
        if let whole = Int(exactly: number) {
            bytes.append(contentsOf: String(whole).utf8)
        } else if number.isFinite {
            bytes.append(contentsOf: number.description.utf8)
        } else {
            bytes.append(contentsOf: "null".utf8)
        }
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)
}

/// The members of a JSON object in their order. Small: looked up by walking.
package struct JSONObject: Equatable, Sendable {
    /// One member.
    package struct Member: Equatable, Sendable {
        package var name: String
        package var value: JSONValue
    }

    package var members: [Member]

    package init(_ members: [(String, JSONValue?)] = []) {
        self.members = members.compactMap { name, value in
            value.map { Member(name: name, value: $0) }
        }
    }

    /// The value of the last member of that name, as browsers do; `nil` when there is none.
    package subscript(name: String) -> JSONValue? {
        self.members.last { $0.name == name }?.value
    }
}
