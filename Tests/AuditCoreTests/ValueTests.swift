import Testing
import Wire

@testable import AuditCore

@Suite struct ValueTests {
    let values: Vectors.Values

    init() throws { self.values = try Vectors.load(Vectors.Values.self, "audit-values.json") }

    static func session(_ bytes: [UInt8]) -> SessionID {
        func word(_ at: Int) -> UInt64 { bytes[at..<at + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        return SessionID(high: word(0), low: word(8))
    }

    @Test func checksumsEqualTheVectors() {
        for vector in self.values.crc32c { #expect(CRC32C.checksum(Vectors.bytes(vector.hex)[...]) == vector.crc) }
        #expect(CRC32C.checksum(Array("123456789".utf8)[...]) == 0xE306_9283)
    }

    @Test func sessionIdsAreWrittenAndReadAsInTheVectors() {
        for vector in self.values.sessions {
            let session = Self.session(Vectors.bytes(vector.hex))
            #expect(session.text == vector.text)
            #expect(session.bytes == Vectors.bytes(vector.hex))
            #expect(SessionID(vector.text) == session)
        }
    }

    @Test(arguments: [
        "", "0", "80000000000000000000000000", "0000000000000000000000000i", "0000000000000000000000000A",
    ])
    func aSessionIdSpelledOtherwiseIsRefused(text: String) {
        #expect(SessionID(text) == nil)
    }

    @Test func timesAreWrittenAndReadAsInTheVectors() {
        for vector in self.values.times {
            #expect(AuditTime.text(vector.wall) == vector.text)
            #expect(AuditTime.wall(Array(vector.text.utf8)[...]) == vector.wall)
        }
        #expect(AuditTime.text(.max) == "9999-12-31T23:59:59.999999Z")
    }

    @Test func everyDayOfFourHundredYearsIsReadAsItIsWritten() {
        for day in UInt64(0)..<146_097 {
            let wall = day * 86_400_000_000 + 1
            #expect(AuditTime.wall(Array(AuditTime.text(wall).utf8)[...]) == wall)
        }
    }

    @Test func frameHashesEqualTheVectors() {
        for vector in self.values.frameHashes {
            var hash = FrameHash(of: Self.session(Vectors.bytes(vector.session)))
            #expect(hash.digest.hex == vector.hashes[0])
            for (frame, expected) in zip(vector.frames, vector.hashes.dropFirst()) {
                hash.append(SharedFrame(Vectors.bytes(frame)))
                #expect(hash.digest.hex == expected)
            }
            #expect(hash.count == UInt64(vector.frames.count))
        }
    }

    @Test func pseudonymsEqualTheVectors() throws {
        for vector in self.values.pseudonyms {
            let kind = try #require(Pseudonym.Kind(rawValue: vector.kind))
            let text = Pseudonym.make(kind, of: Vectors.bytes(vector.id), key: Vectors.bytes(vector.key))
            #expect(text == vector.text)
            #expect(Pseudonym.isPseudonym(text))
        }
        #expect(!Pseudonym.isPseudonym("p:mari"))
    }

    @Test func aDigestIsReadAsItIsWritten() throws {
        let digest = Digest32.sha256(of: [1, 2, 3])
        #expect(Digest32(hex: Array(digest.hex.utf8)) == digest)
        #expect(Digest32(bytes: digest.bytes) == digest)
        #expect(Digest32(hex: Array(digest.hex.uppercased().utf8)) == nil)
        #expect(Digest32(bytes: [1]) == nil)
    }

    @Test func aBootIsReadAsItIsWritten() {
        let boot = BootID(high: 0x0011_2233_4455_6677, low: 0x8899_AABB_CCDD_EEFF)
        #expect(boot.text == "00112233445566778899aabbccddeeff")
        #expect(BootID(text: Array(boot.text.utf8)) == boot)
        #expect(BootID(text: Array("xx112233445566778899aabbccddeeff".utf8)) == nil)
    }

    @Test func rangesMergeAsASetDoes() {
        var random = SplitMix(state: 3)
        for _ in 0..<300 {
            var ranges = FrameRanges()
            var model: Set<UInt64> = []
            for _ in 0..<12 {
                let first = 1 + random.next() % 40
                let last = first + random.next() % 7
                ranges.insert(FrameRange(first, last))
                model.formUnion(first...last)
            }
            #expect(ranges.ranges.flatMap { Array($0.first...$0.last) } == model.sorted())
            #expect(zip(ranges.ranges, ranges.ranges.dropFirst()).allSatisfy { $0.last + 1 < $1.first })
        }
    }

    @Test func whatSteersATerminalIsMadeVisible() {
        #expect(
            TerminalText.safe("a\u{1B}]0;x\u{7}\n\u{9B}\u{202E}b\u{200B}\u{2028}é")
                == "a\\u{1b}]0;x\\u{7}\\u{a}\\u{9b}\\u{202e}b\\u{200b}\\u{2028}é")
        #expect(TerminalText.safe("e" + String(repeating: "\u{301}", count: 5)).hasSuffix("\\u{301}"))
        #expect(TerminalText.safeJSON("\"\u{202E}\u{E0001}\"") == "\"\\u202e\\udb40\\udc01\"")
    }
}
