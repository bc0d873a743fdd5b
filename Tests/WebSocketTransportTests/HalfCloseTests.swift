import Glibc
import Testing
import WebSocketTransport
import Wire

@Suite struct HalfCloseTests {
    /// Once in `halfCloseCheckInterval`, whatever it is: with one longer than the test nobody is looked at again, and
    /// the library's own 5 s pass.
    @Test func linksThatAreBehindAreLookedAtOnceInTheirInterval() async {
        await #expect(processExitsWith: .success) {
            for (interval, bounds) in [
                (Duration.milliseconds(10), Duration.zero..<Duration.seconds(2)),
                (.seconds(600), .seconds(3)..<(.seconds(15))),
            ] {
                let server = try LoopUnderTest { $0.limits.halfCloseCheckInterval = interval }
                let (client, link) = try server.connect(receiveBytes: 4096)
                let taken = server.run { $0.write(link, [SharedFrame([UInt8](repeating: 1, count: 16_000_000))]) }
                precondition(taken == 1)
                shutdown(client.descriptor, Int32(SHUT_WR))
                let start = ContinuousClock.now
                precondition(server.closing(of: link) != nil)
                precondition(bounds.contains(ContinuousClock.now - start))
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
