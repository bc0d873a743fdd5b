import AuditCore
import Glibc
import Synchronization
import Testing

@testable import AuditStore

@Suite struct ClockTests {
    /// The wall clock steps back by an hour in the middle of a session; the log takes it as it comes.
    @Test(arguments: AuditFailurePolicy.allCases)
    func aClockThatStepsBackIsNoFaultAndShows(_ policy: AuditFailurePolicy) throws {
        let (scene, notices) = (Scene(), Notices())
        let hour: UInt64 = 3_600_000_000
        let hasStepped = Atomic<Bool>(false)
        let ticks = Atomic<UInt64>(0)
        let clock = AuditClock(boot: BootID(high: 1, low: 1)) {
            let tick = ticks.add(1_000, ordering: .relaxed).newValue
            let back = hasStepped.load(ordering: .relaxed) ? hour : 0
            return AuditStamp(wall: 1_800_000_000_000_000 + tick - back, mono: tick)
        }
        var options = Scene.options
        options.onFailure = policy
        let log = try scene.open(options, clock: clock, notices: notices)
        #expect(notices.isDurable(log.append(Sample.opened)))
        hasStepped.store(true, ordering: .relaxed)
        #expect(notices.isDurable(log.append(Sample.consent)))
        #expect(log.state == .writing)
        log.close()
        let records = try scene.records()
        let walls = records.map(\.stamp.wall)
        let stepsBack = zip(walls, walls.dropFirst()).filter { $0 > $1 }.count
        #expect(stepsBack == 1)
        let monos = records.map(\.stamp.mono)
        #expect(zip(monos, monos.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(try scene.report().faultCount == 0)
    }

    /// A disk that became read-only refuses every write at once.
    @Test(arguments: AuditFailurePolicy.allCases)
    func aDiskThatTurnsReadOnlyIsAFailureLikeAnother(_ policy: AuditFailurePolicy) throws {
        let (scene, notices) = (Scene(), Notices())
        let isReadOnly = Atomic<Bool>(false)
        var disk = try scene.disk()
        let write = disk.write
        disk.write = { (file, name, bytes, offset) throws(AuditStoreError) in
            if isReadOnly.load(ordering: .relaxed) { throw .disk(operation: "write", file: name, errno: EROFS) }
            return try write(file, name, bytes, offset)
        }
        var options = Scene.options
        options.onFailure = policy
        let log = try scene.open(options, disk: disk, notices: notices)
        #expect(notices.isDurable(log.append(Sample.opened)))
        isReadOnly.store(true, ordering: .relaxed)
        #expect(!notices.isDurable(log.append(Sample.consent)))
        #expect(log.state.allowsNewSessions == (policy == .continue))
        #expect(log.append(Sample.joined) == (policy == .continue ? .unrecorded : .failed))
        // Its given disk is good for one opening, so not even the gap can be said.
        #expect(log.close() == AuditTally(entries: 2))
        #expect(try scene.report().faultCount == 0)
        try scene.open().close()
        #expect(try scene.records().count { $0.event.code == .sessionAbandoned } == 1)
    }
}
