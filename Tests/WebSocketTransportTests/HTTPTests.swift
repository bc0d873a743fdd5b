import Testing

@testable import WebSocketTransport

@Suite struct HTTPTests {
    private static func serve(_ body: [UInt8]) throws -> LoopUnderTest {
        var script = Script()
        script.answer = { request in
            guard request.facts.path == "/asset" else { return HTTPResponse(status: 404) }
            return HTTPResponse(
                status: 200, contentType: "application/test", headers: [(name: "Cache-Control", value: "no-store")],
                body: body)
        }
        return try LoopUnderTest(script)
    }

    private static func get(_ server: LoopUnderTest, _ request: String) throws -> (head: String, body: [UInt8]) {
        let client = RawClient(port: server.port)
        client.send(request + "\r\nHost: relay.example\r\n\r\n")
        let head = client.readHead()
        return (head, try #require(client.readToEnd()))
    }

    /// Less than one write, one piece, one past it, many pieces.
    @Test(arguments: [0, 11, 65_536, 65_537, 1_048_576]) func aBodyArrivesWhole(_ size: Int) throws {
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 17) }
        let (head, received) = try Self.get(try Self.serve(body), "GET /asset HTTP/1.1")
        #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(head.contains("Content-Type: application/test\r\n"))
        #expect(head.contains("Content-Length: \(size)\r\n"))
        #expect(head.contains("Cache-Control: no-store\r\n"))
        #expect(head.contains("Connection: close\r\n"))
        #expect(received == body)
    }

    /// Head and body together are one piece, one byte more, and two pieces and one byte more.
    @Test(arguments: [(1, 0), (1, 1), (2, 1)]) func anAnswerOfWholePiecesAndOnePastThemArrivesWhole(
        _ pieces: Int, _ more: Int
    ) throws {
        var script = Script()
        let pieceBytes = 1024
        let count = pieces * pieceBytes + more
        // The head says the body's length, whose digits count too.
        let bodyCount = try #require(
            (0..<count).first {
                HTTPResponse(status: 200, body: [UInt8](repeating: 1, count: $0)).head.count + $0 == count
            })
        let body = (0..<bodyCount).map { UInt8(truncatingIfNeeded: $0 &* 29) }
        script.answer = { _ in HTTPResponse(status: 200, body: body) }
        let server = try LoopUnderTest(script) { $0.limits.httpPieceBytes = pieceBytes }
        let (head, received) = try Self.get(server, "GET /asset HTTP/1.1")
        #expect(head.utf8.count + received.count == count)
        #expect(received == body)
    }

    /// Head and body leave in one piece, which is one send, one byte more than that, and many.
    @Test(arguments: [(0, 1), (1, 1), (1, 9)]) func anAnswerOfOneSendAndOnePastItArrivesWhole(
        _ more: Int, _ sends: Int
    ) throws {
        var script = Script()
        let body = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 29) }
        script.answer = { _ in HTTPResponse(status: 200, body: body) }
        let count = HTTPResponse(status: 200, body: body).head.count + body.count
        let server = try LoopUnderTest(script) { $0.limits.sendBytes = (count - more) / sends }
        #expect(try Self.get(server, "GET /asset HTTP/1.1").body == body)
    }

    @Test func headHasTheLengthAndNoBody() throws {
        let (head, body) = try Self.get(try Self.serve([1, 2, 3]), "HEAD /asset HTTP/1.1")
        #expect(head.contains("Content-Length: 3\r\n"))
        #expect(body.isEmpty)
    }

    @Test func theHandlersStatusIsTheAnswers() throws {
        let (head, _) = try Self.get(try Self.serve([]), "GET /none HTTP/1.1")
        #expect(head.hasPrefix("HTTP/1.1 404 Not Found\r\n"))
    }

    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
    func anotherMethodIsNotAllowed(_ method: String) throws {
        let server = try Self.serve([])
        let (head, _) = try Self.get(server, "\(method) /asset HTTP/1.1\r\nContent-Length: 0")
        #expect(head.hasPrefix("HTTP/1.1 405 Method Not Allowed\r\n"))
        #expect(head.contains("Allow: GET, HEAD\r\n"))
        #expect(server.shared.requests.current.isEmpty)
    }

    @Test(arguments: ["Content-Length: 5", "Content-Length: -1", "Transfer-Encoding: chunked"])
    func aBodyIsNotAccepted(_ header: String) throws {
        let server = try Self.serve([])
        let (head, _) = try Self.get(server, "GET /asset HTTP/1.1\r\n\(header)")
        #expect(head.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        #expect(server.shared.requests.current.isEmpty)
    }

    @Test func aConnectionCarriesOneRequest() throws {
        let server = try Self.serve([1])
        let client = RawClient(port: server.port)
        client.send("GET /asset HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(client.readHead().hasPrefix("HTTP/1.1 200"))
        #expect(client.readToEnd() == [1])
        client.send("GET /asset HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(server.shared.requests.current.count == 1)
    }

    @Test func aReaderThatStandsStillIsEnded() throws {
        var script = Script()
        script.answer = { _ in HTTPResponse(status: 200, body: [UInt8](repeating: 7, count: 16_000_000)) }
        let server = try LoopUnderTest(script) { $0.limits.httpStallSeconds = 1 }
        let client = RawClient(port: server.port, receiveBytes: 4096)
        client.send("GET /asset HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(server.shared.requests.wait { !$0.isEmpty } != nil)
        // The connection's end frees its slot: only then is the count of connections 0.
        #expect(server.reaches { $0.connectionCount == 0 })
        #expect((client.readToEnd()?.count ?? 0) < 16_000_000)
    }
}
