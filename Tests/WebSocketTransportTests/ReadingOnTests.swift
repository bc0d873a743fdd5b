import Dispatch
import Testing
import Wire

@testable import WebSocketTransport

/// How much a loop reads from one link before it looks at the others.
@Suite struct ReadingOnTests {
    /// So many messages, each as much as one read takes, wait for a loop: how many of them came in each turn.
    private static func messagesPerTurn(bytes: Int, count: Int) throws -> [Int] {
        let turns = Watched<[UInt64]>([])
        var script = Script()
        script.message = { handler, _, _ in
            let now = handler.loop.now
            turns.change { $0.append(now) }
        }
        // A message with its header of two bytes, two of length and four of mask.
        let server = try LoopUnderTest(script) { $0.limits.receiveBytes = bytes + 8 }
        let (client, _) = try server.connect()
        let (held, hold) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        server.shared.mailbox.put { _ in
            held.signal()
            hold.wait()
        }
        server.handle.wake()
        held.wait()
        for _ in 0..<count { client.sendMessage([UInt8](repeating: 1, count: bytes)) }
        hold.signal()
        let all = try #require(turns.wait { $0.count == count })
        return Dictionary(grouping: all) { $0 }.sorted { $0.key < $1.key }.map(\.value.count)
    }

    @Test func largePiecesAreReadOnInTheSameTurnAndSmallerOnesInTheNext() throws {
        let most = TransportLimits.readsPerTurnMax
        let large = try Self.messagesPerTurn(bytes: TransportLimits.largePieceBytes, count: most + 2)
        #expect((2...most).contains(large.max() ?? 0), "\(large)")
        let smaller = try Self.messagesPerTurn(bytes: TransportLimits.largePieceBytes - 1, count: most + 2)
        #expect(smaller.max() == 1, "\(smaller)")
    }
}
