package import AuditCore
internal import Wire

/// Single records in the forms that other programs take in.
package enum RecordExport {
    /// A line of JSON Lines: the record's exact bytes behind its index, so that its place in the tree can be proved.
    package static func jsonLine(_ line: ArraySlice<UInt8>, index: UInt64) -> [UInt8] {
        Array("{\"index\":\(index),\"record\":".utf8) + Array(line) + [0x7D]
    }

    /// A message of RFC 5424, without its end: facility 13 (log audit), the code as its MSGID, the record as its text.
    package static func syslog(_ record: AuditRecord, index: UInt64) -> String {
        let code = record.event.code.rawValue
        let severity = code.hasSuffix("E") ? 3 : code.hasSuffix("W") ? 4 : 6
        var data = "[alongside@32473 index=\"\(index)\" event=\"\(record.event.code.rule.event)\""
        if let site = record.site { data += " site=\"\(Self.escaped(site))\"" }
        if let session = record.session { data += " session=\"\(session.text)\"" }
        data += "]"
        // A text in UTF-8 begins with its mark (RFC 5424, section 6.4).
        return "<\(13 * 8 + severity)>1 \(AuditTime.text(record.stamp.wall)) - alongsided - \(code) \(data) \u{FEFF}"
            + String(decoding: record.line, as: UTF8.self)
    }

    /// A value of structured data (RFC 5424, section 6.3.3).
    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            if "\"\\]".contains(character) { result += "\\" }
            result.append(character)
        }
    }
}
