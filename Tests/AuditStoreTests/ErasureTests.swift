import Age
import AuditCore
import Foundation
import Glibc
import Testing
import Wire

@testable import AuditStore

@Suite struct ErasureTests {
    private func order(_ order: LogOrder, _ studio: Studio) -> LogAccess.Outcome {
        LogAccess.perform(order, directory: studio.scene.path, program: "test 1")
    }

    private func allocated(_ path: String) throws -> Int {
        var blocks = 0
        for name in try #require(FileManager.default.enumerator(atPath: path)).compactMap({ $0 as? String }) {
            var status = stat()
            if unsafe stat(path + "/" + name, &status) == 0 { blocks += Int(status.st_blocks) }
        }
        return blocks * 512
    }

    @Test(arguments: [true, false]) func anErasedSessionIsGoneAndTheOthersStay(whileRunning: Bool) throws {
        let studio = Studio()
        var log: AuditLog? = try studio.open()
        for number: UInt64 in [1, 2] { studio.run(number, on: try #require(log), frames: 2_000) }
        log?.close()
        log = whileRunning ? try studio.open() : nil
        let chunk = try studio.scene.bytes("rec/\(Studio.session(1).text)/1.age")
        let key = try studio.scene.bytes("keys/\(Studio.session(1).text).age")
        let before = try self.allocated(studio.scene.path + "/rec")
        guard case .done(let files, let bytes) = self.order(.erase(Studio.session(1), reason: "asked"), studio) else {
            Issue.record("not erased")
            return
        }
        #expect(files == 2)
        #expect(bytes == chunk.count + key.count)
        log?.close()
        #expect(try self.allocated(studio.scene.path + "/rec") <= before - chunk.count)
        #expect(!FileManager.default.fileExists(atPath: studio.scene.path + "/rec/\(Studio.session(1).text)"))
        #expect(throws: (any Error).self) { _ = try studio.identity(1) }
        #expect(try studio.identity(2).count == 1)
        let report = try studio.scene.report()
        #expect(report.faultCount == 0)
        let record = try #require(try studio.scene.records().last { $0.event.code == .sessionErased })
        #expect(record.actor.role == .auditor)
        #expect(record.actor.id == "uid:\(geteuid())")
        #expect(record.event.value("reason") == .text("asked"))
    }

    @Test func aHeldSessionIsNotErasedUntilTheHoldIsLifted() throws {
        let studio = Studio()
        let first = try studio.open()
        studio.run(1, on: first)
        // A recording that is still being written is refused as one that runs.
        first.close()
        let log = try studio.open()
        let session = Studio.session(1)
        #expect(self.order(.lift(session, reason: "x"), studio) == .refused("The session is not held."))
        #expect(self.order(.hold(session, reason: "a claim"), studio) == .done(files: 0, bytes: 0))
        #expect(self.order(.hold(session, reason: "again"), studio) == .refused("The session is held already."))
        for order in [LogOrder.erase(session, reason: "asked"), .expire(session, why: "age")] {
            #expect(
                self.order(order, studio)
                    == .refused("The session is held: lift the hold first, with its reason on record."))
        }
        #expect(self.order(.lift(session, reason: "settled"), studio) == .done(files: 0, bytes: 0))
        guard case .done(2, _) = self.order(.expire(session, why: "age"), studio) else {
            Issue.record("not expired")
            return
        }
        log.close()
        #expect(try studio.scene.report().faultCount == 0)
    }

    @Test func aRunningSessionAndAStrangersAreRefused() throws {
        let studio = Studio()
        let log = try studio.open()
        studio.begin(1, on: log, frames: 1)
        #expect(
            self.order(.erase(Studio.session(1), reason: "asked"), studio)
                == .refused("The session still runs; end it first."))
        #expect(
            self.order(.erase(Studio.session(9), reason: "asked"), studio)
                == .refused("The log knows no such session."))
        log.close()
    }

    @Test func anErasureThatACrashInterruptedIsFinished() throws {
        let studio = Studio()
        let log = try studio.open()
        studio.run(1, on: log)
        log.close()
        let session = Studio.session(1)
        // The record is durable and the mark is set; nothing has gone yet.
        let again = try studio.open()
        try RecordingRecovery.Mark.erasing.set(session, in: studio.scene.path)
        #expect(
            again.appendAndWait(
                AuditEntry(.sessionErased(session, reason: "asked", files: 2, bytes: 1), by: .auditor("uid:0"))))
        again.close()
        #expect(try studio.identity(1).count == 1)
        try studio.open().close()
        #expect(!FileManager.default.fileExists(atPath: studio.scene.path + "/rec/\(session.text)"))
        #expect(!FileManager.default.fileExists(atPath: studio.scene.path + "/keys/\(session.text).age"))
        #expect(!FileManager.default.fileExists(atPath: studio.scene.path + "/inbox/\(session.text).erasing"))
    }

    @Test func readingsAreOnRecordWhetherTheRelayRunsOrNot() throws {
        let studio = Studio()
        let log = try studio.open()
        studio.run(1, on: log)
        let session = Studio.session(1)
        let orders: [LogOrder] = [
            .read(what: "show", session: nil), .read(what: "show", session: session),
            .replayed(session, seat: 2), .exported(format: "jsonl", session: nil),
        ]
        for order in orders {
            #expect(LogOrder(line: Array(order.line.utf8)) == order)
            #expect(self.order(order, studio) == .done(files: 0, bytes: 0))
        }
        log.close()
        #expect(self.order(orders[0], studio) == .done(files: 0, bytes: 0))
        let events = try studio.scene.events().filter { ["log.read", "session.replayed", "log.exported"].contains($0) }
        #expect(events == ["log.read", "log.read", "session.replayed", "log.exported", "log.read"])
        #expect(try studio.scene.report().faultCount == 0)
    }

    @Test func whatIsNoOrderIsRefused() throws {
        for line in ["", "{}", "{\"order\":\"erase\"}", "{\"order\":\"erase\",\"session\":\"x\"}", "[1]"] {
            #expect(LogOrder(line: Array(line.utf8)) == nil)
        }
        #expect(LogAnswer(line: Array("{\"ok\":true}".utf8)) == nil)
        #expect(LogAnswer(line: Array(LogAnswer.refused("a \"why\"").line.utf8)) == .refused("a \"why\""))
        #expect(DoorKnock.send(.read(what: "show", session: nil), directory: "/nonexistent") == nil)
    }
}
