import Dispatch
import Glibc
import Testing
import WebSocketTransport

@Suite struct AcceptTests {
    @Test func anAddressGetsItsShareAndNoMoreUntilOneLeaves() throws {
        let ledger = AddressLedger()
        let server = try LoopUnderTest {
            $0.limits.connectionsPerAddressMax = 3
            $0.ledger = ledger
        }
        let clients = try (0..<3).map { _ in try server.connect() }
        let fourth = RawClient(port: server.port)
        #expect(!fourth.upgrade())
        #expect(server.run { $0.loop.counters.refusedByAddress } == 1)
        clients[0].0.close()
        #expect(server.closing(of: clients[0].1) != nil)
        #expect(server.reaches { $0.connectionCount == 2 })
        #expect(RawClient(port: server.port).upgrade())
    }

    @Test func anAddressSharesItsCountOverLoops() throws {
        let ledger = AddressLedger()
        let configure: (inout LoopConfiguration) -> Void = {
            $0.limits.connectionsPerAddressMax = 1
            $0.ledger = ledger
        }
        let first = try LoopUnderTest(configure: configure)
        let second = try LoopUnderTest(configure: configure)
        let (client, _) = try first.connect()
        #expect(!RawClient(port: second.port).upgrade())
        client.close()
        first.stop()
        #expect(ledger.addressCount == 0)
        #expect(RawClient(port: second.port).upgrade())
    }

    @Test func aLoopTakesOnlySoManyConnections() throws {
        let server = try LoopUnderTest { $0.limits.connectionCountMax = 2 }
        let clients = try (0..<2).map { _ in try server.connect() }
        #expect(!RawClient(port: server.port).upgrade())
        #expect(server.run { $0.loop.counters.refusedByCount } == 1)
        #expect(clients.count == 2)
    }

    @Test func everyConnectionGivesItsSlotBack() throws {
        let ledger = AddressLedger()
        let server = try LoopUnderTest { $0.ledger = ledger }
        for round in 0..<30 {
            let client = RawClient(port: server.port)
            switch round % 3 {
            case 0: #expect(client.upgrade())
            case 1: client.send("nonsense\r\n\r\n")
            default: break
            }
            client.close()
        }
        #expect(server.reaches { $0.connectionCount == 0 && $0.counters.accepted == 30 })
        #expect(ledger.addressCount == 0)
        let counters = try #require(server.run { $0.loop.counters })
        #expect(counters.linksOpened == 10)
        #expect(counters.linksClosed == 10)
    }

    @Test func anIPv6SocketServes() throws {
        let socket = try ListeningSocket.bind(host: "::1", port: 0)
        let server = try LoopUnderTest(on: [socket])
        let client = RawClient(port: socket.port, isIPv6: true)
        #expect(client.upgrade())
        #expect(server.shared.requests.current.first?.peer.text == "::1")
    }

    @Test func oneLoopServesSeveralSocketsAndOneSocketSeveralLoops() throws {
        let sockets = try (0..<2).map { _ in try ListeningSocket.bind(host: "127.0.0.1", port: 0) }
        let both = try LoopUnderTest(on: sockets)
        #expect(RawClient(port: sockets[0].port).upgrade())
        #expect(RawClient(port: sockets[1].port).upgrade())
        do {
            // Closing is left to `both`.
            let copy = try ListeningSocket.adopting(descriptor: dup(sockets[0].descriptor))
            let other = try LoopUnderTest(on: [copy])
            for _ in 0..<20 {
                #expect(RawClient(port: sockets[0].port).upgrade())
            }
            other.stop()
        }
        #expect(both.openedLinks.count >= 2)
    }

    @Test func aSocketHandedInServes() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        // Listening without binding: the kernel picks the port, as a manager would have.
        try #require(listen(descriptor, 16) == 0)
        let adopted = try ListeningSocket.adopting(descriptor: descriptor)
        let server = try LoopUnderTest(on: [adopted])
        #expect(adopted.port > 0)
        #expect(fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0)
        #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
        #expect(RawClient(port: server.port).upgrade())
    }

    @Test func whatDoesNotListenIsNotAdopted() {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        #expect(throws: TransportError(.adoptSocket, code: EINVAL)) {
            try ListeningSocket.adopting(descriptor: descriptor)
        }
        #expect(throws: TransportError(.adoptSocket, code: EBADF)) { try ListeningSocket.adopting(descriptor: -1) }
    }

    @Test func aPortInUseAndANameAreRefused() throws {
        let first = try ListeningSocket.bind(host: "127.0.0.1", port: 0)
        defer { first.close() }
        #expect(throws: TransportError(.bind, code: EADDRINUSE)) {
            try ListeningSocket.bind(host: "127.0.0.1", port: first.port)
        }
        #expect(throws: TransportError.self) { try ListeningSocket.bind(host: "relay.example", port: 0) }
    }

    /// In a process of its own: it uses up its descriptors.
    @Test func withoutDescriptorsAcceptingPausesAndComesBack() async {
        await #expect(processExitsWith: .success) {
            func allowDescriptors(_ count: rlim_t) {
                var limit = rlimit(rlim_cur: count, rlim_max: 256)
                precondition(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
            }
            allowDescriptors(256)
            let server = try LoopUnderTest { $0.limits.acceptPauseMin = .milliseconds(10) }
            let waiting = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            // From here on every new descriptor is one too many.
            allowDescriptors(0)
            let client = RawClient(connecting: waiting, port: server.port)
            client.send(RawClient.handshake())
            precondition(server.reaches { $0.counters.acceptPauses >= 5 })
            precondition(server.run { $0.loop.counters.accepted } == 0)
            // Paused, not spinning: in a second of many tries there is room for a few only, because pauses double.
            precondition((server.run { $0.loop.counters.acceptPauses } ?? 0) < 20)
            allowDescriptors(256)
            precondition(client.readHead().hasPrefix("HTTP/1.1 101"))
            server.stop()
            exit(0)
        }
    }
}

