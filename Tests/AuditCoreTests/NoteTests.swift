import Testing
import Wire

@testable import AuditCore

@Suite struct NoteTests {
    /// The key pair and the note of the documentation of Go's `golang.org/x/mod/sumdb/note`.
    private static let signerText =
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
    private static let verifierText = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    private static let message =
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    private static let signature =
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="

    private static let head = Checkpoint(origin: "PeterNeumann", size: 12, root: MerkleTree.emptyRoot)

    private func note() throws -> SignedCheckpoint {
        let signer = try #require(NoteSigner(Self.signerText))
        return try #require(Self.head.signed(by: signer))
    }

    @Test func theKnownKeysSignAndVerifyTheKnownNote() throws {
        let signer = try #require(NoteSigner(Self.signerText))
        #expect(signer.text == Self.signerText)
        #expect(signer.verifier.text == Self.verifierText)
        let known = try #require(Base64Text.decode(Self.signature))
        #expect(Array(known.prefix(4)) == [0xC7, 0x4F, 0x20, 0xA3])
        let verifier = try #require(NoteVerifier(Self.verifierText))
        #expect(verifier.verifies(Array(known.dropFirst(4)), of: Self.message))
        #expect(!verifier.verifies(Array(known.dropFirst(4)), of: Self.message + "\n"))
    }

    @Test func aKeyHasOneSpelling() {
        for text in [Self.verifierText, Self.signerText] {
            for at in text.utf8.indices {
                var changed = Array(text.utf8)
                changed[text.utf8.distance(from: text.utf8.startIndex, to: at)] ^= 1
                let other = String(decoding: changed, as: UTF8.self)
                #expect(NoteVerifier(other) == nil)
                #expect(NoteSigner(other) == nil)
            }
        }
        for name in ["", "a b", "a+b", "a\u{2003}b", "a\nb", String(repeating: "a", count: 129)] {
            #expect(NoteSigner(name: name, seed: [UInt8](repeating: 1, count: 32)) == nil)
        }
        #expect(NoteSigner(name: "a", seed: [1]) == nil)
    }

    @Test func aCheckpointIsSignedAndReadBack() throws {
        let note = try self.note()
        #expect(note.note.hasPrefix("PeterNeumann\n12\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\u{2014} Pete"))
        #expect(note.checkpoint == Self.head)
        let verifier = try #require(NoteVerifier(Self.verifierText))
        #expect(note.verdict(of: verifier) == .good)
        let other = try #require(NoteSigner(name: "PeterNeumann", seed: [UInt8](repeating: 7, count: 32)))
        #expect(note.verdict(of: other.verifier) == .unsigned)
        let both = try #require(SignedCheckpoint(note.note + "\u{2014} witness.example AAAAAAAA\n"))
        #expect(both.verdict(of: verifier) == .good)
    }

