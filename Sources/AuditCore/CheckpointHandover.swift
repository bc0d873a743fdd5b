/// What a witness is handed: a checkpoint with the proof that the log only grew since the last one that it took. The
/// body of `add-checkpoint` of C2SP tlog-witness: `old SIZE`, a hash a line, an empty line, the note.
package struct CheckpointHandover: Equatable, Sendable {
    /// Why a witness does not take it.
    package enum Refusal: String, Sendable {
        /// The proof begins elsewhere than at the checkpoint that the witness holds.
        case otherStart = "does not begin at the checkpoint that is held"
        /// The signature is missing, forged, or of another key.
        case unsigned = "is not signed by the log's key"
        /// What the proof says is not so.
        case inconsistent = "is not of a log that only grew: it was rewritten or rewound"
    }

    /// The size of the last checkpoint that was taken; 0 for none.
    package let old: UInt64
    /// The consistency proof from there (RFC 6962, section 2.1.2); empty for none and for the same size.
    package let path: [Digest32]
    /// The new checkpoint.
    package let checkpoint: SignedCheckpoint

    /// Hashes of a consistency proof: twice the levels of a tree of 2^63 records, and the bound of tlog-witness.
    package static let pathCountMax = 63
    /// Bytes of a body.
    package static let bytesMax = 32 + Self.pathCountMax * 45 + AuditLimits.checkpointBytesMax

    /// A proof from `old` records to `checkpoint`.
    package init(old: UInt64, path: [Digest32], checkpoint: SignedCheckpoint) {
        self.old = old
        self.path = path
        self.checkpoint = checkpoint
    }

    /// Reads a body; nil where it is none.
    package init?(bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard bytes.count <= Self.bytesMax, Array(text.utf8) == bytes,
            let end = text.firstRange(of: "\n\n"),
            let checkpoint = SignedCheckpoint(String(text[end.upperBound...]))
        else { return nil }
        let lines = text[..<end.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first, first.hasPrefix("old "), let old = UInt64(first.dropFirst(4)),
            "old \(old)" == first, lines.count - 1 <= Self.pathCountMax
        else { return nil }
        let path = lines.dropFirst().map { Base64Text.decode($0).flatMap { Digest32(bytes: $0) } }
        guard !path.contains(nil) else { return nil }
        self.init(old: old, path: path.compactMap(\.self), checkpoint: checkpoint)
    }

    /// The body.
    package var text: String {
        (["old \(self.old)"] + self.path.map { Base64Text.encode($0.bytes) } + ["", self.checkpoint.note])
            .joined(separator: "\n")
    }

    /// Why a witness that holds `last` does not take it; nil where it does.
    package func refusal(after last: Checkpoint?, verifier: NoteVerifier) -> Refusal? {
        let new = self.checkpoint.checkpoint
        guard self.checkpoint.verdict(of: verifier) == .good else { return .unsigned }
        guard let last else { return self.old == 0 && self.path.isEmpty ? nil : .otherStart }
        guard self.old == last.size else { return .otherStart }
        guard new.origin == last.origin, new.size >= last.size else { return .inconsistent }
        let isConsistent = MerkleProof.verifiesConsistency(
            from: last.size, oldRoot: last.root, to: new.size, root: new.root, path: self.path)
        return isConsistent ? nil : .inconsistent
    }
}
