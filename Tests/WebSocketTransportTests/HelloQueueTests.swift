import Dispatch
import Foundation
import Glibc
import Testing

@testable import WebSocketTransport

/// Connections before their ClientHello. The queue is asked over pairs of sockets, the loop over TLS.
@Suite struct HelloQueueTests {
    /// A record of five bytes whose type is handshake (RFC 8446, 5.1), and one that TLS does not know.
    static let record: [UInt8] = [22, 3, 1, 0, 5, 1, 2, 3, 4, 5]
    static let noise = Array("GET / HTTP/1.1\r\n\r\n".utf8)

    /// Two ends of a connection; ours is closed with the pair.
    private final class Pair {
        let ours: Int32
        let theirs: Int32

        init() {
            var ends: [Int32] = [-1, -1]
            unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
            (self.ours, self.theirs) = (ends[0], ends[1])
        }

        deinit {
            close(self.ours)
            close(self.theirs)
        }

        var connection: Handover {
            Handover(descriptor: self.theirs, peer: PeerAddress(text: "local", port: 0), isSecure: true)
        }

        func send(_ bytes: some Collection<UInt8>) { _ = unsafe Glibc.send(self.ours, Array(bytes), bytes.count, 0) }
    }

    private static func isReady(_ arrival: HelloQueue.Arrival?, _ pair: Pair) -> Bool {
        if case .ready(let connection) = arrival { connection.descriptor == pair.theirs } else { false }
    }

    @Test func aRecordInPiecesIsReadyWithItsLastByteOnly() throws {
        var queue = try HelloQueue()
        let pair = Pair()
        let isAdded = queue.add(pair.connection, now: 1)
        #expect(isAdded)
        for byte in Self.record.dropLast() {
            pair.send([byte])
            if case .some = queue.next() { Issue.record("ready before its last byte") }
        }
        pair.send(Self.record.suffix(1))
        let arrival = queue.next()
        #expect(Self.isReady(arrival, pair))
        #expect(queue.count == 0)
        queue.closeEmpty()
    }

    @Test func whatIsNoHandshakeIsReadyAtOnce() throws {
        var queue = try HelloQueue()
        let pair = Pair()
        let isAdded = queue.add(pair.connection, now: 1)
        #expect(isAdded)
        pair.send(Self.noise)
        let arrival = queue.next()
        #expect(Self.isReady(arrival, pair))
        queue.closeEmpty()
    }

    @Test func oneThatEndsWithoutAWordIsGone() throws {
        var queue = try HelloQueue()
        let pair = Pair()
        let isAdded = queue.add(pair.connection, now: 1)
        #expect(isAdded)
        shutdown(pair.ours, Int32(SHUT_WR))
        guard case .gone(let connection) = queue.next() else { throw POSIXError(.EPROTO) }
        #expect(connection.descriptor == pair.theirs)
        queue.closeEmpty()
    }

    @Test func whoCameTooLongAgoIsTakenOutAndTheOthersStay() throws {
        var queue = try HelloQueue()
        let (early, late) = (Pair(), Pair())
        let areAdded = queue.add(early.connection, now: 1) && queue.add(late.connection, now: 5)
        #expect(areAdded)
        #expect(queue.oldest == 1)
        let taken = queue.takeLate(before: 5)
        #expect(taken.map(\.descriptor) == [early.theirs])
        #expect(queue.oldest == 5)
        let left = queue.close()
        #expect(left.map(\.descriptor) == [late.theirs])
    }

    @Test(arguments: [[], [22], [22, 3, 1, 1, 0, 1]]) func whoNeverEndsItsHelloIsCutOffInTime(_ start: [UInt8]) throws {
        let certificate = try Certificate()
        let ledger = AddressLedger()
        let server = try certificate.server {
            $0.ledger = ledger
            $0.limits.handshakeSeconds = 1
        }
        let client = RawClient(port: server.port)
        client.send(start)
        #expect(client.readToEnd()?.isEmpty == true)
        // The loop's next turn: the ledger hears of it after the peer.
        #expect(server.run { $0.loop.counters.accepted } == 0)
        #expect(ledger.startingCount == 0)
    }

