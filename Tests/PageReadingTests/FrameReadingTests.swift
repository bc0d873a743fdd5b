import PageView
import RepConsole
import Testing
import Wire

@testable import PageReading

@Suite struct FrameReadingTests {
    private func frame(_ kind: FrameKind, _ body: [UInt8], deflated: Bool = false) -> Frame {
        Frame(kind, session: 7, sequence: 3, captureTime: 5, isDeflated: deflated, body: body)
    }

    private func problem(_ kind: FrameKind, _ body: [UInt8], deflated: Bool = false) throws -> PageProblem? {
        guard case .page(let arrival, _) = try FrameReading.meaning(of: self.frame(kind, body, deflated: deflated)),
            case .failure(let problem) = arrival.content
        else { return nil }
        return problem
    }

    @Test func aScrollIsReadWithTheFactsOfItsHeader() throws {
        let body = Array("[[0,0,40]]".utf8)
        let arrival = PageArrival(
            number: 7, sequence: 3, captureTime: 5, isKeyframe: false, content: .success(.scroll(try ViewScroll(body))))
        #expect(try FrameReading.meaning(of: self.frame(.scroll, body)) == .page(arrival, byteCount: body.count))
    }

    @Test func aDeflatedBodyIsInflated() throws {
        // "[[0,0,40]]" as a stored block of raw DEFLATE (RFC 1951, 3.2.4).
        let body: [UInt8] = [0x01, 10, 0, 0xf5, 0xff] + Array("[[0,0,40]]".utf8)
        guard
            case .page(let arrival, let byteCount) = try FrameReading.meaning(
                of: self.frame(.scroll, body, deflated: true))
        else {
            Issue.record("not a page frame")
            return
        }
        #expect(arrival.content == .success(.scroll(try ViewScroll(Array("[[0,0,40]]".utf8)))))
        #expect(byteCount == 10)
    }

    /// 1 MiB of zeros, 1033 bytes deflated: beyond 200 to 1.
    private static let bomb: [UInt8] =
        [0xed, 0xc1, 0x31, 0x01, 0, 0, 0, 0xc2, 0xa0, 0xf5, 0x4f, 0x6d, 0x08, 0x5f, 0xa0]
        + [UInt8](repeating: 0, count: 1033 - 17) + [0x3e, 0x03]

    /// A stored block of raw DEFLATE.
    private static func stored(_ bytes: some Collection<UInt8>, isLast: Bool = false) -> [UInt8] {
        let (low, high) = (UInt8(bytes.count & 0xFF), UInt8(bytes.count >> 8))
        return [isLast ? 1 : 0, low, high, ~low, ~high] + bytes
    }

    @Test func aBombIsTooLarge() throws {
        #expect(try self.problem(.keyframe, Self.bomb, deflated: true) == .tooLarge)
    }

    /// Blanks before the bomb and blocks of nothing, so many that the body has exactly its part of the content.
    @Test func aBodyMayInflateToSoManyTimesItsSizeAndNotOneByteMore() throws {
        for (blanks, fillings, more) in [(824, 677, 0), (25, 836, 1)] {
            let body =
                Self.stored([UInt8](repeating: 0x20, count: blanks))
                + Array(repeatElement(Self.stored([]), count: fillings).joined()) + Self.bomb
            #expect((1 << 20) + blanks == body.count * WireLimits.inflateRatioMax + more)
            #expect(
                try self.problem(.keyframe, body, deflated: true)
                    == (more == 0 ? .unreadable("notJSON") : .tooLarge))
        }
    }

    /// The same with a longer bomb: each zero byte of it stands for 1032 bytes of content.
    @Test func aBodyInflatesToTheMostBytesAndNotOneMore() throws {
        let zeros = 7_112
        for more in [0, 1] {
            let blanks = WireLimits.inflatedBytesMax - (1 << 20) - 1_032 * zeros + more
            let body =
                Self.stored([UInt8](repeating: 0x20, count: blanks))
                + Array(repeatElement(Self.stored([]), count: 7_000).joined())
                + Self.bomb.dropLast(2) + [UInt8](repeating: 0, count: zeros) + Self.bomb.suffix(2)
            #expect(body.count * WireLimits.inflateRatioMax > WireLimits.inflatedBytesMax + 1)
            #expect(
                try self.problem(.keyframe, body, deflated: true)
                    == (more == 0 ? .unreadable("notJSON") : .tooLarge))
        }
    }

    @Test func everyPageKindReportsWhatItCannotRead() throws {
        for kind in [FrameKind.keyframe, .delta, .scroll, .press] {
            #expect(try self.problem(kind, Array("{".utf8)) == .unreadable("notJSON"), "\(kind)")
            #expect(try self.problem(kind, [0xff], deflated: true) == .unreadable("not DEFLATE"), "\(kind)")
        }
    }

    @Test func aCursorThatLeftHasNoPoint() throws {
        #expect(try FrameReading.meaning(of: self.frame(.cursor, Array("[]".utf8))) == .cursor(nil))
        #expect(
            try FrameReading.meaning(of: self.frame(.cursor, Array("[512,340]".utf8)))
                == .cursor(ViewPoint(x: 512, y: 340)))
    }

    @Test func aCursorThatCannotBeReadIsDropped() throws {
        #expect(try FrameReading.meaning(of: self.frame(.cursor, Array("[1".utf8))) == .nothing)
    }

    @Test func aControlBodyThatBreaksTheFormatIsAnError() {
        #expect(throws: WireError.malformed) { try FrameReading.meaning(of: self.frame(.ready, Array("{}".utf8))) }
    }

    @Test func kindsForOthersAndOfLaterVersionsMeanNothing() throws {
        #expect(try FrameReading.meaning(of: self.frame(.hello, Array("{".utf8))) == .nothing)
        var later = self.frame(.ready, [])
        later.header.kind = 0x7f
        #expect(try FrameReading.meaning(of: later) == .nothing)
    }
}
