import Testing
import WebSocketTransport
import Wire

@Suite struct MessageTests {
    /// The library's buffer bounds one read, and no message.
    @Test(arguments: [-1, 0, 1]) func aMessageOfTheServiceBufferAndOnePastItArrivesWhole(_ more: Int) throws {
        let server = try LoopUnderTest {
            $0.limits.receiveBytes = 8 * 1024 - 1
            $0.limits.serviceBytes = 8 * 1024
        }
        let (client, _) = try server.connect()
        let payload = (0..<(8 * 1024 + more)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        client.sendMessage(payload)
        #expect(client.readMessage() == payload)
    }

    /// Sizes around every change of the length form (RFC 6455, 5.2) and of the library's pieces.
    private static let sizes = [0, 1, 125, 126, 127, 4096, 16384, 16385, 65535, 65536, 65537, 200_000]

    private static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) } }

    @Test(arguments: sizes) func aMessageOfAnySizeComesBack(_ size: Int) throws {
        let server = try LoopUnderTest()
        let (client, _) = try server.connect()
        client.sendMessage(Self.bytes(size))
        #expect(client.readMessage() == Self.bytes(size))
    }

    /// The buffer only cuts the pieces: nothing of a message is lost, and the next link has the full size again.
    @Test(arguments: sizes) func aLinkWithASmallBufferTakesAMessageOfAnySize(_ size: Int) throws {
        var script = Script()
        script.decide = { $0.path == "/small" ? .acceptSmall : .accept }
        let server = try LoopUnderTest(script) { $0.limits.smallReceiveBytes = 256 }
        for path in ["/small", "/", "/small"] {
            let client = RawClient(port: server.port)
            try #require(client.upgrade(RawClient.handshake(path: path)))
            client.send(RawClient.frame(Self.bytes(125), opcode: 9))
            #expect(client.readFrame()?.payload == Self.bytes(125))
            client.sendMessage(Self.bytes(size))
            #expect(client.readMessage() == Self.bytes(size))
        }
    }

    @Test func manyLinksKeepTheirMessagesApart() throws {
        let server = try LoopUnderTest()
        let clients = try (0..<100).map { _ in try server.connect().0 }
        for round in 0..<3 {
            for (index, client) in clients.enumerated() {
                client.sendMessage([UInt8(index), UInt8(round)])
            }
            for (index, client) in clients.enumerated() {
                #expect(client.readMessage() == [UInt8(index), UInt8(round)])
            }
        }
        #expect(Set(server.openedLinks).count == 100)
    }

    @Test func aMessageCutIntoFragmentsAtEveryPlaceArrivesWhole() throws {
        let server = try LoopUnderTest()
        let (client, link) = try server.connect()
        let message = Self.bytes(24)
        for first in 0...message.count {
            for second in first...message.count where (first + second) % 3 != 1 {
                client.send(RawClient.frame(Array(message[..<first]), isFinal: false))
                client.send(RawClient.frame(Array(message[first..<second]), opcode: 0, isFinal: false))
                client.send(RawClient.frame(Array(message[second...]), opcode: 0))
                #expect(client.readMessage() == message)
            }
        }
        #expect(server.journal.current.allSatisfy { $0 == .opened(link) || $0 == .message(link, message) })
    }

    @Test func aFrameCutIntoTCPPiecesAtEveryByteArrivesWhole() throws {
        let server = try LoopUnderTest()
        let (client, _) = try server.connect()
        let frame = RawClient.frame(Self.bytes(130))
        for cut in 1..<frame.count {
            client.send(Array(frame[..<cut]))
            // The first piece has been read before the second is sent.
            #expect(server.run { $0.loop.linkCount } == 1)
            client.send(Array(frame[cut...]))
            #expect(client.readMessage() == Self.bytes(130))
        }
    }

    @Test func largeFragmentsAndControlFramesBetweenThemMakeOneMessage() throws {
        let server = try LoopUnderTest()
        let (client, _) = try server.connect()
        client.send(RawClient.frame(Self.bytes(70_000), isFinal: false))
        client.send(RawClient.frame([9, 9], opcode: 9))
        client.send(RawClient.frame(Self.bytes(70_001), opcode: 0))
        #expect(client.readFrame() == RawClient.Frame(isFinal: true, opcode: 10, payload: [9, 9]))
        #expect(client.readMessage() == Self.bytes(70_000) + Self.bytes(70_001))
    }

    /// More than one read takes, in one piece.
    @Test func largeMessagesThatComeTogetherArriveInOrder() throws {
        let server = try LoopUnderTest()
        let (client, link) = try server.connect()
        let messages = (0..<10).map { Self.bytes(65_000 + $0 * 100) + [UInt8($0)] } + [Self.bytes(3)]
        client.send(messages.flatMap { RawClient.frame($0) })
        for message in messages { #expect(client.readMessage() == message) }
        // The echo may fall behind: then it hears of its socket in between.
        let heard = server.journal.current.filter { $0 != .writable(link) }
        #expect(heard == [.opened(link)] + messages.map { .message(link, $0) })
    }

    /// The socket is not read on for a link that its handler closed.
    @Test func whatComesWithALargeMessageThatClosesTheLinkIsIgnored() throws {
        let server = try LoopUnderTest { $0.limits.messageBytesMax = 64 * 1024 }
        let (client, _) = try server.connect()
        client.send(RawClient.frame(Self.bytes(70_000)) + RawClient.frame(Self.bytes(60_000)))
        #expect(client.readFrame()?.closeCode == TransportLimits().oversizeCloseCode)
        #expect(server.journal.current.allSatisfy { if case .message = $0 { false } else { true } })
    }

    @Test func manyMessagesOneAfterAnotherAreNotAddedUp() throws {
        let server = try LoopUnderTest { $0.limits.messageBytesMax = 50_000 }
        let (client, _) = try server.connect()
        for _ in 0..<5 {
            client.sendMessage(Self.bytes(50_000))
            #expect(client.readMessage() == Self.bytes(50_000))
        }
    }

    @Test func aMessageAtTheLimitPassesAndOnePastItClosesOnlyItsLink() throws {
        let server = try LoopUnderTest { $0.limits.messageBytesMax = 1000 }
        let (good, _) = try server.connect()
        let (bad, link) = try server.connect()
        good.sendMessage(Self.bytes(1000))
        #expect(good.readMessage() == Self.bytes(1000))
        bad.sendMessage(Self.bytes(1001))
        #expect(bad.readFrame()?.closeCode == TransportLimits().oversizeCloseCode)
        bad.sendClose(TransportLimits().oversizeCloseCode)
        let close = LinkClose(code: TransportLimits().oversizeCloseCode, reason: "message too big", side: .us)
        #expect(server.closing(of: link) == close)
        good.sendMessage([1])
        #expect(good.readMessage() == [1])
    }

    @Test func fragmentsThatTogetherPassTheLimitCloseTheLink() throws {
        let server = try LoopUnderTest { $0.limits.messageBytesMax = 1000 }
        let (client, _) = try server.connect()
        client.send(RawClient.frame(Self.bytes(600), isFinal: false))
        client.send(RawClient.frame(Self.bytes(401), opcode: 0))
        #expect(client.readFrame()?.closeCode == TransportLimits().oversizeCloseCode)
    }

    @Test func aClaimedLengthOfTwoToTheSixtyTwoIsRefusedAtOnce() throws {
        let server = try LoopUnderTest()
        let (client, link) = try server.connect()
        client.send([0x82, 0xFF, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5])
        #expect(client.readFrame()?.closeCode == TransportLimits().oversizeCloseCode)
        client.sendClose(TransportLimits().oversizeCloseCode)
        #expect(server.closing(of: link)?.side == .us)
    }

    @Test func theLimitAndItsCloseCodeCanBeSetForOneLink() throws {
        var script = Script()
        script.opened = { handler, link in handler.loop.setMessageLimit(link, bytes: 10, closeCode: 4009) }
        let server = try LoopUnderTest(script)
        let (client, _) = try server.connect()
        client.sendMessage(Self.bytes(10))
        #expect(client.readMessage() == Self.bytes(10))
        client.sendMessage(Self.bytes(11))
        #expect(client.readFrame()?.closeCode == 4009)
    }

    @Test func asManyFragmentsAsAllowedPassAndOneMoreClosesTheLink() throws {
        let server = try LoopUnderTest { $0.limits.fragmentsPerMessageMax = 8 }
        let (client, _) = try server.connect()
        func send(fragments: Int) {
            for index in 0..<fragments {
                client.send(RawClient.frame([7], opcode: index == 0 ? 2 : 0, isFinal: index == fragments - 1))
            }
        }
        send(fragments: 8)
        #expect(client.readMessage() == [7, 7, 7, 7, 7, 7, 7, 7])
        send(fragments: 9)
        #expect(client.readFrame()?.closeCode == TransportLimits().oversizeCloseCode)
    }

    @Test func emptyFragmentsCount() throws {
        let server = try LoopUnderTest { $0.limits.fragmentsPerMessageMax = 8 }
        let (client, _) = try server.connect()
        client.send(RawClient.frame([], isFinal: false))
        for _ in 0..<8 {
            client.send(RawClient.frame([], opcode: 0, isFinal: false))
        }
        #expect(client.readFrame()?.closeCode == TransportLimits().oversizeCloseCode)
    }

    @Test func aTextMessageIsRefused() throws {
        let server = try LoopUnderTest()
        let (client, link) = try server.connect()
        client.send(RawClient.frame(Array("hello".utf8), opcode: 1))
        #expect(client.readFrame()?.closeCode == 1003)
        client.sendClose(1003)
        #expect(server.closing(of: link)?.code == 1003)
        #expect(!server.journal.current.contains(.message(link, Array("hello".utf8))))
    }

    /// Reserved bits, an unknown opcode, a continuation of nothing, a control frame in fragments.
    @Test(arguments: [[0xF2, 0x80], [0x83, 0x80], [0x80, 0x80], [0x09, 0x80]] as [[UInt8]])
    func garbageEndsTheLink(_ start: [UInt8]) throws {
        let server = try LoopUnderTest()
        let (client, link) = try server.connect()
        client.send(start + [1, 2, 3, 4])
        let close = client.readFrame()
        #expect(close == nil || close?.closeCode == 1002)
        client.close()
        #expect(server.closing(of: link) != nil)
    }

    @Test func whatComesAfterThePeersCloseIsIgnored() throws {
        let server = try LoopUnderTest()
        let (client, link) = try server.connect()
        client.send(RawClient.frame([0x0F, 0xA0], opcode: 8) + RawClient.frame([1]))
        #expect(server.closing(of: link) == LinkClose(code: 4000, reason: "", side: .peer))
        #expect(!server.journal.current.contains(.message(link, [1])))
    }

    @Test func whatComesAfterOurCloseIsIgnored() throws {
        var script = Script()
        script.message = { handler, link, _ in handler.loop.close(link, code: 4001, reason: "enough") }
        let server = try LoopUnderTest(script)
        let (client, link) = try server.connect()
        client.send(RawClient.frame([1]) + RawClient.frame([2]))
        #expect(client.readFrame()?.closeCode == 4001)
        client.sendMessage([3])
        client.sendClose(4001)
        #expect(server.closing(of: link) == LinkClose(code: 4001, reason: "enough", side: .us))
        #expect(!server.journal.current.contains(.message(link, [2])))
        #expect(!server.journal.current.contains(.message(link, [3])))
    }
}
