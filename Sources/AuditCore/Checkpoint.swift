/// What a log commits to: origin, size and root (C2SP tlog-checkpoint).
package struct Checkpoint: Equatable, Sendable {
    /// The log's name, the same as its key's.
    package let origin: String
    /// How many records.
    package let size: UInt64
    /// The root over them.
    package let root: Digest32

    /// Commits `origin` to the first `size` records.
    package init(origin: String, size: UInt64, root: Digest32) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// The three lines that are signed.
    package var text: String { "\(self.origin)\n\(self.size)\n\(self.rootText)\n" }

    /// The root in base64.
    package var rootText: String { Base64Text.encode(self.root.bytes) }

    /// The note with the signature of `signer`; nil if the library refuses to sign.
    package func signed(by signer: NoteSigner) -> SignedCheckpoint? {
        guard let signature = signer.signature(of: self.text) else { return nil }
        var bytes = (0..<4).map { UInt8(truncatingIfNeeded: signer.verifier.id >> UInt32(24 - 8 * $0)) }
        bytes.append(contentsOf: signature)
        return SignedCheckpoint("\(self.text)\n\u{2014} \(signer.verifier.name) \(Base64Text.encode(bytes))\n")
    }
}

/// A checkpoint with its signatures: the file `checkpoint`, a C2SP signed note.
package struct SignedCheckpoint: Equatable, Sendable {
    /// Whether a key signed it.
    package enum Verdict: String, Sendable {
        case good = "signature verified"
        case forged = "the signature is not this key's"
        case unsigned = "not signed by this key"
    }

    private struct Signature: Equatable, Sendable {
        let name: String
        let id: UInt32
        let bytes: [UInt8]
    }

    /// The note, byte for byte.
    package let note: String
    /// What it says.
    package let checkpoint: Checkpoint
    private let signatures: [Signature]

    /// The signed checkpoint that `note` spells; nil if it has not three lines, an empty one, and 1 to 16 signatures,
    /// or is longer than `AuditLimits.checkpointBytesMax`.
    package init?(_ note: String) {
        guard note.utf8.count <= AuditLimits.checkpointBytesMax else { return nil }
        var lines = note.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 6, lines.popLast() == "", lines[3].isEmpty, NoteKey.isName(String(lines[0])),
            let size = UInt64(lines[1]), String(size) == lines[1],
            let root = Base64Text.decode(lines[2]).flatMap({ Digest32(bytes: $0) })
        else { return nil }
        let signatures = lines.dropFirst(4).map { Self.signature($0) }
        guard signatures.count <= 16, !signatures.contains(nil) else { return nil }
        self.note = note
        self.checkpoint = Checkpoint(origin: String(lines[0]), size: size, root: root)
        self.signatures = signatures.compactMap { $0 }
    }

    /// The same from a file's bytes, which must be UTF-8.
    package init?(bytes: [UInt8]) {
        let note = String(decoding: bytes, as: UTF8.self)
        guard Array(note.utf8) == bytes else { return nil }
        self.init(note)
    }

    /// Whether `verifier`, the log's key, signed it.
    package func verdict(of verifier: NoteVerifier) -> Verdict {
        let own = self.signatures.filter { $0.name == verifier.name && $0.id == verifier.id }
        guard self.checkpoint.origin == verifier.name, !own.isEmpty else { return .unsigned }
        return own.allSatisfy { verifier.verifies($0.bytes, of: self.checkpoint.text) } ? .good : .forged
    }

    private static func signature(_ line: Substring) -> Signature? {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "\u{2014}", NoteKey.isName(String(parts[1])),
            let bytes = Base64Text.decode(parts[2]), bytes.count > 4
        else { return nil }
        let id = bytes.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return Signature(name: String(parts[1]), id: id, bytes: Array(bytes.dropFirst(4)))
    }
}
