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

    @Test func aBombIsTooLarge() throws {
        // 1 MiB of zeros, 1033 bytes deflated: beyond 200 to 1.
        let bomb: [UInt8] =
            [0xed, 0xc1, 0x31, 0x01, 0, 0, 0, 0xc2, 0xa0, 0xf5, 0x4f, 0x6d, 0x08, 0x5f, 0xa0]
            + [UInt8](repeating: 0, count: 1033 - 17) + [0x3e, 0x03]
        #expect(try self.problem(.keyframe, bomb, deflated: true) == .tooLarge)
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
