import Glibc
import Testing
import WebSocketTransport

@Suite struct FloodTests {
    /// Visits every 20 ms; nothing is pinged.
    private static func watched(_ configuration: inout LoopConfiguration) {
        configuration.limits.pingInterval = .milliseconds(160)
        configuration.limits.hangUpInterval = .seconds(20)
    }

    @Test func aFloodOfPingsIsClosed() throws {
        let server = try LoopUnderTest(configure: Self.watched)
        let (client, link) = try server.connect()
        let pings = Array(repeatElement(RawClient.frame([1, 2, 3, 4], opcode: 9), count: 1_000).joined())
        client.send(pings)
        #expect(Self.closeFrame(client)?.closeCode == 1008)
        client.sendClose(1008)
        #expect(server.closing(of: link) == LinkClose(code: 1008, reason: "too many control frames", side: .us))
    }

    @Test func aFloodOfEmptyPongsIsClosed() throws {
        let server = try LoopUnderTest(configure: Self.watched)
        let (client, _) = try server.connect()
        client.send(Array(repeatElement(RawClient.frame([], opcode: 10), count: 2_000).joined()))
        #expect(Self.closeFrame(client)?.closeCode == 1008)
    }

    @Test func messagesInMassesAreNoControlFrames() throws {
        let server = try LoopUnderTest(configure: Self.watched)
        let (client, link) = try server.connect()
        for (size, rounds) in [(0, 8), (1, 8), (130, 8), (30_000, 2)] {
            for _ in 0..<rounds {
                client.send(
                    Array(repeatElement(RawClient.frame([UInt8](repeating: 1, count: size)), count: 40).joined()))
                for _ in 0..<40 { #expect(Self.message(client)?.count == size) }
            }
        }
        #expect(server.openedLinks == [link])
        #expect(server.run { $0.loop.linkCount } == 1)
    }

    @Test func pingsAtTheRateOfTheLimitAreAnswered() throws {
        let server = try LoopUnderTest(configure: Self.watched)
        let (client, _) = try server.connect()
        // The burst and no more: 31 of the largest pings at once.
        for number in 0..<31 {
            client.send(RawClient.frame([UInt8](repeating: UInt8(number), count: 125), opcode: 9))
            while client.readFrame()?.opcode != 10 {}
        }
        client.sendMessage([5])
        #expect(Self.message(client) == [5])
    }

    @Test func aMessageThatNeverEndsIsClosed() throws {
        let server = try LoopUnderTest { configuration in
            Self.watched(&configuration)
            configuration.limits.messageDurationMax = .milliseconds(100)
        }
        let (client, link) = try server.connect()
        client.send(RawClient.frame([1, 2, 3], isFinal: false))
        #expect(Self.closeFrame(client)?.closeCode == 1008)
        client.sendClose(1008)
        #expect(server.closing(of: link) == LinkClose(code: 1008, reason: "a message never ends", side: .us))
    }

    /// Passes over pings of the server.
    private static func message(_ client: RawClient) -> [UInt8]? {
        while let frame = client.readFrame() {
            if frame.opcode == 2 { return frame.payload }
        }
        return nil
    }

    private static func closeFrame(_ client: RawClient) -> RawClient.Frame? {
        while let frame = client.readFrame() {
            if frame.opcode == 8 { return frame }
        }
        return nil
    }
}
