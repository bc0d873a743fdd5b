import AuditCore
import Foundation
import Synchronization
import Testing
import Wire

@testable import AuditStore

@Suite struct RecoveryTests {
    /// A log with a session that is open, in the state in which a crash leaves it.
    private func crashedLog() throws -> Scene {
        let (scene, notices) = (Scene(), Notices())
        let log = try scene.open(notices: notices)
        for entry in [Sample.opened, Sample.consent, Sample.joined] { #expect(notices.isDurable(log.append(entry))) }
        for index in 1...3 {
            _ = log.frameAccepted(session: Sample.session, index: UInt64(index), frame: Sample.frame(index))
        }
        #expect(notices.isDurable(log.append(Sample.entry(.seatRights(seat: 1, rights: ["view", "point"])))))
        let copy = try scene.crashed()
        log.close()
        return copy
    }

    @Test func aSessionWithoutAnEndIsAbandonedAtTheNextOpening() throws {
        let scene = try self.crashedLog()
        let log = try scene.open()
        #expect(log.opening.abandoned == [Sample.session])
        log.close()
        let record = try scene.records().first { $0.event.code == .sessionAbandoned }
        #expect(record?.event.value("frames") == .count(3))
        #expect(record?.sequence == 6)
        #expect(try scene.report().faultCount == 0)
    }

    @Test func aLogCutAtAnyByteOpensAtItsLastWholeRecord() throws {
        let crashed = try self.crashedLog()
        let name = "wal/" + crashed.segments[0]
        let file = try crashed.bytes(name)
        var ends: [Int] = []
        _ = SegmentScan(file, firstIndex: 0, isLast: true) { _, offset, record in
            ends.append(offset + 16 + record.count)
        }
        for cut in 0...(ends.last ?? 0) {
            try crashed.put(Array(file[..<cut]), name)
            let whole = ends.filter { $0 <= cut }.count
            let start = whole == 0 ? 0 : ends[whole - 1]
            let isTorn = file[start..<cut].contains { $0 != 0 }
            let log = try crashed.open(disk: Self.quick(try crashed.disk()))
            log.close()
            #expect(log.opening.entries == UInt64(whole))
            #expect(log.opening.torn?.offset == (isTorn ? start : nil))
            let report = try crashed.report()
            // A log that lost its first record has nothing before log.opened; everything else keeps every rule.
            #expect(report.faultCount == 0)
            #expect(report.end.torn == nil)
            #expect(try crashed.events().contains("log.recovered") == isTorn)
        }
    }

    @Test func aByteFlippedAnywhereIsRefusedOrIsTheTornTailThatItSays() throws {
        let crashed = try self.crashedLog()
        let name = "wal/" + crashed.segments[0]
        let file = try crashed.bytes(name)
        let used = (file.lastIndex { $0 != 0 } ?? 0) + 1
        var (refused, torn) = (0, 0)
        for at in 0..<used {
            var flipped = file
            flipped[at] ^= 0x55
            var disk = try crashed.disk(forWriting: false)
            let bytes = flipped
            disk.read = { (_, _) throws(AuditStoreError) in bytes }
            switch Result(catching: { () throws(AuditStoreError) in try LogReport(verifying: disk) }) {
            case .success(let report):
                #expect(report.end.torn.map { $0.offset <= at && at < $0.offset + $0.bytes } == true)
                torn += 1
            case .failure(.damaged(_, let offset, _)):
                #expect(offset <= at)
                refused += 1
            case .failure(let error): Issue.record(error)
            }
            disk.release()
        }
        #expect(refused > torn && torn > 0)
    }

    @Test func aSegmentIsFinishedBeforeTheNextIsBegun() throws {
        let (scene, notices) = (Scene(), Notices())
        var options = Scene.options
        options.segmentBytesMax = 4_096
        let log = try scene.open(options, notices: notices)
        for index in 0..<100 { #expect(notices.isDurable(log.append(Sample.login("rep-\(index)")))) }
        log.close()
        #expect(scene.segments.count > 5)
        for name in scene.segments { #expect(try scene.bytes("wal/" + name).last != 0) }
        let report = try scene.report()
        #expect(report.verifier.entries == 102)
        #expect(report.faultCount == 0)
        let second = scene.segments[1]
        let bytes = try scene.bytes("wal/" + second)
        try scene.put(bytes + [0], "wal/" + second)
        #expect(throws: AuditStoreError.damaged(file: "wal/" + second, offset: bytes.count, fault: .trailing)) {
            try scene.open()
        }
        try scene.put(Array(bytes.dropLast()), "wal/" + second)
        #expect(throws: AuditStoreError.self) { try scene.open() }
        try FileManager.default.removeItem(atPath: scene.path + "/wal/" + second)
        let first = SegmentFormat.firstIndex(ofName: second) ?? 0
        #expect(throws: AuditStoreError.missing(firstIndex: first, file: "wal/" + scene.segments[1])) {
            try scene.open()
        }
    }

    @Test func aCrashBetweenAnyTwoSystemCallsLeavesALogThatOpensWithAllThatWasReported() throws {
        let (scene, notices) = (Scene(), Notices())
        let images = Mutex<[(scene: Scene, durable: UInt64)]>([])
        let take: @Sendable () -> Void = {
            guard let image = try? scene.crashed() else { return }
            images.withLock { $0.append((image, notices.durable)) }
        }
        var options = Scene.options
        options.segmentBytesMax = 1_024
        options.reserveBytes = 4_096
        let disk = Self.watched(try scene.disk(), before: take)
        let log = try scene.open(options, disk: disk, notices: notices)
        #expect(notices.isDurable(log.append(Sample.opened)))
        for index in 0..<12 { #expect(notices.isDurable(log.append(Sample.login("rep-\(index)")))) }
        log.close()
        let taken = images.withLock { $0 }
        #expect(taken.count > 50)
        for image in taken {
            let log = try image.scene.open(options, disk: Self.quick(try image.scene.disk()))
            log.close()
            let report = try image.scene.report()
            #expect(report.faultCount == 0)
            let names = try image.scene.events().filter { $0 == "login.accepted" || $0 == "session.opened" }
            #expect(names.count >= Int(image.durable))
        }
    }

    /// `disk` without its syncs, where a test opens thousands of logs and cuts no power.
    private static func quick(_ disk: AuditDisk) -> AuditDisk {
        var quick = disk
        quick.sync = { (_, _) throws(AuditStoreError) in }
        quick.syncDirectories = { () throws(AuditStoreError) in }
        return quick
    }

    /// `disk`, with `before` called ahead of each call that changes something.
    private static func watched(_ disk: AuditDisk, before: @escaping @Sendable () -> Void) -> AuditDisk {
        var watched = disk
        watched.open = { (name, create) throws(AuditStoreError) in
            before()
            return try disk.open(name, create)
        }
        watched.allocate = { (file, name, bytes) throws(AuditStoreError) in
            before()
            try disk.allocate(file, name, bytes)
        }
        watched.write = { (file, name, bytes, offset) throws(AuditStoreError) in
            before()
            return try disk.write(file, name, bytes, offset)
        }
        watched.sync = { (file, name) throws(AuditStoreError) in
            before()
            try disk.sync(file, name)
        }
        watched.truncate = { (file, name, bytes) throws(AuditStoreError) in
            before()
            try disk.truncate(file, name, bytes)
        }
        watched.rename = { (name, newName) throws(AuditStoreError) in
            before()
            try disk.rename(name, newName)
        }
        return watched
    }

    @Test func aStrangeFileAmongTheSegmentsIsRefused() throws {
        let scene = Scene()
        try scene.open().close()
        try scene.put([1], "wal/notes.txt")
        #expect(throws: AuditStoreError.foreign(file: "wal/notes.txt")) { try scene.open() }
    }

    @Test func aSegmentLargerThanAnySegmentIsRefused() throws {
        let scene = Scene()
        try scene.open().close()
        let name = "wal/" + scene.segments[0]
        try scene.put([UInt8](repeating: 0, count: AuditLimits.segmentBytesMax + 1), name)
        #expect(throws: AuditStoreError.foreign(file: name)) { try scene.open() }
    }

    /// A file in the state's place that is read is not whole; one that is too long is not read.
    @Test func aStateIsReadUpToItsLimit() throws {
        let scene = Scene(inMemory: true)
        try scene.open().close()
        let state = try FileHandle(forWritingTo: URL(fileURLWithPath: scene.path + "/state"))
        defer { try? state.close() }
        try state.truncate(atOffset: UInt64(AuditLimits.stateBytesMax))
        #expect(try scene.report().damages.map(\.reason) == ["is not whole"])
        try state.truncate(atOffset: UInt64(AuditLimits.stateBytesMax) + 1)
        #expect(throws: AuditStoreError.foreign(file: "state")) { try scene.report() }
    }

    @Test func aRecordOfANewerProgramIsRefusedAndNotWrittenAfter() throws {
        let scene = Scene()
        try scene.open().close()
        var bytes: [UInt8] = []
        SegmentFormat.append(Array("{\"v\":2}".utf8)[...], index: 0, beginsWrite: true, to: &bytes)
        let name = "wal/" + scene.segments[0]
        try scene.put(bytes, name)
        #expect(throws: AuditStoreError.self) { try scene.open() }
        #expect(try scene.bytes(name) == bytes)
        let report = try scene.report()
        #expect(report.faults.map(\.finding.rule) == [.format])
    }

    @Test func aDirectoryThatCannotBeMadeIsTheDisksError() {
        #expect(throws: AuditStoreError.disk(operation: "mkdir", file: "/proc/none", errno: ENOENT)) {
            try AuditDisk.system(directory: "/proc/none", forWriting: true)
        }
    }
}
