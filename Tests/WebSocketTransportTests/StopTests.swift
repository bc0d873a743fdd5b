import Glibc
import Testing
import WebSocketTransport

@Suite struct StopTests {
    @Test func aStopClosesEveryLinkAndWaitsForTheAnswers() throws {
        let server = try LoopUnderTest()
        let clients = try (0..<5).map { _ in try server.connect() }
        server.handle.requestStop(code: 1001, reason: "restart", patience: .seconds(20))
        for (client, _) in clients {
            let close = client.readFrame()
            #expect(close?.closeCode == 1001)
            #expect(close?.closeReason == "restart")
            client.sendClose(1001)
            #expect(client.readToEnd() == [])
        }
        server.handle.join()
        for (_, link) in clients {
            #expect(server.closing(of: link) == LinkClose(code: 1001, reason: "restart", side: .us))
        }
    }

    @Test func aStopDoesNotWaitLongerThanItsPatience() throws {
        let server = try LoopUnderTest()
        let (client, link) = try server.connect()
        server.handle.requestStop(patience: .milliseconds(50))
        server.handle.join()
        // Reported once although the peer never answered.
        #expect(server.closing(of: link)?.code == 1001)
        #expect(client.readFrame()?.closeCode == 1001)
        #expect(client.readToEnd() == [])
    }

    @Test func aStopEndsConnectionsInTheirHandshake() throws {
        let server = try LoopUnderTest()
        let client = RawClient(port: server.port)
        client.send("GET /link HTTP/1.1\r\n")
        #expect(server.reaches { $0.connectionCount == 1 })
        server.stop()
        #expect(client.readToEnd() == [])
    }

    @Test func aStoppedLoopIgnoresWakesAndStops() throws {
        let server = try LoopUnderTest()
        server.stop()
        server.handle.wake()
        server.handle.requestStop()
        server.handle.join()
        #expect(server.journal.current.allSatisfy { $0 == .woken })
    }

    @Test func nothingIsTakenInWhileStopping() throws {
        let server = try LoopUnderTest()
        let (holding, _) = try server.connect()
        server.handle.requestStop(patience: .seconds(20))
        #expect(holding.readFrame()?.closeCode == 1001)
        let late = RawClient(port: server.port)
        late.send(RawClient.handshake())
        holding.sendClose(1001)
        server.handle.join()
        #expect(server.openedLinks.count == 1)
        server.stop()
        #expect(late.readHead() == "")
    }

    /// Descriptors come back: a loop leaves nothing open.
    @Test func manyLoopsLeaveNoDescriptorBehind() async {
        await #expect(processExitsWith: .success) {
            func openCount() -> Int { (0..<1024).filter { fcntl(Int32($0), F_GETFD) >= 0 }.count }
            func cycle() throws {
                let server = try LoopUnderTest()
                let clients = try (0..<3).map { _ in try server.connect() }
                server.stop(patience: .milliseconds(1))
                for (client, _) in clients {
                    client.close()
                }
            }
            // The first cycles open what the library keeps for the process.
            for _ in 0..<2 { try cycle() }
            let before = openCount()
            for _ in 0..<10 { try cycle() }
            precondition(openCount() <= before)
            exit(0)
        }
    }
}
