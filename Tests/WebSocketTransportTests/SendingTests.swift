import Testing
import Wire

@testable import WebSocketTransport

@Suite struct SendingTests {
    /// Distinct bytes for a distinct number.
    private static func frame(_ number: Int, size: Int) -> SharedFrame {
        var bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: number &* 7), count: size)
        bytes[0] = UInt8(number & 0xFF)
        bytes[size - 1] = UInt8(number >> 8 & 0xFF)
        return SharedFrame(bytes)
    }

    @Test func smallFramesOfOneTurnLeaveInOneSendInOrder() throws {
        let server = try LoopUnderTest()
        let (client, link) = try server.connect()
        let before = server.run { $0.loop.counters.sends }
        let frames = (0..<50).map { Self.frame($0, size: 60) }
        let after = server.run { handler in
            handler.write(link, frames) == 50 ? handler.loop.counters.sends : 0
        }
        #expect(after == (before ?? 0) + 1)
        for frame in frames {
            #expect(client.readMessage() == frame.array)
        }
    }

    @Test func aLargeFrameLeavesWithTheSmallOnesAroundIt() throws {
        let server = try LoopUnderTest()
        let (client, link) = try server.connect()
        let before = try #require(server.run { $0.loop.counters.sends })
        let frames = [60, 80, 20_000, 70].enumerated().map { Self.frame($0, size: $1) }
        #expect(server.run { $0.write(link, frames) == 4 ? $0.loop.counters.sends : 0 } == before + 1)
        for frame in frames {
            #expect(client.readMessage() == frame.array)
        }
    }

    /// A message up to the limit is copied beside the others; one past it leaves from its frame, in the same send.
    @Test(arguments: [(0, 2_000), (1, 0)]) func framesUpToTheLimitAreCopied(_ more: Int, _ copied: Int) throws {
        let server = try LoopUnderTest { $0.limits.gatherFrameBytesMax = 1_000 }
        let (client, link) = try server.connect()
        // Each with the 4 bytes of its WebSocket header.
        let frames = (0..<2).map { Self.frame($0, size: 1_000 - 4 + more) }
        #expect(frames.allSatisfy { $0.messageByteCount == 1_000 + more })
        let counts = server.run { handler in
            let before = handler.loop.counters.sends
            var copied = 0
            handler.loop.write(link) { batch in
                for frame in frames where batch.append(frame) { copied = handler.loop.gatherCount }
            }
            return [copied, Int(handler.loop.counters.sends - before)]
        }
        #expect(counts == [copied, 1])
        for frame in frames { #expect(client.readMessage() == frame.array) }
    }

    /// Every way in which a socket can take a part: nothing, some of the small ones, some of the large one.
    @Test func whatASocketTakesInPartsArrivesInOrder() throws {
        let server = try LoopUnderTest { $0.limits.socketSendBytes = 4_096 }
        let (client, link) = try server.connect(receiveBytes: 2_048)
        let sizes = [3_000, 3_900, 4_000, 9_000, 200, 30_001, 50, 3_500]
        let frames = (0..<300).map { Self.frame($0, size: sizes[$0 % sizes.count]) }
        server.perform { $0.send(link, frames) }
        for frame in frames {
            #expect(client.readMessage() == frame.array)
        }
        #expect((server.run { $0.loop.counters.partialSends } ?? 0) > 10)
    }

    @Test func largeAndSmallFramesMixedArriveIntactAndInOrder() throws {
        let server = try LoopUnderTest()
        let (client, link) = try server.connect()
        let sizes = [40, 5_000, 60, 100, 300_000, 10, 4_090, 4_200, 70_000, 2]
        let frames = (0..<60).map { Self.frame($0, size: sizes[$0 % sizes.count]) }
        server.perform { $0.send(link, frames) }
        for frame in frames {
            #expect(client.readMessage() == frame.array)
        }
        // The shared frames are as they were: a RAW write changes nothing.
        for (number, frame) in frames.enumerated() {
            #expect(frame.array == Self.frame(number, size: sizes[number % sizes.count]).array)
        }
    }

    @Test func oneFrameGoesToManyLinks() throws {
        let server = try LoopUnderTest()
        let links = try (0..<10).map { _ in try server.connect() }
        let ids = links.map(\.1)
        let frame = Self.frame(7, size: 100_000)
        let small = Self.frame(8, size: 100)
        let isDone = server.perform { handler in
            for link in ids {
                handler.send(link, [small, frame, small])
            }
        }
        #expect(isDone)
        for (client, _) in links {
            #expect(client.readMessage() == small.array)
            #expect(client.readMessage() == frame.array)
            #expect(client.readMessage() == small.array)
        }
    }

    @Test func moreSmallFramesThanTheGatherAreaHoldsArriveInOrder() throws {
        let server = try LoopUnderTest { $0.limits.gatherBytesMax = 16 * 1024 }
        let (client, link) = try server.connect()
        let frames = (0..<100).map { Self.frame($0, size: 1_000) }
        server.perform { $0.send(link, frames) }
        for frame in frames {
            #expect(client.readMessage() == frame.array)
        }
    }

    @Test func aSlowReaderIsBehindAndTakesNoMoreUntilItReads() throws {
        let server = try LoopUnderTest()
        let (client, link) = try server.connect(receiveBytes: 4096)
        let frames = (0..<400).map { Self.frame($0, size: 100_000) }
        // The socket's buffers fill; what it refuses stays with the handler.
        let state = server.run { handler -> (queued: Int, isBehind: Bool, canWrite: Bool) in
            handler.send(link, frames)
            handler.turnEnded(now: 0)
            return (handler.queueCount(link), handler.loop.isBehind(link), handler.loop.canWrite(link))
        }
        let queued = try #require(state?.queued)
        #expect(queued > 300)
        #expect(state?.isBehind == true)
        #expect(state?.canWrite == false)
        #expect(server.run { $0.write(link, [frames[0]]) } == 0)
        for frame in frames {
            #expect(client.readMessage() == frame.array)
        }
        #expect(server.journal.current.contains(.writable(link)))
        #expect(server.run { $0.loop.isBehind(link) } == false)
    }

    @Test func aReaderThatStopsIsSeenAsBehindAfterABoundedNumberOfBytes() throws {
        let server = try LoopUnderTest()
        let receiveBytes: Int32 = 64 * 1024
        let (client, link) = try server.connect(receiveBytes: receiveBytes)
        let size = 16 * 1024
        let frames = (0..<400).map { Self.frame($0, size: size) }
        let state = server.run { handler -> (taken: Int, isBehind: Bool) in
            (handler.write(link, frames), handler.loop.isBehind(link))
        }
        let (taken, isBehind) = try #require(state)
        #expect(isBehind)
        // Both buffers as Linux keeps them, doubled, and the send that did not fit any more.
        let buffered = 2 * Int(TransportLimits().socketSendBytes + receiveBytes)
        #expect(taken * size <= buffered + TransportLimits().largeSendBytesMax)
        for frame in frames.prefix(taken) {
            #expect(client.readMessage() == frame.array)
        }
    }

    @Test func aSmallerSendBufferShowsLagSooner() throws {
        func taken(_ socketSendBytes: Int32) throws -> Int {
            let server = try LoopUnderTest { $0.limits.socketSendBytes = socketSendBytes }
            let (client, link) = try server.connect(receiveBytes: 4096)
            defer { client.close() }
            // Too large to be copied together.
            let frames = (0..<400).map { Self.frame($0, size: 5_000) }
            return try #require(server.run { $0.write(link, frames) })
        }
        #expect(try taken(16 * 1024) < taken(128 * 1024))
    }

    @Test func aLinkBehindCanStillBeClosedAfterWhatItWasGiven() throws {
        let server = try LoopUnderTest { $0.limits.closeWaitMax = .seconds(60) }
        let (client, link) = try server.connect(receiveBytes: 65536)
        let frame = Self.frame(3, size: 8_000_000)
        let isBehind = server.run { handler -> Bool in
            let isBehind = handler.write(link, [frame]) == 1 && handler.loop.isBehind(link)
            handler.loop.close(link, code: 4002, reason: "full")
            return isBehind
        }
        #expect(isBehind == true)
        #expect(client.readMessage() == frame.array)
        #expect(client.readFrame()?.closeCode == 4002)
        client.sendClose(4002)
        #expect(server.closing(of: link) == LinkClose(code: 4002, reason: "full", side: .us))
    }

    @Test func aStalledLinkIsLostAndOthersAreNotTouched() throws {
        let server = try LoopUnderTest {
            $0.limits.pingInterval = .milliseconds(400)
            $0.limits.sendStallMax = .milliseconds(200)
        }
        let (stalled, link) = try server.connect(receiveBytes: 4096)
        #expect(server.run { $0.write(link, [Self.frame(1, size: 16_000_000)]) } == 1)
        #expect(server.closing(of: link) == LinkClose(code: 1006, reason: "", side: .lost))
        let (other, _) = try server.connect()
        other.sendMessage([1])
        #expect(other.readMessage() == [1])
        stalled.close()
    }

    @Test func aLinkThatAsksIsToldWhenItMayWrite() throws {
        let server = try LoopUnderTest()
        let (client, link) = try server.connect()
        server.perform { $0.loop.requestWritable(link) }
        #expect(server.journal.wait { $0.contains(.writable(link)) } != nil)
        client.close()
    }

    @Test func aCloseInsideAWriteComesAfterWhatWasAppended() throws {
        let server = try LoopUnderTest()
        let (client, link) = try server.connect()
        let taken = server.run { handler -> [Bool] in
            var taken: [Bool] = []
            handler.loop.write(link) { batch in
                taken.append(batch.append(SharedFrame([1])))
                handler.loop.close(link, code: 4003, reason: "")
                taken.append(batch.append(SharedFrame([2])))
            }
            return taken
        }
        #expect(taken == [true, false])
        #expect(client.readMessage() == [1])
        #expect(client.readFrame()?.closeCode == 4003)
    }
}
