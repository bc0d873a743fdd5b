import AuditCore
import Foundation
import Testing
import Wire

@testable import AuditStore

/// A writer that is killed at a moment of its own disk's choosing: a child process that writes down what was reported
/// durable, as an effect that others have seen, and dies by SIGKILL in the middle of a system call.
@Suite struct KillTests {
    static let directory = "ALONGSIDE_AUDIT_KILL_DIRECTORY"
    static let moment = "ALONGSIDE_AUDIT_KILL_MOMENT"

    @Test func whatWasReportedDurableSurvivesAKill() async throws {
        for moment in 1...14 {
            let scene = Scene()
            unsafe setenv(Self.directory, scene.path, 1)
            unsafe setenv(Self.moment, String(moment), 1)
            await #expect(processExitsWith: .signal(SIGKILL)) { try KillTests.writeUntilKilled() }
            let seen = (try? scene.bytes("tmp/seen").count) ?? 0
            #expect(try scene.report().faultCount == 0)
            let wasOpened = try scene.events().contains("session.opened")
            #expect(try scene.events().filter { $0 == "login.accepted" }.count >= seen)
            let log = try scene.open()
            log.close()
            #expect(log.opening.abandoned == (wasOpened ? [Sample.session] : []))
            #expect(try scene.report().faultCount == 0)
        }
    }

    static func writeUntilKilled() throws {
        let environment = ProcessInfo.processInfo.environment
        let path = environment[KillTests.directory] ?? ""
        let fault = Fault(at: Int(environment[KillTests.moment] ?? "") ?? 1)
        var disk = try AuditDisk.system(directory: path, forWriting: true)
        let (write, sync) = (disk.write, disk.sync)
        disk.write = { (file, name, bytes, offset) throws(AuditStoreError) in
            guard fault.strikes() else { return try write(file, name, bytes, offset) }
            _ = try write(file, name, bytes.prefix(bytes.count / 2), offset)
            kill(getpid(), SIGKILL)
            return 0
        }
        disk.sync = { (file, name) throws(AuditStoreError) in
            if fault.strikes() { kill(getpid(), SIGKILL) }
            try sync(file, name)
        }
        let seen = unsafe open(path + "/tmp/seen", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let notices = Notices()
        let log = try AuditLog.open(
            on: { [disk] () throws(AuditStoreError) in disk }, program: "test 1", clock: .system(),
            options: Scene.options
        ) { notices.add($0) }
        _ = notices.isDurable(log.append(Sample.opened))
        while notices.isDurable(log.append(Sample.login("rep"))) { _ = unsafe Glibc.write(seen, "x", 1) }
    }
}
