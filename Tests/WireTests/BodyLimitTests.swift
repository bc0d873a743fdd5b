import Testing
import Wire

/// Bounds of bodies, each at the limit and one past it.
@Suite struct BodyLimitTests {
    private static func array(_ count: Int) -> [UInt8] {
        Array(("[" + Array(repeating: "1", count: count).joined(separator: ",") + "]").utf8)
    }

    private static func parsed(_ bytes: [UInt8]) throws(WireError) -> FrameHeader {
        try unsafe FrameHeader(parsing: bytes.span.bytes, at: 0)
    }

    @Test(arguments: [
        (FrameKind.keyframe, WireLimits.pageBodyBytesMax), (.cursor, WireLimits.cursorBodyBytesMax),
        (.consent, WireLimits.talkBodyBytesMax), (.hello, WireLimits.controlBodyBytesMax),
    ])
    func aBodyIsAsLongAsItsLaneAllowsAndNoLonger(_ kind: FrameKind, _ most: Int) throws {
        for (count, isTaken) in [(most, true), (most + 1, false)] {
            let header = FrameHeader(
                kind: kind, session: 1, sequence: 1, bodyByteCount: UInt32(count), captureTime: 1)
            var bytes: [UInt8] = []
            header.encode(into: &bytes)
            bytes += [UInt8](repeating: 0x20, count: count)
            if isTaken {
                #expect(try Self.parsed(bytes).bodyByteCount == header.bodyByteCount)
            } else {
                #expect(throws: WireError.tooLarge) { try Self.parsed(bytes) }
            }
        }
    }

    @Test func aTextOfABodyIsSoLongAndASignatureLonger() throws {
        func login(relay: Int, signature: Int) throws {
            let login = Login(
                principal: "ana", nonce: "n", cnonce: "c", relay: String(repeating: "r", count: relay),
                signature: String(repeating: "s", count: signature))
            _ = try Login(body: login.body())
        }
        let (text, signature) = (WireLimits.textBytesMax, WireLimits.signatureBytesMax)
        #expect(throws: Never.self) { try login(relay: text, signature: signature) }
        #expect(throws: WireError.malformed) { try login(relay: text + 1, signature: signature) }
        #expect(throws: WireError.malformed) { try login(relay: text, signature: signature + 1) }
    }

    @Test func anArrayIsOneValueAndSoIsEachOfItsMembers() throws {
        let most = WireLimits.jsonValueCountMax
        #expect(try JSONValue(parsing: Self.array(most - 1)).array?.count == most - 1)
        #expect(throws: JSONError.tooMany) { try JSONValue(parsing: Self.array(most)) }
    }

    @Test func aShopperIsToldOfSoManyWatchersAndNoMore() throws {
        let names = (0...WireLimits.watchNamesMax).map { "rep \($0)" }
        let most = Watch(on: true, reps: Array(names.dropLast()))
        #expect(try Watch(body: most.body()).reps == most.reps)
        #expect(throws: WireError.self) { try Watch(body: Watch(on: true, reps: names).body()) }
    }

    @Test func aRepResumesSoManySeatsAndNoMore() throws {
        let seat = #"{"session":"\#(SessionID(high: 1, low: 2).text)"}"#
        func body(_ count: Int) -> [UInt8] {
            let seats = Array(repeating: seat, count: count).joined(separator: ",")
            return Array(#"{"token":"t","seats":[\#(seats)]}"#.utf8)
        }
        let most = WireLimits.resumeSeatCountMax
        #expect(try Resume(body: body(most)).seats.count == most)
        #expect(throws: WireError.malformed) { try Resume(body: body(most + 1)) }
    }
}
