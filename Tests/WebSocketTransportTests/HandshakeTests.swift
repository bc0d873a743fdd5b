import Testing
import WebSocketTransport

@Suite struct HandshakeTests {
    struct Wrong: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let handshake: String
        let answer: String

        init(_ description: String, _ handshake: String, answer: String = "HTTP/1.1 400 ") {
            self.testDescription = description
            self.handshake = handshake
            self.answer = answer
        }
    }

    static let wrongs = [
        Wrong("no subprotocol", RawClient.handshake(replacing: ["Sec-WebSocket-Protocol": nil])),
        Wrong("another subprotocol", RawClient.handshake(replacing: ["Sec-WebSocket-Protocol": "chat"])),
        Wrong("several subprotocols", RawClient.handshake(replacing: ["Sec-WebSocket-Protocol": "chat, alongside.v1"])),
        Wrong("the name of the HTTP protocol", RawClient.handshake(replacing: ["Sec-WebSocket-Protocol": "http"])),
        Wrong("HTTP/1.0", RawClient.handshake(version: "HTTP/1.0")),
        Wrong("a target that is no path", RawClient.handshake(path: "s/hopper")),
        Wrong("POST", RawClient.handshake(method: "POST")),
        Wrong("a short key", RawClient.handshake(replacing: ["Sec-WebSocket-Key": "c2hvcnQ="])),
        Wrong("no key", RawClient.handshake(replacing: ["Sec-WebSocket-Key": nil])),
        Wrong("a body", RawClient.handshake(adding: ["Content-Length: 5"])),
        Wrong(
            "version 8", RawClient.handshake(replacing: ["Sec-WebSocket-Version": "8"]),
            answer: "HTTP/1.1 426 "),
        Wrong("no version", RawClient.handshake(replacing: ["Sec-WebSocket-Version": nil]), answer: "HTTP/1.1 426 "),
        Wrong("no Connection header", RawClient.handshake(replacing: ["Connection": nil]), answer: ""),
        Wrong(
            "h2c",
            RawClient.handshake(
                replacing: ["Upgrade": "h2c", "Connection": "Upgrade, HTTP2-Settings"],
                adding: ["HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"])),
        Wrong("another upgrade", RawClient.handshake(replacing: ["Upgrade": "raw"]), answer: "HTTP/1.0 403 "),
        Wrong(
            "another upgrade, kept alive",
            RawClient.handshake(replacing: ["Upgrade": "raw", "Connection": "keep-alive"]), answer: "HTTP/1.0 403 "),
    ]

    @Test(arguments: wrongs) func aWrongHandshakeIsAnsweredAndEnded(_ wrong: Wrong) throws {
        let server = try LoopUnderTest()
        let client = RawClient(port: server.port)
        client.send(wrong.handshake)
        let answer = try #require(client.readToEnd())
        #expect(String(decoding: answer, as: UTF8.self).hasPrefix(wrong.answer))
        #expect(server.shared.requests.current.isEmpty)
        #expect(server.openedLinks.isEmpty)
        // The slot is free again.
        #expect(server.run { $0.loop.counters.linksOpened } == 0)
    }

    /// Binary noise, a tunnel, an HTTP/2 preface, headers without end.
    @Test(arguments: [
        "\u{16}\u{3}\u{1}\u{0}noise\r\n\r\n", "CONNECT relay.example:80 HTTP/1.1\r\nHost: a\r\n\r\nhello",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/1.1\r\nCookie: " + String(repeating: "x", count: 20_000),
    ])
    func whatIsNoRequestIsEnded(_ noise: String) throws {
        let server = try LoopUnderTest { $0.limits.handshakeSeconds = 1 }
        let client = RawClient(port: server.port)
        client.send(noise)
        #expect(client.readToEnd() != nil)
        #expect(server.shared.requests.current.isEmpty)
    }

    @Test func aConnectionThatSaysNothingIsEnded() throws {
        let server = try LoopUnderTest { $0.limits.handshakeSeconds = 1 }
        let client = RawClient(port: server.port)
        #expect(client.readToEnd() == [])
    }

    @Test func aConnectionThatStopsInItsHeadersIsEnded() throws {
        let server = try LoopUnderTest { $0.limits.handshakeSeconds = 1 }
        let client = RawClient(port: server.port)
        client.send("GET /link HTTP/1.1\r\nHost: a\r\nUpgr")
        #expect(client.readToEnd() != nil)
    }

    /// All headers together fill `headerBytesMax` and no byte more: a byte more of it is a byte more of them.
    @Test func headersFillTheirLimitAndOnePastItIsRefused() throws {
        func isTaken(_ server: LoopUnderTest, _ count: Int) -> Bool {
            let line = "User-Agent: " + String(repeating: "a", count: count)
            return RawClient(port: server.port).upgrade(RawClient.handshake(adding: [line]))
        }
        func longest(_ limit: Int) throws -> Int {
            let server = try LoopUnderTest { $0.limits.headerBytesMax = limit }
            var (taken, refused) = (0, limit)
            while taken + 1 < refused {
                let middle = (taken + refused) / 2
                if isTaken(server, middle) { taken = middle } else { refused = middle }
            }
            return taken
        }
        let (one, more) = (try longest(2_048), try longest(2_049))
        #expect(one > 1_500)
        #expect(more == one + 1)
    }

    @Test func theHandlerRefusesWithAStatus() throws {
        var script = Script()
        script.decide = { $0.path == "/link" ? .accept : .refuse(status: 403) }
        let server = try LoopUnderTest(script)
        let client = RawClient(port: server.port)
        client.send(RawClient.handshake(path: "/elsewhere"))
        let answer = String(decoding: try #require(client.readToEnd()), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 403 Forbidden\r\n"))
        #expect(answer.contains("\r\nConnection: close\r\n"))
        #expect(server.openedLinks.isEmpty)
        #expect(RawClient(port: server.port).upgrade())
    }

    @Test func theHandlerSeesTheFactsOfTheRequest() throws {
        let server = try LoopUnderTest()
        let agent = String(repeating: "a", count: 300)
        let client = RawClient(port: server.port)
        let lines = ["Origin: https://shop.example", "User-Agent: \(agent)"]
        #expect(client.upgrade(RawClient.handshake(path: "/link/shopper?site=1&x=%20y&empty", adding: lines)))
        let facts = try #require(server.shared.requests.current.first)
        #expect(facts.path == "/link/shopper")
        #expect(facts.arguments == ["site=1", "x= y", "empty"])
        #expect(facts.argument("x") == " y")
        #expect(facts.argument("empty") == nil)
        #expect(facts.origin == .one("https://shop.example"))
        #expect(facts.host == "relay.example")
        #expect(facts.userAgent == String(agent.prefix(256)))
        #expect(facts.peer.text == "127.0.0.1")
        #expect(facts.peer.port > 0)
        #expect(!facts.isSecure)
    }

    @Test(arguments: [
        (["Accept-Encoding: gzip, br"], "gzip, br"), (["Accept-Encoding: br", "Accept-Encoding: gzip"], "br, gzip"),
        (["Accept-Encoding: " + String(repeating: "b", count: 256)], String(repeating: "b", count: 256)),
        (["Accept-Encoding: " + String(repeating: "b", count: 257)], nil), ([], nil),
    ])
    func codingsAreHandedOnWholeOrNotAtAll(_ lines: [String], _ codings: String?) throws {
        let server = try LoopUnderTest()
        #expect(RawClient(port: server.port).upgrade(RawClient.handshake(adding: lines)))
        let heard = try #require(server.shared.requests.current.first).acceptEncoding
        #expect(heard?.replacing(/,\s*/, with: ", ") == codings)
    }

    @Test(arguments: [
        (["Origin: https://a.example", "Origin: https://b.example"], RequestFacts.Origin.malformed),
        (["Origin: https://a.example https://b.example"], .malformed),
        (["Origin: " + String(repeating: "o", count: 257)], .malformed),
        (["Origin: null"], .one("null")),
        ([], .absent),
    ])
    func anOriginIsOneOrAbsentOrMalformed(_ lines: [String], _ origin: RequestFacts.Origin) throws {
        let server = try LoopUnderTest()
        #expect(RawClient(port: server.port).upgrade(RawClient.handshake(adding: lines)))
        #expect(server.shared.requests.current.first?.origin == origin)
    }
}
