import AuditCore
import Foundation
import Testing
import Wire

@testable import AuditStore

@Suite struct RetentionTests {
    private static let day: UInt64 = 86_400_000_000
    private static let now: UInt64 = 1_800_000_000_000_000

    /// A recording of `bytes` bytes of a session that ended so long before `now`.
    private func recording(
        _ number: UInt64, age: UInt64?, bytes: Int = 100, site: String = "shop-1", _ events: [AuditEvent] = []
    ) -> KeptRecording {
        let session = Studio.session(number)
        var standings: [SessionID: SessionStanding] = [:]
        func read(_ event: AuditEvent, _ wall: UInt64, in session: SessionID?) {
            let entry = AuditEntry(event, by: .relay, site: session == nil ? nil : site, session: session)
            let stamp = AuditStamp(wall: wall, mono: 0)
            SessionStanding.read(
                AuditRecord(entry, sequence: session.map { _ in 1 }, at: stamp, boot: BootID(high: 0, low: 0)),
                into: &standings)
        }
        read(.sessionOpened(origin: "https://shop.example", path: "/"), 0, in: session)
        read(.recordingStarted(session, recipients: []), 0, in: nil)
        if let age { read(.sessionEnded(why: "shopper"), Self.now - age, in: session) }
        for event in events { read(event, 0, in: nil) }
        return KeptRecording(session: session, standing: standings[session]!, files: 2, bytes: bytes)
    }

    private func plan(_ recordings: [KeptRecording], _ rule: RetentionRule) -> RetentionPlan {
        RetentionPlan(recordings, rules: ["shop-1": rule], now: Self.now)
    }

    private func gone(_ plan: RetentionPlan) -> [UInt64] { plan.removals.map { $0.recording.session.low } }

    @Test func aRecordingStaysAtItsAgeAndGoesAMicrosecondLater() {
        let recordings = [self.recording(1, age: 30 * Self.day + 1), self.recording(2, age: 30 * Self.day)]
        let plan = self.plan(recordings, RetentionRule(daysMax: 30))
        #expect(self.gone(plan) == [1])
        #expect(plan.removals.map(\.reason) == [.age])
        #expect(plan.sites.map(\.kept.count) == [1])
    }

    @Test func theOldestGoUntilTheSiteIsWithinItsSize() {
        let recordings = [3, 1, 2].map { self.recording($0, age: (10 - $0) * Self.day) }
        #expect(self.gone(self.plan(recordings, RetentionRule(bytesMax: 300))) == [])
        let past = self.plan(recordings, RetentionRule(bytesMax: 299))
        #expect(self.gone(past) == [1])
        #expect(past.removals.map(\.reason) == [.size])
        #expect(self.gone(self.plan(recordings, RetentionRule(bytesMax: 100))) == [1, 2])
        #expect(self.gone(self.plan(recordings, RetentionRule(bytesMax: 99))) == [1, 2, 3])
    }

    @Test func whatGoesByAgeCountsForTheSizeNoMore() {
        let recordings = (1...3).map { self.recording(UInt64($0), age: UInt64(100 - $0) * Self.day) }
        let plan = self.plan(recordings, RetentionRule(daysMax: 98, bytesMax: 200))
        #expect(self.gone(plan) == [1])
        #expect(plan.sites.first?.kept.bytes == 200)
    }

