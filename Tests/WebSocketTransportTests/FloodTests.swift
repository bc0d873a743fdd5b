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

    /// Visits that come too late for any test: what happens is due to the frames themselves.
    private static func unwatched(_ configuration: inout LoopConfiguration) {
        configuration.limits.pingInterval = .seconds(3_600)
        configuration.limits.hangUpInterval = .seconds(7_200)
        configuration.limits.closeWaitMax = .seconds(3_600)
    }

    /// The first piece of a flood may be small. What comes with it and after it is not answered.
    @Test(arguments: [9, 10]) func aFloodOfPingsOrPongsEndsAtOnceAndWithoutAVisit(_ opcode: UInt8) throws {
        let server = try LoopUnderTest(configure: Self.unwatched)
        let (client, link) = try server.connect()
        client.send(Array(repeatElement(RawClient.frame([1, 2, 3, 4], opcode: opcode), count: 1_000).joined()))
        #expect(Self.closeFrame(client)?.closeCode == TransportLimits.policyCloseCode)
        #expect(server.closing(of: link)?.reason == "too many control frames")
    }

    /// 127.0.0.1 is never shut out, but what it owes is noted like anybody's.
    @Test(arguments: [0, 1_000]) func aFloodIsCountedAgainstTheAddress(_ pings: Int) throws {
        let ledger = AddressLedger()
        let server = try LoopUnderTest {
            Self.unwatched(&$0)
            $0.ledger = ledger
        }
        let (client, link) = try server.connect()
        client.send(Array(repeatElement(RawClient.frame([1], opcode: 9), count: pings).joined()))
        client.close()
        #expect(server.closing(of: link) != nil)
        #expect(server.reaches { $0.connectionCount == 0 })
        #expect(ledger.knownAddressCount == (pings == 0 ? 0 : 1))
    }

    /// Late pieces up to the limit are ignored and the answer to our close is awaited; one more ends the link.
    @Test(arguments: [0, 1]) func whoGoesOnAfterOurCloseIsReadNoMore(_ more: Int) throws {
        let ledger = AddressLedger()
        let server = try LoopUnderTest {
            Self.unwatched(&$0)
            $0.ledger = ledger
        }
        let (client, link) = try server.connect()
        server.perform { $0.loop.close(link, code: 4000, reason: "enough") }
        #expect(Self.closeFrame(client)?.closeCode == 4000)
        let count = Int(TransportLimits.lateBytesMax) / TransportLimits.latePieceBytesMin + more
        client.send(Array(repeatElement(RawClient.frame([1]), count: count).joined()))
        if more == 0 { client.sendClose(4000) }
        #expect(server.closing(of: link) == LinkClose(code: 4000, reason: "enough", side: .us))
        #expect(server.reaches { $0.connectionCount == 0 })
        #expect(ledger.knownAddressCount == more)
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
