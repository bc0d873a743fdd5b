import Glibc
import Synchronization
import Testing
import WebSocketTransport

/// Made-up requests against a real loop: what a stranger may send before anybody knows who it is.
@Suite struct RequestFuzzTests {
    /// SplitMix64 (Steele, Lea, Flood 2014): the same requests in every run.
    private struct Chance {
        var state: UInt64

        mutating func next(below bound: Int) -> Int {
            self.state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = self.state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
        }
    }

    private static let seeds: [[UInt8]] = [
        RawClient.handshake(),
        RawClient.handshake(path: "/shopper?site=a&b=%41%00&&=", adding: ["Origin: https://a.b"]),
        RawClient.handshake(method: "HEAD"), RawClient.handshake(version: "HTTP/1.0"),
        RawClient.handshake(path: "/../%2e%2e/%2F//?", adding: ["User-Agent: " + String(repeating: "u", count: 400)]),
        RawClient.handshake(replacing: ["Upgrade": nil, "Connection": nil]),
        RawClient.handshake(replacing: ["Upgrade": "h2c"]), RawClient.handshake(adding: ["Content-Length: 3"]) + "abc",
        RawClient.handshake(adding: ["Transfer-Encoding: chunked"]) + "3\r\nabc\r\n0\r\n\r\n",
        RawClient.handshake(adding: (0..<60).map { "X-Header-\($0): \($0)" }),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET http://relay.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
    ].map { Array($0.utf8) }

    private static let words: [[UInt8]] = [
        "\r\n", "\r\n\r\n", "\n", "\r", " ", ":", "%", "%00", "%zz", "?", "&", "#", "/../", "\0", "\u{FF}", "HTTP/1.1",
        "Host: b\r\n", "Origin: null\r\n", "Origin: a, b\r\n", "Upgrade: websocket\r\n", "Upgrade: h2c\r\n",
        "Connection: close\r\n", "Sec-WebSocket-Key: a\r\n", "Sec-WebSocket-Version: 8\r\n", "Content-Length: -1\r\n",
        "Sec-WebSocket-Protocol: http\r\n", "Sec-WebSocket-Extensions: permessage-deflate\r\n",
        "Expect: 100-continue\r\n",
        "POST ", "OPTIONS ", "CONNECT ", String(repeating: "a", count: 9000), String(repeating: "\t", count: 300),
    ].map { Array($0.utf8) }

    private static func request(_ chance: inout Chance) -> [UInt8] {
        var bytes = Self.seeds[chance.next(below: Self.seeds.count)]
        for _ in 0..<chance.next(below: 5) {
            let start = chance.next(below: bytes.count + 1)
            let end = min(bytes.count, start + chance.next(below: 40))
            switch chance.next(below: 6) {
            case 0 where start < bytes.count: bytes[start] ^= UInt8(1 << chance.next(below: 8))
            case 1: bytes.removeSubrange(start..<end)
            case 2: bytes.insert(contentsOf: bytes[start..<end], at: start)
            case 3: bytes = Array(bytes[..<start])
            case 4 where start < bytes.count: bytes[start] = UInt8(chance.next(below: 256))
            default: bytes.insert(contentsOf: Self.words[chance.next(below: Self.words.count)], at: start)
            }
        }
        return bytes
    }

    /// What a handler may count on, whatever was sent.
    private static func isKept(_ facts: RequestFacts) -> Bool {
        if case .one(let origin) = facts.origin {
            guard origin.utf8.count <= 256, origin.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return false }
        }
        // A cut in the middle of a character leaves at most one replacement of three bytes.
        return (facts.host ?? "").utf8.count <= 258 && (facts.userAgent ?? "").utf8.count <= 258
            && (facts.acceptEncoding ?? "").utf8.count <= 256
    }

    @Test(arguments: [1, 2, 3]) func noRequestBreaksTheLoopOrLeavesAnythingBehind(seed: UInt64) throws {
        let ledger = AddressLedger()
        let broken = Watched(0)
        var script = Script()
        script.decide = { facts in
            if !Self.isKept(facts) { broken.change { $0 += 1 } }
            return .accept
        }
        script.answer = { request in
            if !Self.isKept(request.facts) { broken.change { $0 += 1 } }
            return HTTPResponse(status: 200)
        }
        let server = try LoopUnderTest(script) { $0.ledger = ledger }
        var chance = Chance(state: seed)
        for round in 0..<400 {
            let bytes = Self.request(&chance)
            let client = RawClient(port: server.port)
            let cut = chance.next(below: bytes.count + 1)
            client.send(Array(bytes[..<cut]))
            if chance.next(below: 2) == 0 { sched_yield() }
            client.send(Array(bytes[cut...]))
            shutdown(client.descriptor, Int32(SHUT_WR))
            #expect(client.readToEnd() != nil, "seed \(seed), round \(round): the connection stays")
            client.close()
        }
        #expect(server.reaches { $0.connectionCount == 0 })
        #expect(ledger.startingCount == 0 && ledger.addressCount == 0)
        #expect(broken.current == 0)
        #expect(RawClient(port: server.port).upgrade())
    }
}
