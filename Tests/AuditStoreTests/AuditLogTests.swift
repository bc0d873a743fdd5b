import AuditCore
import Foundation
import Synchronization
import Testing
import Wire

@testable import AuditStore

@Suite struct AuditLogTests {
    @Test func aNewLogBeginsOpenedAndEndsClosedAndGoesOn() throws {
        let scene = Scene()
        try scene.open().close()
        #expect(try scene.events() == ["log.opened", "log.closed"])
        let log = try scene.open()
        #expect(log.opening.entries == 2)
        #expect(log.opening.torn == nil)
        log.close()
        log.close()
        #expect(try scene.events() == ["log.opened", "log.closed", "log.opened", "log.closed"])
        #expect(try scene.report().faultCount == 0)
        #expect(log.state == .closed)
        #expect(log.append(Sample.login("mari")) == .failed)
        #expect(!log.frameAccepted(session: Sample.session, index: 1, frame: Sample.frame(1)))
        #expect(!log.framesSent(session: Sample.session, seat: 1, range: FrameRange(1, 1)))
    }

    @Test func twoWritersCannotShareADirectory() throws {
        let scene = Scene()
        let log = try scene.open()
        defer { log.close() }
        #expect(throws: AuditStoreError.inUse(directory: scene.path)) { try scene.open() }
    }