    @Test func heldAndRunningSessionsStayAndAreCounted() {
        let held = AuditEvent.holdPlaced(Studio.session(1), reason: "a claim")
        let recordings = [
            self.recording(1, age: 50 * Self.day, [held]), self.recording(2, age: 40 * Self.day),
            self.recording(3, age: nil),
        ]
        let aged = self.plan(recordings, RetentionRule(daysMax: 30))
        #expect(self.gone(aged) == [2])
        #expect(aged.sites.first?.bound.count == 1)
        let sized = self.plan(recordings, RetentionRule(bytesMax: 1))
        #expect(self.gone(sized) == [2])
        #expect(sized.sites.first?.bound.bytes == 200)
        let lifted = [held, AuditEvent.holdLifted(Studio.session(1), reason: "settled")]
        #expect(
            self.gone(self.plan([self.recording(1, age: 50 * Self.day, lifted)], RetentionRule(daysMax: 30))) == [1])
    }

    @Test func aSiteWithoutARuleAndAClockThatSteppedBackLoseNothing() {
        let elsewhere = self.recording(1, age: 9_000 * Self.day, site: "shop-2")
        var future = self.plan([elsewhere], RetentionRule(daysMax: 1))
        #expect(self.gone(future) == [])
        #expect(future.sites.map(\.name) == ["shop-1", "shop-2"])
        future = RetentionPlan(
            [self.recording(1, age: 0)], rules: ["shop-1": RetentionRule(daysMax: 1)], now: Self.now - 9 * Self.day)
        #expect(self.gone(future) == [])
    }

    @Test func whatIsGoneOnRecordAndStillThereIsFinished() throws {
        let studio = Studio()
        let log = try studio.open()
        for number: UInt64 in 1...3 { studio.run(number, on: log) }
        log.close()
        let session = Studio.session(1)
        let again = try studio.open()
        #expect(
            again.appendAndWait(
                AuditEntry(.recordingExpired(session, why: "age", files: 2, bytes: 1), by: .auditor("uid:0"))))
        let rules = ["shop-1": RetentionRule(daysMax: 1)]
        let shelf = try RecordingShelf.read(directory: studio.scene.path)
        #expect(shelf.map(\.session.low) == [1, 2, 3])
        let plan = RetentionPlan(shelf, rules: rules, now: 0)
        #expect(plan.removals.map(\.reason) == [.unfinished])
        #expect(
            LogAccess.perform(.expire(session, why: "unfinished"), directory: studio.scene.path, program: "test 1")
                == .done(files: 2, bytes: plan.removals[0].recording.bytes))
        again.close()
        #expect(try RecordingShelf.read(directory: studio.scene.path).map(\.session.low) == [2, 3])
        #expect(try studio.scene.events().filter { $0 == "recording.expired" }.count == 1)
        #expect(try studio.scene.report().faultCount == 0)
    }

    @Test(arguments: [true, false]) func manyOrdersAreCarriedOutInTheirOrder(whileRunning: Bool) throws {
        let studio = Studio()
        var log: AuditLog? = try studio.open()
        for number: UInt64 in 1...8 { studio.run(number, on: try #require(log)) }
        studio.begin(9, on: try #require(log), frames: 1)
        log?.close()
        log = whileRunning ? try studio.open() : nil
        var orders = (1...8).map { LogOrder.expire(Studio.session($0), why: "age") }
        orders.insert(.hold(Studio.session(5), reason: "a claim"), at: 2)
        orders.append(.expire(Studio.session(20), why: "age"))
        var outcomes: [LogAccess.Outcome] = []
        LogAccess.perform(orders, directory: studio.scene.path, program: "test 1") { (order, outcome) in
            #expect(order == orders[outcomes.count])
            outcomes.append(outcome)
        }
        log?.close()
        let refused = outcomes.indices.filter { if case .refused = outcomes[$0] { true } else { false } }
        #expect(refused == [5, 9])
        #expect(try RecordingShelf.read(directory: studio.scene.path).map(\.session.low) == [5, 9])
        #expect(try studio.scene.report().faultCount == 0)
    }

    @Test func theBookKnowsWhatWasWrittenSinceItLooked() throws {
        let studio = Studio()
        let log = try studio.open()
        studio.run(1, on: log)
        studio.run(2, on: log, scope: ["view"])
        #expect(log.settle())
        let disk = try studio.scene.disk(forWriting: false)
        defer { disk.release() }
        let book = StandingBook()
        #expect(try book.standing(of: Studio.session(1), on: disk)?.isOpen == false)
        #expect(try book.standing(of: Studio.session(2), on: disk)?.isRecorded == false)
        #expect(try book.standing(of: Studio.session(3), on: disk) == nil)
        studio.begin(3, on: log, frames: 1)
        #expect(log.appendAndWait(AuditEntry(.holdPlaced(Studio.session(1), reason: "x"), by: .auditor("uid:0"))))
        #expect(try book.standing(of: Studio.session(1), on: disk)?.isHeld == true)
        #expect(try book.standing(of: Studio.session(3), on: disk)?.isOpen == true)
        log.close()
    }
}
