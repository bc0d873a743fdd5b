import Foundation
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
