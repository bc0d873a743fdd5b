internal import AuditCore

/// Spells timelines as JSON that may stand in a page: `<`, `>` and `&` are escaped too, so that no text ends a script.
enum ExportJSON {
    static func quoted(_ text: String) -> String {
        var result = ""
        for scalar in JSONText.quoted(text).unicodeScalars {
            switch scalar {
            case "<": result += "\\u003c"
            case ">": result += "\\u003e"
            case "&": result += "\\u0026"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    static func list(_ parts: [String]) -> String { "[" + parts.joined(separator: ",") + "]" }
}
