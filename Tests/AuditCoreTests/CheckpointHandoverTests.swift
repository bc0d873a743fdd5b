import AuditCore
import Testing

@Suite struct CheckpointHandoverTests {
    private static func signed(_ size: UInt64, name: String = "log.example", seed: UInt8 = 1) throws -> SignedCheckpoint
    {
        let signer = try #require(NoteSigner(name: name, seed: [UInt8](repeating: seed, count: 32)))
        let root = Digest32.sha256(of: [UInt8(size)])
        return try #require(Checkpoint(origin: name, size: size, root: root).signed(by: signer))
    }

    private static func verifier() throws -> NoteVerifier {
        try #require(NoteSigner(name: "log.example", seed: [UInt8](repeating: 1, count: 32))).verifier
    }

    @Test func aBodyIsReadBackAsItWasWritten() throws {
        for path in [[], [Digest32.zero], (0..<63).map { Digest32.sha256(of: [UInt8($0)]) }] {
            let handover = CheckpointHandover(old: 7, path: path, checkpoint: try Self.signed(9))
            #expect(CheckpointHandover(bytes: Array(handover.text.utf8)) == handover)
        }
        let long = CheckpointHandover(
            old: 7, path: [Digest32](repeating: .zero, count: 64), checkpoint: try Self.signed(9))
        #expect(CheckpointHandover(bytes: Array(long.text.utf8)) == nil)
    }

    @Test func whatIsNoBodyIsRefused() throws {
        let note = try Self.signed(9).note
        for text in [
            "", "\n\n", "old 0", "old 0\n\n", "old -1\n\n\(note)", "old 00\n\n\(note)", "old 1\nnot base64\n\n\(note)",
            "new 0\n\n\(note)", "old 18446744073709551616\n\n\(note)", "old 0\n\(note)", "old 0\n\n\n\(note)",
        ] {
            #expect(CheckpointHandover(bytes: Array(text.utf8)) == nil, "\(text)")
        }
        #expect(CheckpointHandover(bytes: [0x6F, 0x6C, 0x64, 0xFF]) == nil)
        #expect(CheckpointHandover(bytes: [UInt8](repeating: 0x0A, count: CheckpointHandover.bytesMax + 1)) == nil)
    }

    @Test func aWitnessTakesOnlyWhatGoesOnFromWhatItHolds() throws {
        let (old, new, verifier) = (try Self.signed(5), try Self.signed(9), try Self.verifier())
        func refusal(
            _ from: UInt64, _ checkpoint: SignedCheckpoint, after last: SignedCheckpoint?, path: [Digest32] = []
        ) -> CheckpointHandover.Refusal? {
            CheckpointHandover(old: from, path: path, checkpoint: checkpoint)
                .refusal(after: last?.checkpoint, verifier: verifier)
        }
        #expect(refusal(0, new, after: nil) == nil)
        #expect(refusal(5, new, after: nil) == .otherStart)
        #expect(refusal(0, new, after: nil, path: [.zero]) == .otherStart)
        #expect(refusal(4, new, after: old) == .otherStart)
        #expect(refusal(5, new, after: old, path: [.zero]) == .inconsistent)
        #expect(refusal(9, old, after: new) == .inconsistent)
        #expect(refusal(9, new, after: new) == nil)
        #expect(refusal(0, try Self.signed(9, seed: 2), after: nil) == .unsigned)
        #expect(refusal(0, try Self.signed(9, name: "other.example"), after: nil) == .unsigned)
    }
}
