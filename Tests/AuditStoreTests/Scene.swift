import AuditCore
import Foundation
import Synchronization
import Wire

@testable import AuditStore

/// A directory that is removed with its value.
final class Scene: Sendable {
    let path: String

    /// In memory where the machine allows it: a test of what is written needs no slow disk.
    init(inMemory: Bool = false) {
        let memory = URL(fileURLWithPath: "/dev/shm")
        let hasMemory = inMemory && FileManager.default.isWritableFile(atPath: memory.path)
        let root = hasMemory ? memory : FileManager.default.temporaryDirectory
        self.path = root.appending(path: "audit-\(UUID().uuidString)").path
        try? FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: self.path) }

    /// Small sizes, so that many logs are made quickly.
    static var options: AuditOptions {
        var options = AuditOptions()
        options.segmentBytesMax = 131_072
        options.reserveBytes = 65_536
        return options
    }

    var segments: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: self.path + "/wal")) ?? []).sorted()
    }

    func disk(forWriting: Bool = true) throws -> AuditDisk {
        try AuditDisk.system(directory: self.path, forWriting: forWriting)
    }

    func open(
        _ options: AuditOptions = Scene.options, clock: AuditClock = .system(), disk: AuditDisk? = nil,
        notices: Notices = Notices()
    ) throws -> AuditLog {
        let path = self.path
        let second = Fault(at: 2)
        return try AuditLog.open(
            on: { () throws(AuditStoreError) in
                guard let disk else { return try AuditDisk.system(directory: path, forWriting: true) }
                // A disk that was given is let go of once, and good for one opening.
                guard !second.strikes() else {
                    throw .disk(operation: "open", file: path, errno: EBADF)
                }
                return disk
            }, program: "test 1", clock: clock, options: options
        ) { notices.add($0) }
    }

    /// A copy of the log as it lies on disk now: what a crash at this moment leaves.
    func crashed() throws -> Scene {
        let copy = Scene(inMemory: true)
        try FileManager.default.removeItem(atPath: copy.path)
        try FileManager.default.copyItem(atPath: self.path, toPath: copy.path)
        return copy
    }

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: self.path + "/" + name)))
    }

    func put(_ bytes: [UInt8], _ name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: self.path + "/" + name))
    }

    func report() throws -> LogReport {
        let disk = try self.disk(forWriting: false)
        defer { disk.release() }
        return try LogReport(verifying: disk)
    }

    func records() throws -> [AuditRecord] {
        let disk = try self.disk(forWriting: false)
        defer { disk.release() }
        var records: [AuditRecord] = []
        _ = try LogReader.read(disk) { (_, line) throws(AuditStoreError) in
            if let record = try? AuditRecord(decoding: Array(line)) { records.append(record) }
        }
        return records
    }

    func events() throws -> [String] { try self.records().map { $0.event.code.rule.event.description } }
}

/// The notices of one log, waited for instead of slept for.
final class Notices: Sendable {
    private let notices = Monitor<[AuditNotice]>([])

    func add(_ notice: AuditNotice) {
        self.notices.withLock { notices, wake in
            notices.append(notice)
            wake = true
        }
    }

    var all: [AuditNotice] { self.notices.withLock { notices, _ in notices } }

    /// The greatest ticket that was reported durable.
    var durable: UInt64 {
        self.all.reduce(0) { greatest, notice in
            if case .durable(let ticket) = notice { max(greatest, ticket.number) } else { greatest }
        }
    }

    /// Waits until a notice says that `result`'s entry is durable, or that the log has failed; false after that or 30
    /// s.
    func isDurable(_ result: AppendResult) -> Bool {
        guard case .queued(let ticket) = result else { return false }
        return self.waits { notice in
            switch notice {
            case .durable(let upTo): upTo >= ticket ? true : nil
            case .failed: false
            case .reopened, .checkpoint, .receipt, .unpublished: nil
            }
        }
    }

    /// Waits until the log has failed.
    var hasFailed: Bool {
        self.waits { notice in
            if case .failed = notice { true } else { nil }
        }
    }

    private func waits(_ verdict: (AuditNotice) -> Bool?) -> Bool {
        var turns = 0
        return self.notices.wait { notices in
            for notice in notices {
                if let result = verdict(notice) { return .done(result) }
            }
            turns += 1
            return turns > 3_000 ? .done(false) : .wait(10_000)
        }
    }
}

/// Counts calls and says which of them fails.
final class Fault: Sendable {
    let count = Atomic<Int>(0)
    let failing: Int

    init(at failing: Int) { self.failing = failing }

    /// True at the failing call and at every later one.
    func strikes() -> Bool { self.count.add(1, ordering: .relaxed).newValue >= self.failing }
}

enum Sample {
    static let session = SessionID(high: 1, low: 2)

    static func entry(_ event: AuditEvent, by actor: AuditActor = .relay) -> AuditEntry {
        AuditEntry(event, by: actor, site: "shop-1", session: Sample.session)
    }

    static let opened = Sample.entry(.sessionOpened(origin: "https://shop.example", path: "/basket"), by: .shopper())
    static let consent = Sample.entry(
        .consentGiven(text: "view-1", language: "en", scope: ["view"]), by: .shopper())
    static let joined = Sample.entry(.seatJoined(seat: 1, rights: ["view"]), by: .rep("mari", key: "SHA256:x"))
    static let left = Sample.entry(.seatLeft(seat: 1, why: "rep"), by: .rep("mari", key: "SHA256:x"))
    static let ended = Sample.entry(.sessionEnded(why: "shopper"))

    static func frame(_ index: Int) -> SharedFrame { SharedFrame([1, 0x10] + Array("frame \(index)".utf8)) }

    static func login(_ name: String) -> AuditEntry {
        AuditEntry(.loginAccepted(method: "sshsig"), by: .rep(name, key: "SHA256:x"))
    }
}
