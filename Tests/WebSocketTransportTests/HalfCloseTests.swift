import Glibc
import Testing
import WebSocketTransport
import Wire

@Suite struct HalfCloseTests {
    /// Looked at as soon as it falls behind, a link is looked at again when `halfCloseCheckInterval` is over, and not
    /// before.
    @Test func linksThatAreBehindAreLookedAtOnceInTheirInterval() async {
        await #expect(processExitsWith: .success) {
            for interval in [Duration.milliseconds(10), .seconds(2)] {
                let server = try LoopUnderTest { $0.limits.halfCloseCheckInterval = interval }
                let (client, link) = try server.connect(receiveBytes: 4096)
                let start = ContinuousClock.now
                let taken = server.run { $0.write(link, [SharedFrame([UInt8](repeating: 1, count: 16_000_000))]) }
                precondition(taken == 1)
                // One turn more: the first look is over.
                precondition(server.perform { _ in })
                shutdown(client.descriptor, Int32(SHUT_WR))
                precondition(server.closing(of: link) != nil)
                precondition(ContinuousClock.now - start >= interval)
                client.close()
                server.stop()
            }
            exit(0)
        }
    }

    /// A peer that ends its direction and never reads what waits for it.
    @Test func aHalfClosedPeerThatDoesNotReadCostsNoProcessorTime() async {
        await #expect(processExitsWith: .success) {
            let server = try LoopUnderTest()
            let (client, link) = try server.connect(receiveBytes: 4096)
            let taken = server.run { $0.write(link, [SharedFrame([UInt8](repeating: 1, count: 16_000_000))]) }
            precondition(taken == 1)
            shutdown(client.descriptor, Int32(SHUT_WR))
            let start = clock()
            precondition(server.closing(of: link) != nil)
            precondition(clock() - start < CLOCKS_PER_SEC)
            client.close()
            server.stop()
            exit(0)
        }
    }
}
