import Testing
import Wire

@testable import WebSocketTransport

/// One stretch of bytes for several links in one turn.
@Suite struct GatheredBlockTests {
    private static func frames(_ sizes: [Int]) -> [SharedFrame] {
        sizes.enumerated().map { SharedFrame([UInt8](repeating: UInt8($0 + 1), count: $1)) }
    }

    /// Writes the frames as one block and answers its name.
    private static func write(_ frames: [SharedFrame], to link: LinkID, _ handler: TestHandler) -> UInt64 {
        var name: UInt64 = 0
        handler.loop.write(link) { batch in
            batch.beginBlock()
            for frame in frames { _ = batch.append(frame) }
            name = batch.endBlock()
        }
        return name
    }

    private static func repeated(_ name: UInt64, to link: LinkID, _ handler: TestHandler) -> Bool {
        var isTaken = false
        handler.loop.write(link) { batch in isTaken = batch.append(block: name) }
        return isTaken
    }

    @Test func aBlockGoesToEveryLinkInOneSendEach() throws {
        let server = try LoopUnderTest()
        let links = try (0..<3).map { _ in try server.connect() }
        let names = links.map { $0.1 }
        let frames = Self.frames([10, 300, 4_000])
        let sends = try #require(
            server.run { handler in
                let before = handler.loop.counters.sends
                let name = Self.write(frames, to: names[0], handler)
                let taken = names[1...].allSatisfy { Self.repeated(name, to: $0, handler) }
                return taken ? handler.loop.counters.sends - before : 0
            })
        #expect(sends == 3)
        for (client, _) in links {
            for frame in frames { #expect(client.readMessage() == frame.array) }
        }
    }

    /// Control goes first, and does not go to the others.
    @Test func whatWasGatheredBeforeTheBlockIsNotPartOfIt() throws {
        let server = try LoopUnderTest()
        let (one, first) = try server.connect()
        let (other, second) = try server.connect()
        let frames = Self.frames([20, 30, 40])
        let isTaken = server.run { handler in
            var name: UInt64 = 0
            handler.loop.write(first) { batch in
                _ = batch.append(frames[0])
                batch.beginBlock()
                _ = batch.append(frames[1])
                _ = batch.append(frames[2])
                name = batch.endBlock()
            }
            return Self.repeated(name, to: second, handler)
        }
        #expect(isTaken == true)
        for frame in frames { #expect(one.readMessage() == frame.array) }
        for frame in frames[1...] { #expect(other.readMessage() == frame.array) }
    }

    @Test func aBlockIsNotHadAgainOnceTheAreaHoldsSomethingElse() throws {
        let server = try LoopUnderTest()
        let (one, first) = try server.connect()
        let (other, second) = try server.connect()
        let frames = Self.frames([20, 30])
        let taken = server.run { handler in
            let name = Self.write([frames[0]], to: first, handler)
            _ = handler.write(first, [frames[1]])
            return Self.repeated(name, to: second, handler)
        }
        #expect(taken == false)
        // Nothing came before this.
        server.perform { _ = $0.write(second, [frames[1]]) }
        for frame in frames { #expect(one.readMessage() == frame.array) }
        #expect(other.readMessage() == frames[1].array)
    }

    @Test func aBlockWithLargeFramesGoesToOtherLinksToo() throws {
        let server = try LoopUnderTest()
        let (one, first) = try server.connect()
        let (other, second) = try server.connect()
        let frames = Self.frames([20, 70_000, 30, 65_536, 8_000])
        let taken = server.run { handler in
            Self.repeated(Self.write(frames, to: first, handler), to: second, handler)
        }
        #expect(taken == true)
        for frame in frames {
            #expect(one.readMessage() == frame.array)
            #expect(other.readMessage() == frame.array)
        }
    }

    @Test func aBlockOfMoreThanOneSendIsNotKept() throws {
        let server = try LoopUnderTest()
        let (client, link) = try server.connect()
        let frames = Self.frames([20, 120_000, 30, 120_000, 120_000])
        #expect(server.run { Self.write(frames, to: link, $0) } == 0)
        for frame in frames { #expect(client.readMessage() == frame.array) }
    }

    @Test func aBlockIsForgottenWithItsTurn() throws {
        let server = try LoopUnderTest()
        let (client, link) = try server.connect()
        let frames = Self.frames([20])
        let name = try #require(server.run { Self.write(frames, to: link, $0) })
        #expect(name != 0)
        #expect(client.readMessage() == frames[0].array)
        #expect(server.run { Self.repeated(name, to: link, $0) } == false)
    }

    /// A socket that takes a part is behind afterwards, and the rest arrives in order.
    @Test func aBlockThatASocketTakesInPartsArrivesWhole() throws {
        let server = try LoopUnderTest { $0.limits.socketSendBytes = 4_096 }
        let (one, first) = try server.connect()
        let (other, second) = try server.connect(receiveBytes: 2_048)
        let frames = Self.frames(Array(repeating: 3_000, count: 60))
        let partial = server.run { handler in
            let name = Self.write(frames, to: first, handler)
            return name != 0 && Self.repeated(name, to: second, handler) && handler.loop.isBehind(second)
        }
        #expect(partial == true)
        for client in [one, other] {
            for frame in frames { #expect(client.readMessage() == frame.array) }
        }
    }
}
