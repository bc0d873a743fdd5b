import AuditCore
import Foundation
import Synchronization
import Testing
import Wire

@testable import AuditStore

/// What was handed over is in the records or in the sum of their gaps, exactly, whatever the disk did.
@Suite(.serialized) struct GapTests {
    /// What goes wrong with one call.
    enum Kind: CaseIterable {
        case write, halfWrite, sync, syncThatCameThrough, full
    }

    /// A disk of which every `every`-th write or sync of a segment fails, up to `last` calls.
    private static func disk(
        _ path: String, _ kind: Kind, _ calls: Fault, every: Int
    ) throws(AuditStoreError) -> AuditDisk {
        var disk = try AuditDisk.system(directory: path, forWriting: true)
        let (write, sync) = (disk.write, disk.sync)
        @Sendable func isDue(_ name: String) -> Bool {
            guard name.hasPrefix("wal/") else { return false }
            let count = calls.count.add(1, ordering: .relaxed).newValue
            return count % every == 0 && count < calls.failing
        }
        let isOfWrite = [Kind.write, .halfWrite, .full].contains(kind)
        disk.write = { (file, name, bytes, offset) throws(AuditStoreError) in
            guard isOfWrite, isDue(name) else { return try write(file, name, bytes, offset) }
            if kind != .write { _ = try write(file, name, bytes.prefix(bytes.count * 2 / 3), offset) }
            throw .disk(operation: "write", file: name, errno: kind == .full ? ENOSPC : EIO)
        }
        disk.sync = { (file, name) throws(AuditStoreError) in
            guard !isOfWrite, isDue(name) else { return try sync(file, name) }
            if kind == .syncThatCameThrough { try sync(file, name) }
            throw .disk(operation: "fdatasync", file: name, errno: EIO)
        }
        return disk
    }

    private func open(
        _ scene: Scene, _ kind: Kind, _ calls: Fault, every: Int, policy: AuditFailurePolicy = .continue
    ) throws -> AuditLog {
        var options = Scene.options
        options.onFailure = policy
        options.reopenInterval = 500
        options.gatherMax = 200
        let path = scene.path
        return try AuditLog.open(
            on: { () throws(AuditStoreError) in try Self.disk(path, kind, calls, every: every) }, program: "test 1",
            clock: .system(), options: options
        ) { _ in }
    }

    private func tally(_ scene: Scene) throws -> AuditTally {
        var tally = AuditTally()
        for record in try scene.records() { tally.count(record) }
        return tally
    }

    @Test(arguments: Kind.allCases) func whatWasHandedOverIsRecordedOrCountedInAGap(_ kind: Kind) throws {
        let (scene, calls) = (Scene(inMemory: true), Fault(at: 24))
        let log = try self.open(scene, kind, calls, every: 5)
        let offered = Mutex(AuditTally())
        // Two threads hand over without a pause, before, between and after failures.
        DispatchQueue.concurrentPerform(iterations: 2) { thread in
            let session = SessionID(high: 9, low: UInt64(thread))
            var own = AuditTally()
            func append(_ event: AuditEvent) {
                _ = log.append(AuditEntry(event, by: .shopper(), site: "shop-1", session: session))
                own.entries += 1
            }
            append(.sessionOpened(origin: "https://shop.example", path: "/"))
            append(.consentGiven(text: "view-1", language: "en", scope: ["view"]))
            append(.seatJoined(seat: 1, rights: ["view"]))
            var index: UInt64 = 0
            while calls.count.load(ordering: .relaxed) < calls.failing || own.frames < 100 {
                index += 1
                own.frames += 1
                let isTaken = log.frameAccepted(session: session, index: index, frame: Sample.frame(Int(index)))
                if isTaken { _ = log.framesSent(session: session, seat: 1, range: FrameRange(index, index)) }
                if index % 4 == 0 { append(index % 8 == 0 ? .shopperLost : .shopperBack) }
                sched_yield()
            }
            append(.sessionEnded(why: "shopper"))
            offered.withLock { $0 = $0 + own }
        }
        #expect(log.close() == AuditTally())
        #expect(try self.tally(scene) == offered.withLock { $0 })
        let records = try scene.records()
        #expect(records.count { $0.event.code == .logOpened } > 2)
        #expect(records.contains { $0.event.value("reason") == .text("continued") })
        #expect(try scene.report().faultCount == 0)
    }

    @Test(arguments: [AuditFailurePolicy.denyNew, .endSessions])
    func aLogThatEndsSaysWhatIsMissingInIt(_ policy: AuditFailurePolicy) throws {
        let (scene, calls) = (Scene(inMemory: true), Fault(at: 5))
        let log = try self.open(scene, .sync, calls, every: 4, policy: policy)
        var entries = 0
        while case .writing = log.state {
            _ = log.append(Sample.login("rep"))
            entries += 1
            sched_yield()
        }
        // What goes on without the log is counted too.
        for index in 1...7 {
            _ = log.frameAccepted(session: Sample.session, index: UInt64(index), frame: Sample.frame(1))
        }
        #expect(log.close() == AuditTally())
        #expect(try self.tally(scene) == AuditTally(entries: entries, frames: 7))
        let gap = try #require(try scene.records().last { $0.event.code == .auditGap })
        #expect(gap.event.value("reason") == .text("stopped"))
        #expect(try scene.report().faultCount == 0)
    }

    @Test func whatCannotBeSaidIsReturned() throws {
        let (scene, calls) = (Scene(inMemory: true), Fault(at: .max))
        // The given disk is good for one opening.
        let log = try scene.open(disk: try Self.disk(scene.path, .write, calls, every: 4))
        var entries = 0
        while case .writing = log.state {
            _ = log.append(Sample.login("rep"))
            entries += 1
            sched_yield()
        }
        let recorded = try self.tally(scene)
        #expect(log.close() + recorded == AuditTally(entries: entries))
        #expect(log.close() == AuditTally())
    }
}
