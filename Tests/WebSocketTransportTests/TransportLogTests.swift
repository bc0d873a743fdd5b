import Testing
import WebSocketTransport

@Suite(.serialized) struct TransportLogTests {
    @Test func theLibrarysLinesReachTheSinkAndAreLimited() throws {
        let lines = Watched<[TransportLog.Line]>([])
        TransportLog.install { line in lines.change { $0.append(line) } }
        defer { TransportLog.install(nil) }
        var script = Script()
        script.decide = { _ in .refuse(status: 403) }
        let server = try LoopUnderTest(script)
        for _ in 0..<200 {
            let client = RawClient(port: server.port)
            client.send(RawClient.handshake())
            #expect(client.readToEnd() != nil)
        }
        let heard = try #require(lines.wait { !$0.isEmpty })
        #expect(heard.contains { $0.text.contains("denied") && !$0.isError && !$0.text.hasSuffix("\n") })
        #expect(lines.current.count < 200)
    }
}
