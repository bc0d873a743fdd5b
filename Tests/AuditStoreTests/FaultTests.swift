import AuditCore
import Foundation
import Synchronization
import Testing

@testable import AuditStore

@Suite struct FaultTests {
    /// Opens a log on `disk` and appends entries until it fails. Checks what must hold after any fault and returns how
    /// it failed, or nil if it did not fail in 40 entries.
    private func runUntilFailure(_ scene: Scene, _ disk: AuditDisk) throws -> AuditStoreError? {
        let notices = Notices()
        let log: AuditLog
        do {
            log = try scene.open(disk: disk, notices: notices)
        } catch let error as AuditStoreError {
            return error
        }
        for index in 0..<40 {
            guard notices.isDurable(log.append(Sample.login("rep-\(index)"))) else { break }
        }
        guard case .failed(let error) = log.state else {
            log.close()
            return nil
        }
        #expect(notices.hasFailed)
        #expect(notices.all.last == .failed(error))
        #expect(log.append(Sample.login("late")) == .failed)
        log.close()
        let names = try scene.records().compactMap { $0.event.code == .loginAccepted ? $0.actor.id : nil }
        #expect(names.count >= Int(notices.durable))
        #expect(names.prefix(Int(notices.durable)) == (0..<notices.durable).map { "rep-\($0)" }[...])
        return error
    }

    @Test func aSyncThatFailsAtAnyTimeEndsTheLogAndNothingReportedIsLost() throws {
        for failing in 1...20 {
            let (scene, fault) = (Scene(), Fault(at: failing))
            var disk = try scene.disk()
            let (sync, write) = (disk.sync, disk.write)
            let writesAfter = Atomic<Int>(0)
            disk.sync = { (file, name) throws(AuditStoreError) in
                if fault.strikes() { throw .disk(operation: "fdatasync", file: name, errno: EIO) }
                try sync(file, name)
            }
            disk.write = { (file, name, bytes, offset) throws(AuditStoreError) in
                if fault.count.load(ordering: .relaxed) >= failing { writesAfter.add(1, ordering: .relaxed) }
                return try write(file, name, bytes, offset)
            }
            let error = try self.runUntilFailure(scene, disk)
            #expect(error?.errno == EIO)
            #expect(writesAfter.load(ordering: .relaxed) == 0)
            try scene.open().close()
            #expect(try scene.report().faultCount == 0)
        }
    }

    @Test func aFullDiskIsPutOnRecordAfterAShortWrite() throws {
        for failing in 3...12 {
            for short in [1, 15, 16, 17, 100] {
                let (scene, fault) = (Scene(), Fault(at: failing))
                let isFreed = Atomic<Bool>(false)
                var disk = try scene.disk()
                let (write, remove) = (disk.write, disk.remove)
                disk.write = { (file, name, bytes, offset) throws(AuditStoreError) in
                    if isFreed.load(ordering: .relaxed) || !fault.strikes() {
                        return try write(file, name, bytes, offset)
                    }
                    if fault.count.load(ordering: .relaxed) == failing {
                        return try write(file, name, bytes.prefix(short), offset)
                    }
                    throw .disk(operation: "write", file: name, errno: ENOSPC)
                }
                disk.remove = { (name) throws(AuditStoreError) in
                    if name == "reserve" { isFreed.store(true, ordering: .relaxed) }
                    try remove(name)
                }
                #expect(try self.runUntilFailure(scene, disk)?.isNoSpace == true)
                let last = try scene.records().last
                #expect(last?.event.code == .auditBlocked)
                #expect(last?.event.values == [.text("no-space"), .count(UInt64(ENOSPC)), .count(1)])
                #expect(try scene.report().faultCount == 0)
                #expect(try scene.report().end.torn == nil)
                try scene.open().close()
                #expect(try scene.report().faultCount == 0)
            }
        }
    }

    @Test func aDiskFullWhenASegmentIsBegunIsPutOnRecord() throws {
        let (scene, notices, fault) = (Scene(), Notices(), Fault(at: 3))
        var disk = try scene.disk()
        let allocate = disk.allocate
        disk.allocate = { (file, name, bytes) throws(AuditStoreError) in
            if bytes == 4_096, fault.strikes() { throw .disk(operation: "posix_fallocate", file: name, errno: ENOSPC) }
            try allocate(file, name, bytes)
        }
        var options = Scene.options
        options.segmentBytesMax = 4_096
        let log = try scene.open(options, disk: disk, notices: notices)
        var count = 0
        while notices.isDurable(log.append(Sample.login("rep"))) { count += 1 }
        log.close()
        #expect(try scene.events().last == "audit.blocked")
        #expect(try scene.events().filter { $0 == "login.accepted" }.count >= count)
        #expect(try scene.report().faultCount == 0)
    }

    @Test func aSegmentRemovedUnderTheLogIsNoticed() throws {
        let (scene, notices) = (Scene(), Notices())
        let log = try scene.open(notices: notices)
        try FileManager.default.removeItem(atPath: scene.path + "/wal/" + scene.segments[0])
        #expect(!notices.isDurable(log.append(Sample.login("mari"))))
        #expect(log.state == .failed(.unlinked(file: "wal/00000000000000000000.seg")))
        log.close()
    }

    @Test(.enabled(if: getuid() == 0)) func aDiskOfOneMebibyteFillsUpAndSaysSo() throws {
        let (scene, notices) = (Scene(), Notices())
        guard unsafe mount("tmpfs", scene.path, "tmpfs", 0, "size=1m") == 0 else {
            // No right to mount here: the full disk is covered by the injected one above.
            return
        }
        defer { _ = unsafe umount2(scene.path, Int32(MNT_DETACH)) }
        var options = Scene.options
        options.reserveBytes = 131_072
        let log = try scene.open(options, notices: notices)
        var count = 0
        while notices.isDurable(log.append(Sample.login("rep-\(count)"))) { count += 1 }
        log.close()
        #expect(count > 1_000)
        let events = try scene.events()
        #expect(events.last == "audit.blocked")
        #expect(events.filter { $0 == "login.accepted" }.count >= count)
        #expect(try scene.report().faultCount == 0)
    }

    @Test func anErrorSaysFileOffsetAndReason() {
        let error = AuditStoreError.damaged(file: "wal/0.seg", offset: 17, fault: .checksum)
        #expect(error.description == "wal/0.seg, offset 17: checksum differs")
        #expect(
            AuditStoreError.disk(operation: "write", file: "f", errno: ENOSPC).description
                == "f: write: No space left on device")
    }
}
