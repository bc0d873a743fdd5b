import AuditCore
import Foundation
import Synchronization
import Testing
import Wire

@testable import AuditStore

@Suite struct PublishingTests {
    private static let signer = NoteSigner(name: "log.example/audit", seed: [UInt8](repeating: 3, count: 32))

    private static var options: AuditOptions {
        var options = Scene.options
        options.signer = Self.signer
        // Every record at once: a test does not wait for a second to pass.
        options.checkpointInterval = 0
        return options
    }

    private func wanted() -> LogReport.Wanted {
        var wanted = LogReport.Wanted()
        wanted.verifier = Self.signer?.verifier
        return wanted
    }

    private func report(_ scene: Scene) throws -> LogReport {
        let disk = try scene.disk(forWriting: false)
        defer { disk.release() }
        return try LogReport(verifying: disk, self.wanted())
    }

    /// A closed log of one session, with `logins` logins before it.
    private func closedLog(logins: Int = 3) throws -> Scene {
        let (scene, notices) = (Scene(), Notices())
        let log = try scene.open(Self.options, notices: notices)
        for number in 0..<logins { #expect(notices.isDurable(log.append(Sample.login("rep-\(number)")))) }
        for entry in [Sample.opened, Sample.consent, Sample.joined, Sample.left, Sample.ended] {
            #expect(notices.isDurable(log.append(entry)))
        }
        log.close()
        return scene
    }

    @Test func aClosedLogHasATreeACheckpointOverAllAndAReceiptThatStandsAlone() throws {
        let scene = try self.closedLog(logins: 300)
        let report = try self.report(scene)
        #expect(report.damages == [])
        #expect(report.faultCount == 0)
        #expect(report.checkpoint?.checkpoint.size == report.verifier.entries)
        #expect(report.checkpoint?.checkpoint.root == report.root)
        let proof = try #require(LogProof(bytes: scene.bytes("receipts/\(Sample.session.text).tlog-proof")))
        #expect(proof.verdict(of: Self.signer?.verifier) == .good)
        let record = try AuditRecord(decoding: proof.record)
        #expect(record.event.code == .sessionEnded)
        let disk = try scene.disk(forWriting: false)
        defer { disk.release() }
        let size = report.verifier.entries
        let tiles = TileSource(disk, size: size)
        #expect(try tiles.root(size: size) == report.root)
        let path = try tiles.consistency(from: 257)
        let old = try tiles.root(size: 257)
        #expect(
            MerkleProof.verifiesConsistency(from: 257, oldRoot: old, to: size, root: report.root, path: path))
        let kept = try FileManager.default.subpathsOfDirectory(atPath: scene.path + "/tile")
        #expect(kept.filter { $0.contains(".p/") }.count <= 6)
    }

    @Test func aStartReadsWhatCameAfterTheStateAndNoMore() throws {
        let scene = try self.closedLog()
        let again = try scene.open(Self.options)
        #expect(again.opening.wasQuick)
        #expect(again.opening.entries == 10)
        again.close()
        #expect(try self.report(scene).damages == [])
        let third = try scene.open(Self.options)
        #expect(third.opening.wasQuick)
        #expect(third.opening.entries == 12)
        third.close()
    }

    @Test func aStartWithoutGoodDerivedFilesReadsEverythingAndMakesThemAnew() throws {
        for name in ["state", "tile/0/000.p/10", "tile/entries/000.p/10"] {
            let scene = try self.closedLog()
            var bytes = try scene.bytes(name)
            bytes[bytes.count / 2] ^= 1
            try scene.put(bytes, name)
            #expect(try self.report(scene).damages.map(\.file).contains(name))
            let log = try scene.open(Self.options)
            #expect(!log.opening.wasQuick)
            #expect(log.opening.entries == 10)
            log.close()
            #expect(try self.report(scene).damages == [])
        }
    }

    @Test func whoWritesWithoutAKeyLeavesTheTilesOfTheCheckpointThatStays() throws {
        let scene = try self.closedLog()
        var unsigned = Self.options
        unsigned.signer = nil
        for _ in 0..<2 {
            let log = try scene.open(unsigned)
            log.close()
            let report = try self.report(scene)
            #expect(report.damages == [])
            #expect(report.checkpoint?.checkpoint.size == 10)
        }
    }

