import Testing
import WebSocketTransport
import Wire

@Suite struct CloseTests {
    @Test(arguments: [(1000, ""), (1001, "going away"), (4321, "because"), (4999, String(repeating: "r", count: 123))])
    func thePeersCodeAndReasonAreReported(_ code: Int, _ reason: String) throws {
        let server = try LoopUnderTest()
        let (client, link) = try server.connect()
        client.sendClose(UInt16(code), reason)
        #expect(client.readFrame()?.closeCode == UInt16(code))
        #expect(server.closing(of: link) == LinkClose(code: UInt16(code), reason: reason, side: .peer))
    }

    @Test func aCloseWithoutACodeIsReportedAs1005() throws {
        let server = try LoopUnderTest()
        let (client, link) = try server.connect()
        client.send(RawClient.frame([], opcode: 8))
        #expect(server.closing(of: link) == LinkClose(code: 1005, reason: "", side: .peer))
    }

    @Test(arguments: [(1001, "restart"), (4000, "come back"), (4500, String(repeating: "é", count: 80))])
    func ourCodeAndReasonArriveAndAreReported(_ code: Int, _ reason: String) throws {
        let server = try LoopUnderTest()
        let (client, link) = try server.connect()
        server.perform { $0.loop.close(link, code: UInt16(code), reason: reason) }
        let frame = try #require(client.readFrame())
        // 123 bytes at most, never half a character.
        let cut = String(decoding: reason.utf8.prefix(122), as: UTF8.self)
        #expect(frame.opcode == 8)
        #expect(frame.closeCode == UInt16(code))
        #expect(frame.closeReason == (reason.utf8.count <= 123 ? reason : cut))
        client.sendClose(UInt16(code))
        #expect(server.closing(of: link) == LinkClose(code: UInt16(code), reason: frame.closeReason, side: .us))
    }

    @Test func aReasonOfTheMostBytesArrivesWholeAndOnePastItIsCut() throws {
        for count in [TransportLimits.closeReasonBytesMax, TransportLimits.closeReasonBytesMax + 1] {
            let server = try LoopUnderTest()
            let (client, link) = try server.connect()
            server.perform { $0.loop.close(link, code: 4000, reason: String(repeating: "r", count: count)) }
            let frame = try #require(client.readFrame())
            #expect(frame.closeReason == String(repeating: "r", count: TransportLimits.closeReasonBytesMax))
            // RFC 6455, 5.5: a control frame is at most 125 bytes.
            #expect(frame.payload.count == 125)
        }
    }

    @Test func whatWasWrittenBeforeACloseGoesOutFirst() throws {
        var script = Script()
        script.message = { handler, link, frame in
            handler.loop.write(link) { batch in _ = batch.append(frame) }
            handler.loop.close(link, code: 4000, reason: "")
        }
        let server = try LoopUnderTest(script)
        let (client, _) = try server.connect()
        client.sendMessage([5])
        #expect(client.readMessage() == [5])
        #expect(client.readFrame()?.closeCode == 4000)
    }

    @Test func aConnectionThatBreaksIsReportedAsLost() throws {
        let server = try LoopUnderTest()
        let (client, link) = try server.connect()
        client.close()
        #expect(server.closing(of: link) == LinkClose(code: 1006, reason: "", side: .lost))
    }

    @Test func aClosedLinkTakesNoOrders() throws {
        let server = try LoopUnderTest()
        let (client, link) = try server.connect()
        client.close()
        #expect(server.closing(of: link) != nil)
        let (other, next) = try server.connect()
        #expect(next != link)
        let answers = server.run { handler -> [Bool] in
            handler.loop.close(link, code: 4000, reason: "")
            handler.loop.requestWritable(link)
            handler.loop.setMessageLimit(link, bytes: 1, closeCode: 4000)
            let wrote = handler.loop.write(link) { batch in _ = batch.append(SharedFrame([1])) }
            return [wrote, handler.loop.canWrite(link), handler.loop.isBehind(link), handler.loop.canWrite(next)]
        }
        #expect(answers == [false, false, false, true])
        other.close()
        #expect(server.closing(of: link) != nil)
    }

    @Test func aPeerThatNeverAnswersOurCloseIsCutOff() throws {
        let server = try LoopUnderTest {
            $0.limits.pingInterval = .milliseconds(80)
            $0.limits.closeWaitMax = .milliseconds(50)
        }
        let (client, link) = try server.connect()
        server.perform { $0.loop.close(link, code: 4000, reason: "") }
        #expect(client.readFrame()?.closeCode == 4000)
        #expect(server.closing(of: link) == LinkClose(code: 4000, reason: "", side: .us))
    }
}
