import Foundation
import Glibc
import Metrics
import RelayRuntime
import Synchronization
import Testing

@Suite struct MetricsSocketTests {
    private static func answer(_ request: String, _ exposition: String? = "alongside_links 1\n") -> String {
        String(decoding: MetricsAnswer.bytes(to: Array(request.utf8)) { exposition }, as: UTF8.self)
    }

    @Test func thePageIsAnsweredWithItsLength() {
        let answer = Self.answer("GET /metrics HTTP/1.1\r\nHost: relay\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.0 200 OK\r\nContent-Type: text/plain; version=0.0.4"))
        #expect(answer.hasSuffix("Content-Length: 18\r\nConnection: close\r\n\r\nalongside_links 1\n"))
    }

    @Test(
        arguments: [
            ("GET / HTTP/1.0\r\n\r\n", "404"), ("GET /metrics?x HTTP/1.0\r\n\r\n", "404"),
            ("POST /metrics HTTP/1.0\r\n\r\n", "405"), ("GET /metrics HTTP/1.0\r\n", "400"),
            ("GET /metrics HTTP/2\r\n\r\n", "400"), ("GET /metrics\r\n\r\n", "400"), ("", "400"), ("\r\n\r\n", "400"),
        ])
    func whatIsNoRequestForThePageIsToldSo(request: String, status: String) {
        #expect(Self.answer(request).hasPrefix("HTTP/1.0 \(status) "))
    }

    @Test func aSilentLoopMakesThePageUnavailable() {
        #expect(Self.answer("GET /metrics HTTP/1.0\r\n\r\n", nil).hasPrefix("HTTP/1.0 503 "))
    }

    @Test func theFiguresOfAllLoopsAreAddedUp() async {
        let mailboxes = [Mailbox(), Mailbox()]
        let figures = LoopFigures(mailboxes)
        for (place, mailbox) in mailboxes.enumerated() {
            mailbox.connect { Self.answer(mailbox, links: place + 1) }
        }
        #expect(figures.collect()?.links == 3)
        #expect(figures.collect()?.links == 3)
    }

    @Test func aLoopThatIsSilentIsAskedOnceUntilItAnswers() {
        let mailboxes = [Mailbox(), Mailbox()]
        let figures = LoopFigures(mailboxes)
        mailboxes[0].connect { Self.answer(mailboxes[0], links: 1) }
        for _ in 0..<3 { #expect(figures.collect(patience: .milliseconds(1)) == nil) }
        // The late answer ends the old round, and the next one is whole.
        #expect(Self.answer(mailboxes[1], links: 5) == 1)
        mailboxes[1].connect { Self.answer(mailboxes[1], links: 2) }
        #expect(figures.collect()?.links == 3)
    }

    @Test func aPathTooLongIsRefused() {
        let path = "/" + String(repeating: "x", count: MetricsLimits.pathBytesMax - 1)
        let error = #expect(throws: StartError.self) { _ = try MetricsSocket(path: path) }
        #expect(error?.exitCode == 69)
    }

    @Test func aPathIsAsLongAsASocketsMayBe() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/"
        let name = UUID().uuidString + String(repeating: "x", count: MetricsLimits.pathBytesMax)
        let path = String((folder + name).prefix(MetricsLimits.pathBytesMax - 1))
        let socket = try MetricsSocket(path: path)
        #expect(FileManager.default.fileExists(atPath: path))
        withExtendedLifetime(socket) {}
    }

    /// A socket in a place of its own.
    private static func socket() throws -> (socket: MetricsSocket, path: String) {
        let path = FileManager.default.temporaryDirectory.path + "/m-\(UUID().uuidString.prefix(8))"
        return (try MetricsSocket(path: path), path)
    }

    /// Connects without waiting; nil where as many wait as may.
    private static func dial(_ path: String) -> Int32? {
        let link = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(link, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else {
            close(link)
            return nil
        }
        return link
    }

    /// The kernel lets in one more than it was told (unix(7): the queue is full above the backlog).
    @Test func soManyConnectionsWaitAndNoMore() throws {
        let (socket, path) = try Self.socket()
        let links = (0..<100).compactMap { _ in Self.dial(path) }
        #expect(links.count == Int(MetricsLimits.backlogMax) + 1)
        for link in links { close(link) }
        withExtendedLifetime(socket) {}
    }

    @Test func whoDoesNotEndItsRequestHasItsTimeAndThenTheNextIsServed() throws {
        let (socket, path) = try Self.socket()
        socket.start { "alongside_links 1\n" }
        let start = ContinuousClock.now
        let (silent, next) = (try #require(Self.dial(path)), try #require(Self.dial(path)))
        let request = Array("GET /metrics HTTP/1.0\r\n\r\n".utf8)
        #expect(unsafe send(next, request, request.count, 0) == request.count)
        var item = pollfd(fd: next, events: Int16(POLLIN), revents: 0)
        #expect(unsafe poll(&item, 1, 20_000) == 1)
        #expect(ContinuousClock.now - start >= MetricsLimits.requestDurationMax)
        var byte: UInt8 = 0
        #expect(unsafe recv(silent, &byte, 1, 0) == 0, "closed without an answer")
        for link in [silent, next] { close(link) }
        socket.stop()
    }

    @Test func aRequestIsReadUpToItsLimit() throws {
        let (socket, path) = try Self.socket()
        socket.start { "alongside_links 1\n" }
        for (more, status) in [(0, "200"), (1, "400")] {
            let (head, end) = ("GET /metrics HTTP/1.0\r\nA: ", "\r\n\r\n")
            let count = MetricsLimits.requestBytesMax + more - head.utf8.count - end.utf8.count
            let request = Array((head + String(repeating: "a", count: count) + end).utf8)
            let link = try #require(Self.dial(path))
            #expect(unsafe send(link, request, request.count, 0) == request.count)
            var item = pollfd(fd: link, events: Int16(POLLIN), revents: 0)
            #expect(unsafe poll(&item, 1, 20_000) == 1)
            var answer = [UInt8](repeating: 0, count: 64)
            let got = unsafe recv(link, &answer, answer.count, 0)
            #expect(String(decoding: answer.prefix(max(got, 0)), as: UTF8.self).hasPrefix("HTTP/1.0 \(status) "))
            close(link)
        }
        socket.stop()
    }

    @Test func aSilentLoopIsWaitedForSoLong() {
        let start = ContinuousClock.now
        #expect(LoopFigures([Mailbox()]).collect() == nil)
        // A timer may be early by the part of a millisecond.
        #expect(ContinuousClock.now - start >= MetricsLimits.answerDurationMax - .milliseconds(1))
    }

    /// Answers as a loop with so many links does; how many questions there were.
    @discardableResult
    private static func answer(_ mailbox: Mailbox, links: Int) -> Int {
        let mail = mailbox.take()
        var count = 0
        for case .metrics(let answer) in mail {
            var copy = LoopMetrics()
            copy.links = links
            answer(copy)
            count += 1
        }
        mailbox.giveBack(mail)
        return count
    }
}
