/// Requests to the terminal besides frames, as bytes for `TerminalDevice.request`. No text in them can end or start a
/// sequence.
package enum TerminalRequest {
    /// Longest text copied by `copy`: terminals refuse or cut longer ones.
    package static let copyBytesMax = 65_536
    private static let titleColumnsMax = 80

    /// Rings the bell.
    package static let bell: [UInt8] = [0x07]

    /// Sets the window's title (OSC 2). Our own words only: never what a shopper typed.
    package static func title(_ text: SafeText) -> [UInt8] {
        var out: [UInt8] = []
        out.append(ascii: "\u{1B}]2;")
        out += Array(text.truncated(toColumns: Self.titleColumnsMax).string.utf8)
        out.append(ascii: "\u{1B}\\")
        return out
    }

    /// Puts text in the clipboard (OSC 52), on the rep's own keystroke only; nil for a text longer than `copyBytesMax`.
    package static func copy(_ text: String) -> [UInt8]? {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.copyBytesMax else { return nil }
        var out: [UInt8] = []
        out.append(ascii: "\u{1B}]52;c;")
        out.append(base64: bytes)
        out.append(ascii: "\u{1B}\\")
        return out
    }
}
