import Testing
import WebSocketTransport

@Suite struct LivenessTests {
    private static func quick(_ configuration: inout LoopConfiguration) {
        configuration.limits.pingInterval = .milliseconds(160)
        configuration.limits.hangUpInterval = .milliseconds(320)
    }

    @Test func aSilentLinkIsPingedAndLivesWhenItAnswers() throws {
        let server = try LoopUnderTest(configure: Self.quick)
        let (client, link) = try server.connect()
        for _ in 0..<5 {
            let ping = client.readFrame()
            #expect(ping?.opcode == 9)
            client.send(RawClient.frame(ping?.payload ?? [], opcode: 10))
        }
        #expect(server.journal.current == [.opened(link)] || server.journal.current.allSatisfy { $0 == .opened(link) })
        client.sendMessage([1])
        #expect(client.readMessage() == [1])
    }

    @Test func aLinkThatStopsAnsweringIsToldWhyAndLost() throws {
        let server = try LoopUnderTest(configure: Self.quick)
        let (client, link) = try server.connect()
        #expect(client.readFrame()?.opcode == 9)
        #expect(server.closing(of: link) == LinkClose(code: 1006, reason: "", side: .lost))
        let close = client.readFrame()
        #expect(close?.opcode == 8)
        #expect(close?.closeCode == 4002)
        #expect(close?.closeReason == "No sign of life for too long; answer pings.")
        #expect(client.readFrame() == nil)
    }

    @Test func aSilentLinkIsClosedWithTheCodeThatTheLimitsName() throws {
        let server = try LoopUnderTest { configuration in
            Self.quick(&configuration)
            configuration.limits.silenceCloseCode = 4999
        }
        let (client, link) = try server.connect()
        #expect(client.readFrame()?.opcode == 9)
        #expect(client.readFrame()?.closeCode == 4999)
        // An answer comes too late to change how the link is reported.
        client.sendClose(4999)
        #expect(server.closing(of: link) == LinkClose(code: 1006, reason: "", side: .lost))
    }

    @Test func aLinkThatTalksIsNotPinged() throws {
        let server = try LoopUnderTest { $0.limits.pingInterval = .seconds(3600) }
        let (client, _) = try server.connect()
        for _ in 0..<3 {
            client.sendMessage([4])
            #expect(client.readFrame() == RawClient.Frame(isFinal: true, opcode: 2, payload: [4]))
        }
    }

    @Test func aDeadlineComesOnceAndNotBeforeItsTime() throws {
        let server = try LoopUnderTest()
        let due = server.run { handler -> UInt64 in
            let due = handler.loop.now + 30_000_000
            handler.loop.setDeadline(due)
            return due
        }
        #expect(server.journal.wait { $0.contains(.deadline) } != nil)
        let now = server.run { $0.loop.now }
        #expect(try #require(now) >= #require(due))
        #expect(server.journal.current.filter { $0 == .deadline }.count == 1)
    }

    @Test func aDeadlineCanBeMovedAndTakenBack() throws {
        let server = try LoopUnderTest()
        let isDone = server.perform { handler in
            handler.loop.setDeadline(handler.loop.now + 3_600_000_000_000)
            handler.loop.setDeadline(handler.loop.now)
        }
        #expect(isDone)
        #expect(server.journal.wait { $0.contains(.deadline) } != nil)
        let isDoneToo = server.perform { handler in
            handler.loop.setDeadline(handler.loop.now)
            handler.loop.setDeadline(nil)
        }
        #expect(isDoneToo)
        // A later deadline arrives and the one taken back did not.
        server.perform { $0.loop.setDeadline($0.loop.now + 1_000_000) }
        #expect(server.journal.wait { $0.filter { $0 == .deadline }.count == 2 } != nil)
    }

    @Test func manyWakesFromManyThreadsAreNoneLost() throws {
        let server = try LoopUnderTest()
        let count = Watched(0)
        for _ in 0..<1000 {
            server.shared.mailbox.put { _ in count.change { $0 += 1 } }
            server.handle.wake()
        }
        #expect(count.wait { $0 == 1000 } != nil)
    }
}