@Suite struct AcceptLimitTests {
    /// Of the connections that wait the loop takes `acceptBurstMax` in one go, looks at its links, and goes on.
    @Test(arguments: [1, 2, 5]) func aLoopAcceptsABurstAndThenLooksAtItsLinks(burst: Int) throws {
        // Each is refused at once, as it comes: every one that was accepted is counted in the same call.
        let server = try LoopUnderTest {
            $0.limits.acceptBurstMax = burst
            $0.limits.connectionsPerAddressMax = 0
        }
        let (held, hold) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        server.shared.mailbox.put { _ in
            held.signal()
            hold.wait()
        }
        server.handle.wake()
        held.wait()
        let clients = (0..<(burst + 1)).map { _ in RawClient(port: server.port) }
        let counts = Watched<[Int]>([0])
        Self.look(server, counts, until: burst + 1)
        hold.signal()
        #expect(counts.wait { $0.last == burst + 1 } != nil)
        let steps = zip(counts.current, counts.current.dropFirst()).map { $1 - $0 }
        #expect(steps.max() == burst, "\(counts.current)")
        #expect(clients.count == burst + 1)
    }

    /// Counts between any two bursts, and asks for the next look in each.
    private static func look(_ server: LoopUnderTest, _ counts: Watched<[Int]>, until last: Int) {
        let (shared, handle) = (server.shared, server.handle)
        @Sendable func note(_ handler: TestHandler) {
            let count = handler.loop.counters.refusedByAddress
            counts.change { $0.append(count) }
            guard count < last else { return }
            shared.mailbox.put(note)
            handle.wake()
        }
        shared.mailbox.put(note)
        handle.wake()
    }

    /// In a process of its own: it uses up its descriptors. Twenty pauses that double without end take hours.
    @Test func pausesGrowToTheirLongestAndNoFurther() async {
        await #expect(processExitsWith: .success) {
            func allowDescriptors(_ count: rlim_t) {
                var limit = rlimit(rlim_cur: count, rlim_max: 256)
                precondition(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
            }
            allowDescriptors(256)
            let server = try LoopUnderTest {
                $0.limits.acceptPauseMin = .milliseconds(10)
                $0.limits.acceptPauseMax = .milliseconds(40)
            }
            let waiting = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            allowDescriptors(0)
            let start = ContinuousClock.now
            let client = RawClient(connecting: waiting, port: server.port)
            precondition(server.reaches { $0.counters.acceptPauses > 20 })
            // 10 and 20 ms, then 18 of 40 ms before the last began; a timer may be early by the part of a millisecond.
            precondition(ContinuousClock.now - start >= .milliseconds(10 + 20 + 18 * 40 - 20))
            allowDescriptors(256)
            client.close()
            server.stop()
            exit(0)
        }
    }
}

@Suite struct DoorTests {
    private static func stranger(_ server: LoopUnderTest) -> RawClient { RawClient.stranger(port: server.port) }

    @Test func anAddressOfManyRefusedRequestsIsShutOut() throws {
        let server = try LoopUnderTest { $0.limits.penaltyToleranceMax = .seconds(3) }
        for _ in 0..<4 {
            let client = Self.stranger(server)
            #expect(!client.upgrade(RawClient.handshake(method: "POST")))
            #expect(client.readToEnd() != nil)
        }
        let refused = Self.stranger(server)
        #expect(!refused.upgrade())
        #expect((server.run { $0.loop.counters.refusedByPenalty } ?? 0) > 0)
        #expect(RawClient(port: server.port).upgrade())
    }

    @Test func anAddressWhoseHandshakesNeverEndIsShutOut() throws {
        let server = try LoopUnderTest {
            $0.limits.handshakeSeconds = 1
            $0.limits.penaltyToleranceMax = .seconds(8)
        }
        let silent = Self.stranger(server)
        #expect(silent.readToEnd() == [])
        #expect(!Self.stranger(server).upgrade())
        #expect(server.run { $0.loop.counters.refusedByPenalty } == 1)
    }

    @Test func connectionsThatSayNothingAreDroppedFromTheLimitOn() throws {
        let ledger = AddressLedger()
        let server = try LoopUnderTest {
            $0.limits.startingCountFree = 4
            $0.limits.startingCountMax = 5
            $0.ledger = ledger
        }
        // Links count no more, however many.
        let links = try (0..<10).map { _ in try server.connect() }
        var waiting = (0..<4).map { _ in RawClient(port: server.port) }
        #expect(server.reaches { $0.connectionCount >= 14 })
        while ledger.startingCount < 5 { waiting.append(RawClient(port: server.port)) }
        let late = RawClient(port: server.port)
        #expect(!late.upgrade())
        #expect((server.run { $0.loop.counters.droppedEarly } ?? 0) >= 1)
        for client in waiting { client.close() }
        #expect(server.reaches { $0.connectionCount == 10 })
        #expect(ledger.startingCount == 0)
        #expect(RawClient(port: server.port).upgrade())
        #expect(links.count == 10)
    }
}
