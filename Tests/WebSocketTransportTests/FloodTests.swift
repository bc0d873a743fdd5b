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
        #expect(Self.closeFrame(client)?.closeCode == TransportLimits.policyCloseCode)
        client.sendClose(TransportLimits.policyCloseCode)
        #expect(
            server.closing(of: link)
                == LinkClose(
                    code: TransportLimits.policyCloseCode, reason: "too many control frames", side: .us))
    }

    @Test func aFloodOfEmptyPongsIsClosed() throws {
        let server = try LoopUnderTest(configure: Self.watched)
        let (client, _) = try server.connect()
        client.send(Array(repeatElement(RawClient.frame([], opcode: 10), count: 2_000).joined()))
        #expect(Self.closeFrame(client)?.closeCode == TransportLimits.policyCloseCode)
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
        // The burst and no more: as many of the largest pings as fit into it.
        for number in 0..<(TransportLimits().controlBytesBurstMax / 131) {
            client.send(RawClient.frame([UInt8](repeating: UInt8(number), count: 125), opcode: 9))
            while client.readFrame()?.opcode != 10 {}
        }
        client.sendMessage([5])
        #expect(Self.message(client) == [5])
    }

    /// Rounds of pings within the burst, with a visit between them: what the rate allows is forgiven, and the rest adds
    /// up.
    @Test(arguments: [1 << 20, 1]) func whatTheRateAllowsIsForgiven(_ rate: Int) throws {
        let server = try LoopUnderTest { configuration in
            Self.watched(&configuration)
            configuration.limits.controlBytesPerSecondMax = rate
            configuration.limits.controlBytesBurstMax = 1_024
        }
        let (client, _) = try server.connect()
        let round = Array(
            repeatElement(RawClient.frame([UInt8](repeating: 1, count: 125), opcode: 9), count: 7).joined())
        var closed: RawClient.Frame?
        for _ in 0..<4 where closed == nil {
            client.sendMessage([4])
            client.send(round)
            // The server's own ping comes after several visits, and again after a sign of life.
            while let frame = client.readFrame(), frame.opcode != 9 {
                if frame.opcode == 8 {
                    closed = frame
                    break
                }
            }
        }
        if rate == 1 {
            #expect(closed?.closeCode == TransportLimits.policyCloseCode)
        } else {
            client.sendMessage([5])
            #expect(closed == nil && (0..<5).contains { _ in Self.message(client) == [5] })
        }
    }

    @Test func aMessageThatNeverEndsIsClosed() throws {
        let server = try LoopUnderTest { configuration in
            Self.watched(&configuration)
            configuration.limits.messageDurationMax = .milliseconds(100)
        }
        let (client, link) = try server.connect()
        client.send(RawClient.frame([1, 2, 3], isFinal: false))
        #expect(Self.closeFrame(client)?.closeCode == TransportLimits.policyCloseCode)
        client.sendClose(TransportLimits.policyCloseCode)
        #expect(
            server.closing(of: link)
                == LinkClose(
                    code: TransportLimits.policyCloseCode, reason: "a message never ends", side: .us))
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
