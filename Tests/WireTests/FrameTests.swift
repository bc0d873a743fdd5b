import Support
import Testing
import Wire

@Suite struct FrameTests {
    @Test func everyFrameVectorReadsAsItSays() throws {
        for vector in try Vectors.load("frames.json") {
            let name = try #require(vector["name"]?.string)
            let message = bytes(hex: try #require(vector["hex"]?.string))
            if let error = vector["error"]?.string {
                let thrown = #expect(throws: WireError.self, "\(name)") { try Frame.all(in: message) }
                #expect(thrown.map { "\($0)" } == error, "\(name)")
            } else {
                let frames = try Frame.all(in: message)
                #expect(frames.map(Self.facts) == vector["frames"]?.array, "\(name)")
                #expect(frames.flatMap(\.bytes) == message, "\(name): encodes to the same bytes")
            }
        }
    }

    @Test func everyTruncationIsMalformedAndNeverTraps() throws {
        for vector in try Vectors.load("frames.json") where vector["error"] == nil {
            guard vector["frames"]?.array?.count == 1 else { continue }
            let message = bytes(hex: try #require(vector["hex"]?.string))
            for count in 0..<message.count {
                #expect(throws: WireError.malformed) { try Frame.all(in: Array(message[..<count])) }
            }
        }
    }

    @Test func randomBytesAreReadOrRefusedNeverTrapped() {
        var random = SplitMix64(seed: 1)
        for _ in 0..<20_000 {
            var message = (0..<Int.random(in: 0...96, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            if message.count > 15, Bool.random(using: &random) {
                message[0] = 1
                message[2] = 0
                message[3] = 0
                message[12...15] = [UInt8(message.count / 2), 0, 0, 0]
            }
            _ = try? Frame.all(in: message)
        }
    }

    @Test func theLaneOfEveryKindIsItsHighNibble() {
        for kind in FrameKind.allCases {
            let header = FrameHeader(kind: kind, session: 0, sequence: 1, bodyByteCount: 0, captureTime: 0)
            #expect(header.lane == kind.lane)
            #expect(header.knownKind == kind)
        }
    }

    private static func facts(_ frame: Frame) -> JSONValue {
        .object(
            JSONObject([
                ("kind", .number(Double(frame.header.kind))), ("deflated", .bool(frame.header.isDeflated)),
                ("session", .number(Double(frame.header.session))),
                ("sequence", .number(Double(frame.header.sequence))),
                ("captureTime", .number(Double(frame.header.captureTime))),
                ("body", .string(String(decoding: frame.body, as: UTF8.self))),
            ]))
    }
}
