import Deflate
import Testing

@Suite struct RawInflateTests {
    /// "Delivery details" as raw DEFLATE, made by another implementation's front end (Python's zlib, level 9).
    private static let words: [UInt8] = [
        0x73, 0x49, 0xcd, 0xc9, 0x2c, 0x4b, 0x2d, 0xaa, 0x54, 0x48, 0x49, 0x2d, 0x49, 0xcc, 0xcc, 0x29, 0x06, 0x00,
    ]

    /// 1 MiB of zeros as raw DEFLATE: 1033 bytes, nearly all of them zero.
    private static let bomb: [UInt8] =
        [0xed, 0xc1, 0x31, 0x01, 0, 0, 0, 0xc2, 0xa0, 0xf5, 0x4f, 0x6d, 0x08, 0x5f, 0xa0]
        + [UInt8](repeating: 0, count: 1033 - 17) + [0x3e, 0x03]

    private func outcome(_ body: [UInt8], bytes: Int = 8 << 20, ratio: Int = 200) -> Result<[UInt8], InflateError> {
        do throws(InflateError) {
            return .success(try RawInflate.inflate(body, byteCountMax: bytes, ratioMax: ratio))
        } catch {
            return .failure(error)
        }
    }

    @Test func aBodyComesBackAsItWas() {
        #expect(self.outcome(Self.words) == .success(Array("Delivery details".utf8)))
    }

    @Test func aSliceOfALongerArrayIsInflated() throws {
        let framed = [0xff, 0xff] + Self.words + [0xff]
        let body = framed[2..<(framed.count - 1)]
        #expect(try RawInflate.inflate(body, byteCountMax: 64, ratioMax: 200) == Array("Delivery details".utf8))
    }

    @Test func everyCutIsNoticed() {
        for length in 0..<Self.words.count {
            let cut = self.outcome(Array(Self.words.prefix(length)))
            #expect(cut == .failure(.cutShort), "cut after \(length) bytes")
        }
    }

    @Test func bytesAfterTheEndAreMalformed() {
        #expect(self.outcome(Self.words + [0]) == .failure(.malformed))
    }

    @Test func aReservedBlockTypeIsMalformed() {
        #expect(self.outcome([0x07, 0, 0, 0]) == .failure(.malformed))
    }

    @Test func contentAtTheByteBoundIsGivenAndOnePastItIsNot() {
        #expect(self.outcome(Self.words, bytes: 16) == .success(Array("Delivery details".utf8)))
        #expect(self.outcome(Self.words, bytes: 15) == .failure(.tooLarge))
    }

    @Test func aBodyThatGrowsPastTheRatioIsRefused() {
        #expect(self.outcome(Self.bomb, ratio: 200) == .failure(.tooLarge))
        #expect(self.outcome(Self.bomb, ratio: 2000) == .success([UInt8](repeating: 0, count: 1 << 20)))
        #expect(self.outcome(Self.bomb, bytes: 1 << 20, ratio: 2000) == .success([UInt8](repeating: 0, count: 1 << 20)))
        #expect(self.outcome(Self.bomb, bytes: (1 << 20) - 1, ratio: 2000) == .failure(.tooLarge))
    }

    @Test func aRatioThatOverflowsIsNoBoundOfItsOwn() {
        #expect(self.outcome(Self.words, bytes: 64, ratio: .max) == .success(Array("Delivery details".utf8)))
    }
}
