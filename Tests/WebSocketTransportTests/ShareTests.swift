import Glibc
import Testing
import WebSocketTransport

@Suite struct ShareTests {
    /// Loops of one relay: they accept from one socket and share the ledger and the share.
    private static func loops(
        _ count: Int, ledger: AddressLedger = AddressLedger(), _ configure: (inout LoopConfiguration) -> Void = { _ in }
    ) throws -> [LoopUnderTest] {
        let socket = try ListeningSocket.bind(host: "127.0.0.1", port: 0)
        let share = ConnectionShare()
        return try (0..<count).map { index in
            // Each closes its own descriptor of the socket.
            let own = index == 0 ? socket : try ListeningSocket.adopting(descriptor: dup(socket.descriptor))
            return try LoopUnderTest(on: [own]) {
                $0.ledger = ledger
                $0.share = share
                configure(&$0)
            }
        }
    }

    private static func openCount() -> Int { (0..<4096).filter { fcntl(Int32($0), F_GETFD) >= 0 }.count }

    /// In a process of its own, which has the descriptors for both ends.
    @Test func fourHundredLinksSpreadEvenlyOverFourLoops() async {
        await #expect(processExitsWith: .success) {
            var limit = rlimit()
            precondition(unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
            limit.rlim_cur = min(limit.rlim_max, 4096)
            precondition(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
            let servers = try Self.loops(4)
            func join() -> RawClient {
                let client = RawClient(port: servers[0].port)
                precondition(client.upgrade())
                return client
            }
            var clients = (0..<400).map { _ in join() }
            let counts = servers.map { server in server.run { $0.loop.linkCount } ?? 0 }
            precondition(counts.reduce(0, +) == 400, "\(counts)")
            precondition((counts.max() ?? 0) - (counts.min() ?? 0) <= 10, "\(counts)")
            // Clients that connected first leave: of every loop the same share, or nearly.
            for client in clients.prefix(200) { client.close() }
            func counted() -> [Int] { servers.map { server in server.run { $0.loop.linkCount } ?? 0 } }
            while counted().reduce(0, +) > 200 { sched_yield() }
            clients.removeFirst(200)
            clients += (0..<200).map { _ in join() }
            let again = counted()
            precondition((again.max() ?? 0) - (again.min() ?? 0) <= 10, "\(again)")
            exit(0)
        }
    }

    /// A loop that takes nothing until it is let go.
    private static func hold(_ server: LoopUnderTest) -> Watched<Bool> {
        let (held, release) = (Watched(false), Watched(false))
        server.shared.mailbox.put { _ in
            held.change { $0 = true }
            release.wait { $0 }
        }
        server.handle.wake()
        held.wait { $0 }
        return release
    }

    @Test func aLoopThatStandsStillIsGivenNoMoreThanTheLimit() throws {
        let servers = try Self.loops(2) { $0.limits.handoverCountMax = 2 }
        let release = Self.hold(servers[1])
        let clients = (0..<10).map { _ in RawClient(port: servers[0].port) }
        #expect(servers[0].reaches { $0.connectionCount == 8 && $0.counters.handedOver == 2 })
        release.change { $0 = true }
        #expect(servers[1].reaches { $0.connectionCount == 2 })
        for client in clients { #expect(client.upgrade()) }
    }

    @Test func aLoopThatStopsLeavesNoDescriptorBehind() async {
        await #expect(processExitsWith: .success) {
            let ledger = AddressLedger()
            let servers = try Self.loops(2, ledger: ledger)
            // The library opens what it keeps for the process.
            precondition(RawClient(port: servers[0].port).upgrade())
            for server in servers { precondition(server.reaches { $0.connectionCount == 0 }) }
            let release = Self.hold(servers[1])
            let before = Self.openCount()
            let clients = (0..<10).map { _ in RawClient(port: servers[0].port) }
            precondition(servers[0].reaches { $0.connectionCount == 5 && $0.counters.handedOver >= 5 })
            servers[1].handle.requestStop(patience: .zero)
            release.change { $0 = true }
            servers[1].handle.join()
            let ended = clients.filter { !$0.upgrade() }
            precondition(ended.count == 5)
            // The next ones stay with the loop that is left.
            precondition(RawClient(port: servers[0].port).upgrade())
            for client in clients { client.close() }
            precondition(servers[0].reaches { $0.connectionCount == 0 })
            precondition(ledger.startingCount == 0)
            precondition(Self.openCount() < before, "its loop's own descriptors are gone as well")
            exit(0)
        }
    }
}
