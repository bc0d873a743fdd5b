/// Text between a BEGIN and an END line, as OpenSSH wraps signatures and private keys.
enum Armor {
    /// The bytes between `-----BEGIN label-----` and `-----END label-----`. Spaces around the lines are allowed, text
    /// before or after is not. Throws `armorMissing`, `base64Malformed`, `tooLong`.
    static func decode(_ text: [UInt8], label: String, bytesMax: Int) throws(SSHError) -> [UInt8] {
        // A line of 64 characters has at most a CR and an LF: twice the base64 is more than any honest file.
        guard text.count <= bytesMax * 4 else { throw .tooLong(bytesMax: bytesMax) }
        let body = Self.trimmed(text[...])
        let begin = Array("-----BEGIN \(label)-----".utf8)
        let end = Array("-----END \(label)-----".utf8)
        guard body.count > begin.count + end.count, body.starts(with: begin), body.suffix(end.count).elementsEqual(end)
        else { throw .armorMissing }
        let inner = body.dropFirst(begin.count).dropLast(end.count)
        guard let first = inner.first, Self.isLineEnd(first), let last = inner.last, Self.isLineEnd(last) else {
            throw .armorMissing
        }
        return try Base64.decode(inner.filter { !Self.isLineEnd($0) }, bytesMax: bytesMax)
    }

    /// Lines of 70 characters, as OpenSSH writes them, with a line end after the last.
    static func encode(_ bytes: [UInt8], label: String) -> String {
        var text = "-----BEGIN \(label)-----\n"
        var rest = Base64.encode(bytes).utf8[...]
        while !rest.isEmpty {
            text += String(decoding: rest.prefix(70), as: UTF8.self) + "\n"
            rest = rest.dropFirst(70)
        }
        return text + "-----END \(label)-----\n"
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || Self.isLineEnd($0) }
        let front = text.drop(while: isSpace)
        guard let last = front.lastIndex(where: { !isSpace($0) }) else { return front }
        return front[...last]
    }
}

extension SSHSignature {
    private static let label = "SSH SIGNATURE"

    /// Reads the text form, as in a `.sig` file. Throws also `armorMissing` and `base64Malformed`.
    package init(armored text: [UInt8]) throws(SSHError) {
        try self.init(
            blob: try Armor.decode(text, label: Self.label, bytesMax: SSHLimits.signatureBytesMax))
    }

    /// The text form, as `ssh-keygen -Y sign` writes it.
    package var armored: String { Armor.encode(self.blob, label: Self.label) }
}