    @Test func everyByteOfACheckpointThatIsFlippedIsSeen() throws {
        let (note, verifier) = (Array(try self.note().note.utf8), try #require(NoteVerifier(Self.verifierText)))
        for at in note.indices {
            for bit in 0..<8 {
                var flipped = note
                flipped[at] ^= 1 << UInt8(bit)
                let read = SignedCheckpoint(bytes: flipped)
                #expect(read == nil || read?.verdict(of: verifier) != .good)
            }
            let cut = SignedCheckpoint(bytes: Array(note.prefix(at)))
            #expect(cut == nil)
        }
        let line = String(decoding: note, as: UTF8.self).split(separator: "\n").last ?? ""
        let many = String(decoding: note, as: UTF8.self) + String(repeating: line + "\n", count: 16)
        #expect(SignedCheckpoint(many) == nil)
    }

    @Test func aProofIsReadBackAndEveryFlippedByteIsSeen() throws {
        let record = Array("{\"v\":1}".utf8)
        let other = MerkleTree.leaf([1])
        let root = MerkleTree.node(other, MerkleTree.leaf(record[...]))
        let signer = try #require(NoteSigner(Self.signerText))
        let head = try #require(Checkpoint(origin: "PeterNeumann", size: 2, root: root).signed(by: signer))
        let proof = LogProof(record: record, index: 1, path: [other], checkpoint: head)
        let bytes = Array(proof.text.utf8)
        #expect(proof.text.hasPrefix("c2sp.org/tlog-proof@v1\nextra eyJ2IjoxfQ==\nindex 1\n"))
        #expect(LogProof(bytes: bytes) == proof)
        #expect(proof.verdict(of: nil) == .good)
        #expect(proof.verdict(of: signer.verifier) == .good)
        for at in bytes.indices {
            var flipped = bytes
            flipped[at] ^= 1
            let read = LogProof(bytes: flipped)
            #expect(read == nil || read?.verdict(of: signer.verifier) != .good)
            let cut = LogProof(bytes: Array(bytes.prefix(at)))
            #expect(cut == nil)
        }
        let foreign = try #require(NoteSigner(name: "other", seed: [UInt8](repeating: 7, count: 32)))
        #expect(proof.verdict(of: foreign.verifier) == .unsigned)
        let strayed = LogProof(record: record, index: 0, path: [other], checkpoint: head)
        #expect(strayed.verdict(of: signer.verifier) == .path)
    }

    @Test func aStateIsReadBackAndEveryFlippedByteIsSeen() throws {
        var (range, accounts) = (CompactRange(), SessionAccounts())
        for number in 0..<11 { range.append(MerkleTree.leaf([UInt8(number)])) }
        for number in 1...3 {
            let session = SessionID(high: 0, low: UInt64(number))
            let entry = AuditEntry(
                .sessionOpened(origin: "o", path: "/"), by: .relay, site: number == 2 ? nil : "shop \"\(number)\"",
                session: session)
            let record = AuditRecord(
                entry, sequence: 1, at: AuditStamp(wall: 0, mono: 0), boot: BootID(high: 0, low: 0))
            let isEnd = accounts.read(record)
            #expect(!isEnd)
        }
        let state = LogState(
            segments: [LogState.Segment(firstIndex: 0, end: 900), LogState.Segment(firstIndex: 7, end: 400)],
            last: MerkleTree.leaf([10]), range: range, accounts: accounts)
        let bytes = state.bytes
        #expect(LogState(bytes: bytes) == state)
        for at in bytes.indices {
            var flipped = bytes
            flipped[at] ^= 1
            let read = LogState(bytes: flipped)
            #expect(read == nil)
            let cut = LogState(bytes: Array(bytes.prefix(at)))
            #expect(cut == nil)
        }
    }

    @Test func base64HasOneSpelling() {
        for count in 0..<20 {
            let bytes = (0..<count).map { UInt8($0 * 37 & 255) }
            #expect(Base64Text.decode(Base64Text.encode(bytes)) == bytes)
        }
        #expect(Base64Text.encode(Array("foob".utf8)) == "Zm9vYg==")
        for text in ["Zg", "Zh==", "Zg==\n", "Z-9=", "=", "Zg===", "Zm9v "] { #expect(Base64Text.decode(text) == nil) }
    }

    @Test func accountsFollowTheRecordsOfASession() throws {
        var accounts = SessionAccounts()
        let session = SessionID(high: 0, low: 5)
        func read(_ event: AuditEvent, _ sequence: UInt64) -> Bool {
            accounts.read(
                AuditRecord(
                    AuditEntry(event, by: .relay, site: "s", session: session), sequence: sequence,
                    at: AuditStamp(wall: 0, mono: 0), boot: BootID(high: 0, low: 0)))
        }
        #expect(read(.sessionOpened(origin: "o", path: "/"), 1) == false)
        #expect(accounts.open[session]?.hash == FrameHash(of: session).digest)
        let hash = Digest32.sha256(of: [1])
        #expect(
            !read(
                AuditEvent(
                    .framesHashed, [.count(1), .count(4), .digest(hash)] + Array(repeating: .count(0), count: 5)), 2))
        #expect(read(.framesLost(FrameRange(5, 6)), 3) == false)
        #expect(accounts.open[session]?.frames == 6)
        #expect(accounts.open[session]?.sequence == 3)
        #expect(accounts.open[session]?.hash == hash)
        #expect(read(.sessionAbandoned(frames: 6, hash: hash), 4) == true)
        #expect(accounts.sessions == [])
    }
}
