import Support
import Testing
import Wire

@Suite struct ValueTests {
    @Test func aSessionIDIsTheSameAfterItsText() {
        var random = SplitMix64(seed: 3)
        for _ in 0..<1000 {
            let id = SessionID(high: random.next(), low: random.next())
            #expect(SessionID(id.text) == id)
            #expect(id.text.utf8.count == SessionID.textCount)
        }
        #expect(SessionID(high: 0, low: 1).text == "00000000000000000000000001")
        #expect(SessionID(high: .max, low: .max).text == "7zzzzzzzzzzzzzzzzzzzzzzzzz")
        #expect(SessionID(high: 1, low: 0).bytes == [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test(arguments: ["", "8zzzzzzzzzzzzzzzzzzzzzzzzz", "0000000000000000000000000I", "0000000000000000000000000"])
    func thisIsNoSessionID(_ text: String) {
        #expect(SessionID(text) == nil)
    }

    @Test func momentsStopAtTheEndsOfTheClock() {
        #expect(Instant(nanoseconds: 5) + .nanoseconds(-9) == Instant(nanoseconds: 0))
        #expect(Instant(nanoseconds: .max) + .seconds(1) == Instant(nanoseconds: .max))
        #expect(Instant(nanoseconds: 5).duration(since: Instant(nanoseconds: 9)) == .zero)
        #expect(Instant(nanoseconds: 1_500_000_000).duration(since: Instant(nanoseconds: 0)) == .milliseconds(1500))
        #expect(Duration.seconds(Int64.max).nanosecondsClamped == .max)
    }

    @Test(arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
    func aSharedFrameIsAReadyWebSocketMessage(_ count: Int) {
        let body = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let frame = SharedFrame(body)
        let message = unsafe frame.withMessage { unsafe Array($0) }
        #expect(frame.array == body)
        #expect(frame.messageByteCount == message.count)
        #expect(message[0] == 0x82)
        let expected: [UInt8] =
            count < 126
            ? [UInt8(count)]
            : count <= 0xFFFF
                ? [126, UInt8(count >> 8), UInt8(count & 255)]
                : [127] + (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }
        #expect(Array(message[1..<(1 + expected.count)]) == expected)
        #expect(Array(message[(1 + expected.count)...]) == body)
    }

    @Test func aGrowingBufferKeepsItsBytes() {
        var buffer = FrameBuffer(capacity: 1)
        var expected: [UInt8] = []
        for step in 0..<300 {
            let piece = [UInt8](repeating: UInt8(truncatingIfNeeded: step), count: step % 7)
            buffer.append(piece)
            expected += piece
        }
        #expect(SharedFrame(adopting: buffer).array == expected)
    }

    @Test func everyCloseSentenceFitsACloseFrame() {
        for code in CloseCode.allCases {
            #expect(code.sentence.utf8CodeUnitCount <= 123)
            #expect(code.mayReconnect == (code.rawValue < 4500))
        }
    }
}
