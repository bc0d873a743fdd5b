import AuditCore
import AuditStore
import Foundation
import Testing
import Wire

@testable import AuditIndex

@Suite struct AuditIndexTests {
    private func makeLog(_ sessions: Int, in directory: String) throws {
        let log = try AuditLog.open(directory: directory, program: "test 1") { _ in }
        for number in 0..<sessions {
            let (session, site) = (
                SessionID(high: UInt64.random(in: 1...(.max)), low: 1), number % 2 == 0 ? "one" : "two"
            )
            for event: AuditEvent in [
                .sessionOpened(origin: "https://shop.example", path: "/\(number)"),
                .ticketQueued(ticket: 1, reason: number == 0 ? "rage" : "help", priority: 0),
                .seatJoined(seat: 1, rights: ["view"]),
            ] {
                _ = log.append(
                    AuditEntry(event, by: .rep("rep\(number)", key: "SHA256:x"), site: site, session: session))
            }
            if number > 0 {
                _ = log.append(AuditEntry(.sessionEnded(why: "shopper"), by: .relay, site: site, session: session))
            }
        }
        log.close()
    }

    @Test func questionsAreAnsweredAndTheIndexIsMadeAnewFromTheLog() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "index-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try self.makeLog(3, in: directory)
        let path = directory + "/index.sqlite"
        let index = try AuditIndex(path: path)
        #expect(try index.refresh(directory: directory) > 0)
        #expect(try index.refresh(directory: directory) == 0)
        let all = try index.sessions(IndexQuery())
        #expect(all.map(\.address) == (0..<3).map { "https://shop.example/\($0)" })
        var query = IndexQuery()
        query.site = "two"
        #expect(try index.sessions(query).map(\.reps) == [["rep1"]])
        query = IndexQuery()
        query.reason = "rage"
        #expect(try index.sessions(query).map(\.address) == ["https://shop.example/0"])
        query = IndexQuery()
        (query.from, query.rep) = (all[1].opened, "rep2")
        #expect(try index.sessions(query).count == 1)
        query = IndexQuery()
        query.to = all[0].opened - 1
        #expect(try index.sessions(query) == [])
        query = IndexQuery()
        query.recordedOnly = true
        #expect(try index.sessions(query) == [])
        let stats = try index.stats()
        #expect((stats.sessions, stats.seats, stats.recordings) == (3, 3, 0))
        #expect(try index.stats(site: "one").sessions == 2)
        let again = try AuditIndex(path: nil)
        try again.refresh(directory: directory)
        #expect(try again.sessions(IndexQuery()) == all)
    }

    @Test func aGrownLogIsReadFromWhereTheIndexWas() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "index-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let path = directory + "/index.sqlite"
        try self.makeLog(3, in: directory)
        var read = try AuditIndex(path: path).refresh(directory: directory)
        for _ in 0..<3 {
            try self.makeLog(2, in: directory)
            // log.opened, session.abandoned, seven records of two sessions, log.closed.
            #expect(try AuditIndex(path: path).refresh(directory: directory) == 10)
            read += 10
        }
        let (grown, anew) = (try AuditIndex(path: path), try AuditIndex(path: nil))
        #expect(try anew.refresh(directory: directory) == read)
        #expect(try grown.sessions(IndexQuery()) == anew.sessions(IndexQuery()))
        #expect(try grown.stats() == anew.stats())
        #expect(try grown.sessions(IndexQuery()).filter { $0.why == "abandoned" }.count == 3)
    }

    @Test func aLogThatWasRewoundOrRewrittenIsReadAnew() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "index-\(UUID().uuidString)").path
        let other = directory + "-other"
        let path = directory + ".sqlite"
        defer { for place in [directory, other, path] { try? FileManager.default.removeItem(atPath: place) } }
        try self.makeLog(5, in: directory)
        let all = try AuditIndex(path: path).refresh(directory: directory)
        for sessions in [2, 5, 9] {
            try? FileManager.default.removeItem(atPath: other)
            try self.makeLog(sessions, in: other)
            let read = try AuditIndex(path: path).refresh(directory: other)
            let anew = try AuditIndex(path: nil)
            #expect(try anew.refresh(directory: other) == read)
            #expect(try AuditIndex(path: path).sessions(IndexQuery()) == anew.sessions(IndexQuery()))
            #expect(try AuditIndex(path: path).refresh(directory: directory) == all)
        }
    }

    @Test func whatIsNoDatabaseIsSaidInWords() throws {
        #expect(throws: IndexError.self) { _ = try AuditIndex(path: "/nonexistent/index.sqlite") }
        let index = try AuditIndex(path: nil)
        #expect(throws: IndexError.self) { try index.refresh(directory: "/nonexistent") }
    }
}