    @Test func aSessionIsOnRecordWithItsFramesAndWhatTheSeatWasSent() throws {
        let (scene, notices) = (Scene(), Notices())
        let log = try scene.open(notices: notices)
        for entry in [Sample.opened, Sample.consent, Sample.joined] { #expect(notices.isDurable(log.append(entry))) }
        var hash = FrameHash(of: Sample.session)
        for index in 1...1_000 {
            hash.append(Sample.frame(index))
            #expect(log.frameAccepted(session: Sample.session, index: UInt64(index), frame: Sample.frame(index)))
        }
        #expect(log.framesSent(session: Sample.session, seat: 1, range: FrameRange(1, 600)))
        #expect(log.framesSent(session: Sample.session, seat: 1, range: FrameRange(700, 1_000)))
        #expect(notices.isDurable(log.append(Sample.left)))
        #expect(notices.isDurable(log.append(Sample.ended)))
        log.close()
        let records = try scene.records()
        #expect(try scene.report().faultCount == 0)
        let sent = records.first { $0.event.code == .seatSent }
        #expect(sent?.event.value("ranges") == .ranges([FrameRange(1, 600), FrameRange(700, 1_000)]))
        let end = records.first { $0.event.code == .sessionEnded }
        #expect(end?.event.value("frames") == .count(1_000))
        #expect(end?.event.value("hash") == .digest(hash.digest))
    }

    @Test func framesAreOnRecordWithinASecondWithoutAnyEntry() throws {
        let (scene, notices, hands) = (Scene(), Notices(), Hands())
        let log = try scene.open(clock: hands.clock, notices: notices)
        #expect(notices.isDurable(log.append(Sample.opened)))
        #expect(notices.isDurable(log.append(Sample.consent)))
        #expect(log.frameAccepted(session: Sample.session, index: 1, frame: Sample.frame(1)))
        hands.turn(by: 1_000_000)
        // A login wakes the thread; it belongs to no session, so only time can have written the frame.
        #expect(notices.isDurable(log.append(Sample.login("mari"))))
        hands.turn(by: 1_000_000)
        #expect(notices.isDurable(log.append(Sample.login("tiina"))))
        #expect(try scene.crashed().events().contains("frames.hashed"))
        log.close()
    }

    @Test func entriesAreWrittenInTheOrderOfTheirTickets() throws {
        let (scene, notices) = (Scene(), Notices())
        let log = try scene.open(notices: notices)
        let results = (0..<500).map { log.append(Sample.login("rep-\($0)")) }
        #expect(notices.isDurable(results[499]))
        log.close()
        #expect(results == (1...500).map { .queued(AuditTicket($0)) })
        let names = try scene.records().compactMap { $0.event.code == .loginAccepted ? $0.actor.id : nil }
        #expect(names == (0..<500).map { "rep-\($0)" })
        let reported = notices.all.compactMap { if case .durable(let ticket) = $0 { ticket } else { nil } }
        #expect(reported == reported.sorted())
    }

    @Test func whatIsReportedDurableIsOnDiskAtThatMoment() throws {
        let (scene, notices) = (Scene(), Notices())
        let log = try scene.open(notices: notices)
        for count in 1...20 {
            #expect(notices.isDurable(log.append(Sample.login("rep"))))
            #expect(try scene.crashed().events().count == count + 1)
        }
        log.close()
    }

    @Test func aFullQueueIsAnAnswerAndLeavesAGapOnRecord() throws {
        let (scene, notices, gate) = (Scene(), Notices(), Gate())
        var disk = try scene.disk()
        let sync = disk.sync
        disk.sync = { (file, name) throws(AuditStoreError) in
            gate.pass()
            try sync(file, name)
        }
        var options = Scene.options
        options.queueEntriesMax = 8
        options.queueFramesMax = 4
        let log = try scene.open(options, disk: disk, notices: notices)
        gate.shut()
        let first = log.append(Sample.opened)
        gate.waitForSomebody()
        let results = (0..<10).map { log.append(Sample.login("rep-\($0)")) }
        #expect(results.filter { $0 == .full }.count == 2)
        let frames = (1...6).map {
            log.frameAccepted(session: Sample.session, index: UInt64($0), frame: Sample.frame($0))
        }
        #expect(frames == [true, true, true, true, false, false])
        #expect(!log.framesSent(session: Sample.session, seat: 1, range: FrameRange(1, 1)))
        gate.open()
        #expect(notices.isDurable(first))
        #expect(notices.isDurable(results[7]))
        log.close()
        let gaps = try scene.records().filter { $0.event.code == .auditGap }.map(\.event)
        let full = gaps.first { $0.value("reason") == .text("queue-full") }
        #expect(full?.value("entries") == .count(2))
        #expect(full?.value("frames") == .count(2))
        let reports = gaps.first { $0.value("reason") == .text("sent-reports") }
        #expect(reports?.value("entries") == .count(1))
        #expect(gaps.count == 2)
    }

    @Test func aDiskThatDoesNotAnswerForTwoSecondsHasFailedWhateverItAnswersLater() throws {
        let (scene, notices, gate, hands) = (Scene(), Notices(), Gate(), Hands())
        var disk = try scene.disk()
        let sync = disk.sync
        disk.sync = { (file, name) throws(AuditStoreError) in
            gate.pass()
            try sync(file, name)
        }
        let log = try scene.open(clock: hands.clock, disk: disk, notices: notices)
        #expect(log.state == .writing)
        gate.shut()
        let result = log.append(Sample.login("mari"))
        gate.waitForSomebody()
        #expect(log.state == .writing)
        hands.turn(by: 2_000_000)
        #expect(!notices.isDurable(result))
        #expect(log.state == .failed(.stalled(file: "wal")))
        #expect(log.append(Sample.login("tiina")) == .failed)
        // The disk still does not answer, and nobody waits for it.
        log.close()
        gate.open()
    }

    @Test func aClockSinceBootThatStepsBackIsHeldStill() throws {
        let (scene, notices, hands) = (Scene(), Notices(), Hands())
        let log = try scene.open(clock: hands.clock, notices: notices)
        hands.turn(by: 500)
        #expect(notices.isDurable(log.append(Sample.login("mari"))))
        hands.turn(by: 0 &- 900)
        #expect(notices.isDurable(log.append(Sample.login("tiina"))))
        log.close()
        let report = try scene.report()
        #expect(report.faultCount == 0)
        #expect(report.verifier.wallSteps == 1)
    }

    @Test func whatBelongsToNoOpenSessionIsCountedAsAGap() throws {
        let (scene, notices) = (Scene(), Notices())
        let log = try scene.open(notices: notices)
        #expect(log.frameAccepted(session: Sample.session, index: 1, frame: Sample.frame(1)))
        #expect(notices.isDurable(log.append(Sample.left)))
        log.close()
        let gap = try scene.records().first { $0.event.code == .auditGap }
        #expect(gap?.event.values == [.text("unplaced"), .count(1), .count(1)])
    }

    @Test func thePseudonymKeyIsMadeOnceForItsOwnerOnly() throws {
        let scene = Scene()
        let log = try scene.open()
        let text = log.pseudonym(.shopper, of: [1, 2, 3])
        log.close()
        let attributes = try FileManager.default.attributesOfItem(atPath: scene.path + "/keys/pseudonym.key")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let again = try scene.open()
        #expect(again.pseudonym(.shopper, of: [1, 2, 3]) == text)
        again.close()
        try scene.put([1, 2, 3], "keys/pseudonym.key")
        #expect(throws: AuditStoreError.key(file: "keys/pseudonym.key")) { try scene.open() }
    }
}

/// Clocks that a test turns.
final class Hands: Sendable {
    private let micros = Atomic<UInt64>(1_000_000)

    func turn(by micros: UInt64) { self.micros.wrappingAdd(micros, ordering: .relaxed) }

    var clock: AuditClock {
        AuditClock(boot: BootID(high: 1, low: 1)) {
            let now = self.micros.load(ordering: .relaxed)
            return AuditStamp(wall: now, mono: now)
        }
    }
}

/// Holds the audit thread at a call until the test lets it go.
final class Gate: Sendable {
    private struct State {
        var isShut = false
        var somebodyWaits = false
    }
    private let state = Mutex(State())

    func shut() { self.state.withLock { $0.isShut = true } }

    func open() { self.state.withLock { $0.isShut = false } }

    func pass() {
        while self.state.withLock({ state in
            state.somebodyWaits = state.isShut
            return state.isShut
        }) { sched_yield() }
    }

    func waitForSomebody() {
        while !self.state.withLock({ $0.somebodyWaits }) { sched_yield() }
    }
}
