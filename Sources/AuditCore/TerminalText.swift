/// Text from a log on its way to a terminal: what could steer the terminal, or look like other text, becomes visible.
package enum TerminalText {
    /// `text` with every control, format, private, surrogate and unassigned scalar, every separator but the space, and
    /// every combining mark beyond the fourth in a row written as `\u{…}`.
    package static func safe(_ text: String) -> String {
        var result = ""
        var marks = 0
        for scalar in text.unicodeScalars {
            marks = Self.isMark(scalar) ? marks + 1 : 0
            if Self.isPlain(scalar), marks <= 4 {
                result.unicodeScalars.append(scalar)
            } else {
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            }
        }
        return result
    }

    /// JSON with the same meaning as `json` in which such scalars are written as `\u` escapes (RFC 8259, 7).
    package static func safeJSON(_ json: String) -> String {
        var result = ""
        for scalar in json.unicodeScalars {
            if Self.isPlain(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
                    let digits = String(unit, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            }
        }
        return result
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: true
        default: false
        }
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .privateUse, .surrogate, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }
}