    /// A ClientHello that was whole in time is not its sender's fault: only we are late.
    @Test(arguments: [(Self.record, false), ([22, 3], true)])
    func besideAnOpenLinkHandshakesWaitForTheirPartOfTheTime(_ words: [UInt8], _ isPenalised: Bool) throws {
        let ledger = AddressLedger()
        let server = try Certificate().server {
            $0.ledger = ledger
            $0.limits.handshakeSeconds = 1
            $0.limits.penaltyToleranceMax = .seconds(1)
        }
        server.perform { handler in
            handler.loop.openCount += 1
            // Ten seconds of handshakes: eight minutes of pause.
            handler.loop.pauseHellos(after: 10_000_000_000)
        }
        let client = RawClient.stranger(port: server.port)
        client.send(words)
        #expect(client.readToEnd()?.isEmpty == true)
        #expect(server.run { $0.loop.counters.accepted } == 0)
        // Whoever was penalised is turned away at the door.
        let again = RawClient.stranger(port: server.port)
        again.send(Self.noise)
        #expect(again.readToEnd()?.isEmpty == true)
        #expect(server.run { $0.loop.counters.refusedByPenalty } == (isPenalised ? 1 : 0))
        server.perform { $0.loop.openCount -= 1 }
    }

    @Test(arguments: [99, 100]) func whereAllOfTheTimeIsTheirsHandshakesDoNotWait(_ percentage: Int) throws {
        let server = try Certificate().server {
            $0.limits.secureAcceptPercentageMax = percentage
            $0.limits.handshakeSeconds = 1
        }
        server.perform { handler in
            handler.loop.openCount += 1
            // One percent of it are ten seconds.
            handler.loop.pauseHellos(after: 990_000_000_000)
        }
        let client = RawClient(port: server.port)
        client.send(Self.noise)
        #expect(client.readToEnd() != nil)
        #expect(server.run { $0.loop.counters.accepted } == (percentage == 100 ? 1 : 0))
        server.perform { $0.loop.openCount -= 1 }
    }

    /// So many are ready at once that the loop begins with `secureAcceptBurstMax` of them and looks at its links.
    @Test(arguments: [1, 2, 5]) func aLoopBeginsABurstOfHandshakesAndThenLooksAtItsLinks(burst: Int) throws {
        let ledger = AddressLedger()
        let server = try Certificate().server {
            $0.ledger = ledger
            $0.limits.secureAcceptBurstMax = burst
        }
        let clients = (0..<(burst + 1)).map { _ in RawClient(port: server.port) }
        while ledger.startingCount < clients.count { sched_yield() }
        let (held, hold) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        server.shared.mailbox.put { _ in
            held.signal()
            hold.wait()
        }
        server.handle.wake()
        held.wait()
        for client in clients { client.send(Self.record) }
        let counts = Watched<[Int]>([0])
        Self.look(server, counts, until: clients.count)
        hold.signal()
        #expect(counts.wait { $0.last == clients.count } != nil)
        let steps = zip(counts.current, counts.current.dropFirst()).map { $1 - $0 }
        #expect(steps.max() == burst, "\(counts.current)")
    }

    /// Counts between any two bursts, and asks for the next look in each.
    private static func look(_ server: LoopUnderTest, _ counts: Watched<[Int]>, until last: Int) {
        let (shared, handle) = (server.shared, server.handle)
        @Sendable func note(_ handler: TestHandler) {
            let count = handler.loop.counters.accepted
            counts.change { $0.append(count) }
            guard count < last else { return }
            shared.mailbox.put(note)
            handle.wake()
        }
        shared.mailbox.put(note)
        handle.wake()
    }

    @Test func withoutOpenLinksNobodyWaits() throws {
        let server = try Certificate().server()
        server.perform { $0.loop.pauseHellos(after: 10_000_000_000) }
        let client = RawClient(port: server.port)
        client.send(Self.noise)
        #expect(client.readToEnd() != nil)
        #expect(server.run { $0.loop.counters.accepted } == 1)
    }

    @Test func aLoopThatStopsClosesWhoWaits() throws {
        let ledger = AddressLedger()
        let server = try Certificate().server { $0.ledger = ledger }
        let client = RawClient(port: server.port)
        while ledger.startingCount == 0 { sched_yield() }
        server.stop()
        #expect(client.readToEnd()?.isEmpty == true)
        #expect(ledger.startingCount == 0)
    }
}

extension HelloQueue {
    /// Closes a queue that nobody waits in any more.
    fileprivate mutating func closeEmpty() {
        let left = self.close()
        #expect(left.isEmpty)
    }
}
