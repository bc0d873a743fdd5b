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
        Self.appendBase64(bytes, to: &out)
        out.append(ascii: "\u{1B}\\")
        return out
    }

    /// RFC 4648, section 4.
    private static func appendBase64(_ bytes: [UInt8], to out: inout [UInt8]) {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                out.append(place <= group.count ? digits[bits >> (18 - 6 * place) & 63] : 0x3D)
            }
        }
    }
}
