/// Strings for the JSON that the programs print, spelled as in records: no byte of it can steer a terminal.
package enum JSONText {
    /// `text` as a JSON string with its quotes.
    package static func quoted(_ text: String) -> String {
        var json = JSONWriter(bytes: [])
        json.string(text)
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