    @Test func aLogThatItsCheckpointContradictsIsNotOpened() throws {
        let scene = try self.closedLog()
        let name = "wal/" + scene.segments[0]
        let whole = try scene.bytes(name)
        var at = 0
        var last = 0
        while case .success(let frame) = SegmentFormat.record(whole, at: at) {
            (last, at) = (at, frame.record.endIndex)
        }
        try scene.put(Array(whole.prefix(last)), name)
        #expect(throws: AuditStoreError.contradicted(size: 10, entries: 9)) { try scene.open(Self.options) }
        #expect(try self.report(scene).damages.map(\.file).contains("checkpoint"))
        try scene.put(whole, name)
        let foreign = Checkpoint(origin: "log.example/audit", size: 10, root: .zero)
        let signed = try #require(Self.signer.flatMap { foreign.signed(by: $0) })
        try scene.put(Array(signed.note.utf8), "checkpoint")
        #expect(throws: AuditStoreError.contradicted(size: 10, entries: 10)) { try scene.open(Self.options) }
        try scene.put(Array("no note".utf8), "checkpoint")
        #expect(throws: AuditStoreError.derived(file: "checkpoint")) { try scene.open(Self.options) }
    }

    @Test func aSessionWithoutAnEndGetsAReceiptOfItsAbandoning() throws {
        let (scene, notices) = (Scene(), Notices())
        let log = try scene.open(Self.options, notices: notices)
        #expect(notices.isDurable(log.append(Sample.opened)))
        let crashed = try scene.crashed()
        log.close()
        let again = try crashed.open(Self.options)
        #expect(again.opening.abandoned == [Sample.session])
        again.close()
        let proof = try #require(LogProof(bytes: crashed.bytes("receipts/\(Sample.session.text).tlog-proof")))
        #expect(try AuditRecord(decoding: proof.record).event.code == .sessionAbandoned)
        #expect(try self.report(crashed).damages == [])
    }

    @Test func underContinueTheLogIsOpenedAnewAndSaysWhatItMissed() throws {
        let (scene, notices, fault) = (Scene(), Notices(), Fault(at: 2))
        var options = Self.options
        options.onFailure = .continue
        options.reopenInterval = 1_000
        let path = scene.path
        let log = try AuditLog.open(
            on: { () throws(AuditStoreError) in
                var disk = try AuditDisk.system(directory: path, forWriting: true)
                let write = disk.write
                disk.write = { (file, name, bytes, offset) throws(AuditStoreError) in
                    // Only the second write to a segment fails: the first is that of the opening.
                    if name.hasPrefix("wal/"), fault.strikes(), fault.count.load(ordering: .relaxed) == 2 {
                        throw .disk(operation: "write", file: name, errno: EIO)
                    }
                    return try write(file, name, bytes, offset)
                }
                return disk
            }, program: "test 1", clock: .system(), options: options
        ) { notices.add($0) }
        #expect(!notices.isDurable(log.append(Sample.login("lost"))))
        while log.state != .writing {
            #expect(log.state.allowsNewSessions)
            sched_yield()
        }
        #expect(notices.all.contains(.reopened))
        guard case .queued = log.append(Sample.login("kept")) else {
            Issue.record("the log is open again and takes nothing")
            return
        }
        log.close()
        let records = try scene.records()
        let gap = records.first { $0.event.code == .auditGap }
        #expect(gap?.event.values == [.text("continued"), .count(1), .count(0)])
        #expect(records.compactMap(\.actor.id) == ["kept"])
        #expect(try self.report(scene).faultCount == 0)
    }

    @Test func aNearlyFullDiskTakesNoRecordingsAndThenNoSessions() throws {
        for (free, recordings, sessions) in [(UInt64(120), true, true), (80, false, true), (40, false, false)] {
            let scene = Scene()
            var disk = try scene.disk()
            disk.room = { () throws(AuditStoreError) in (free, 1_000) }
            let log = try scene.open(Self.options, disk: disk)
            while log.hasRoomForRecordings != recordings || log.state.allowsNewSessions != sessions { sched_yield() }
            log.close()
        }
    }
}
