/// The proof that one record stands in the log: C2SP tlog-proof, with the record itself as `extra`.
package struct LogProof: Equatable, Sendable {
    /// What a proof is worth.
    package enum Verdict: String, Sendable {
        case good = "the record is in the log"
        case forged = "the checkpoint's signature is not this key's"
        case unsigned = "the checkpoint is not signed by this key"
        case path = "the path does not lead from the record to the checkpoint's root"
    }

    private static let header = "c2sp.org/tlog-proof@v1"

    /// The record's line.
    package let record: [UInt8]
    /// Its index in the log.
    package let index: UInt64
    /// The audit path, from the leaf's sibling up.
    package let path: [Digest32]
    /// A checkpoint that covers it.
    package let checkpoint: SignedCheckpoint

    /// Proves that `record` stands at `index` of the log that `checkpoint` commits to.
    package init(record: [UInt8], index: UInt64, path: [Digest32], checkpoint: SignedCheckpoint) {
        self.record = record
        self.index = index
        self.path = path
        self.checkpoint = checkpoint
    }

    /// The file's text.
    package var text: String {
        let path = self.path.map { Base64Text.encode($0.bytes) + "\n" }.joined()
        return "\(Self.header)\nextra \(Base64Text.encode(self.record))\nindex \(self.index)\n\(path)\n"
            + self.checkpoint.note
    }

    /// The proof that `bytes` spell, or nil. The record must be there: without it nobody can make the leaf's hash.
    package init?(bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard bytes.count <= AuditLimits.proofBytesMax, Array(text.utf8) == bytes else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > 4, lines[0] == Self.header, lines[1].hasPrefix("extra "), lines[2].hasPrefix("index "),
            let record = Base64Text.decode(lines[1].dropFirst(6)), let index = UInt64(lines[2].dropFirst(6)),
            let gap = lines.firstIndex(of: ""),
            let checkpoint = SignedCheckpoint(lines[(gap + 1)...].joined(separator: "\n"))
        else { return nil }
        let path = lines[3..<gap].compactMap { Base64Text.decode($0).flatMap { Digest32(bytes: $0) } }
        guard path.count == gap - 3 else { return nil }
        self.init(record: record, index: index, path: path, checkpoint: checkpoint)
        guard self.text == text else { return nil }
    }

    /// Whether the path holds and, given one, `verifier` signed the checkpoint.
    package func verdict(of verifier: NoteVerifier?) -> Verdict {
        switch verifier.map({ self.checkpoint.verdict(of: $0) }) {
        case .forged: return .forged
        case .unsigned: return .unsigned
        case .good, nil: break
        }
        let head = self.checkpoint.checkpoint
        return MerkleProof.verifiesInclusion(
            of: MerkleTree.leaf(self.record[...]), index: self.index, size: head.size, path: self.path, root: head.root)
            ? .good : .path
    }
}
