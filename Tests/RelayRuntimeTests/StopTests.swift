import AuditCore
import AuditStore
import Dispatch
import Foundation
import Logging
import Synchronization
import Testing
import Wire

@testable import RelayRuntime

/// A stop ends in time, whatever a loop does.
@Suite(.serialized) struct StopTests {
    /// Blocks the thread that logs the end of a link, once, until the test lets it go: a loop that hangs.
    private final class Snare: Sendable {
        let held = DispatchSemaphore(value: 0)
        let hold = DispatchSemaphore(value: 0)
        private let isSet: Mutex<Bool>
        /// What was logged at the level of a loop that did not end.
        let criticals = Mutex<[String]>([])

        init(isSet: Bool) { self.isSet = Mutex(isSet) }

        func noted(_ line: String, _ level: Logger.Level) {
            if level == .critical { self.criticals.withLock { $0.append(line) } }
            let isCaught = self.isSet.withLock { isSet in
                guard isSet, line.hasPrefix("link closed") else { return false }
                isSet = false
                return true
            }
            guard isCaught else { return }
            self.held.signal()
            self.hold.wait()
        }
    }

    private struct SnareHandler: LogHandler {
        let snare: Snare
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) { self.snare.noted("\(event.message)", event.level) }
    }

    private static func daemon(_ folder: URL, _ snare: Snare) throws -> Daemon {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        _ = FileManager.default.createFile(
            atPath: folder.appendingPathComponent("allowed_signers").path, contents: Data())
        var configuration = Configuration()
        configuration.listen = ["127.0.0.1:0"]
        configuration.stateDirectory = folder.path
        configuration.allowedSigners = folder.appendingPathComponent("allowed_signers").path
        configuration.loopCount = 2
        configuration.sites = [.init(key: "demo", name: "demo", origins: [LoopsRig.origin])]
        configuration.limits.drainDurationMax = .milliseconds(300)
        configuration.limits.stopGraceDuration = .milliseconds(300)
        return try Daemon.start(
            configuration, isDemo: false, program: "test", configurationDigest: .zero, passedSockets: [],
            logger: Logger(label: "test") { _ in SnareHandler(snare: snare) })
    }

    /// A shopper with a session on record.
    private static func shopper(_ daemon: Daemon) throws -> (peer: Peer, welcome: Welcome) {
        let peer = try Peer(port: daemon.ports[0], path: "/shopper", origin: LoopsRig.origin)
        try peer.upgraded()
        let page = PageFacts(url: "https://shop.test/", title: "Shop", language: "en")
        try peer.control(.hello, Hello(site: "demo", page: page).body())
        let welcome = try Welcome(body: try peer.receive(.welcome).body)
        let consent = Consent(decision: .given, text: "view-1", language: "en", scope: ["view"])
        try peer.send(Frame(.consent, session: welcome.number, sequence: 1, captureTime: 1, body: consent.body()).bytes)
        _ = try peer.receive(.acknowledge)
        return (peer, welcome)
    }

    /// The log in the folder, verified: its records.
    private static func verified(_ folder: URL) throws -> [String] {
        let disk = try AuditDisk.system(
            directory: folder.appendingPathComponent("audit").path, forWriting: false)
        defer { disk.release() }
        #expect(try LogReport(verifying: disk).faultCount == 0)
        var lines: [String] = []
        _ = try LogReader.read(disk) { _, line in lines.append(String(decoding: line, as: UTF8.self)) }
        return lines
    }

    @Test func aLoopThatHangsIsLeftWithTheLogClosed() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("stop-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let snare = Snare(isSet: true)
        let daemon = try Self.daemon(folder, snare)
        let (peer, welcome) = try Self.shopper(daemon)
        // What only a rep may send: its loop logs that, and hangs.
        try peer.control(.accept, Accept(session: welcome.session).body())
        snare.held.wait()
        let report = daemon.stop(why: "test")
        let stuck = try #require(report.stuckLoops.first)
        #expect(report.stuckLoops.count == 1, "the other loop has ended")
        #expect(report.problem?.exitCode == 70)
        #expect(report.problem?.description == "service loop \(stuck) did not end; the audit log is closed")
        #expect(snare.criticals.withLock { $0.contains { $0.hasPrefix("a service loop did not end") } })
        let lines = try Self.verified(folder)
        for event in ["session.opened", "consent.given", "daemon.stopping"] {
            #expect(lines.contains { $0.contains("\"\(event)\"") }, "what was accepted stays on record")
        }
        #expect(!lines.contains { $0.contains("\"session.ended\"") })
        #expect(lines.last?.contains("\"log.closed\"") == true)
        snare.hold.signal()
        // The next start says that the session did not end.
        let next = try Self.daemon(folder, Snare(isSet: false))
        #expect(next.stop(why: "test") == StopReport(stuckLoops: []))
        #expect(try Self.verified(folder).contains { $0.contains("\"session.abandoned\"") })
    }

    @Test func aStopInOrderHasNoProblem() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("stop-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let daemon = try Self.daemon(folder, Snare(isSet: false))
        _ = try Self.shopper(daemon)
        let report = daemon.stop(why: "test")
        #expect(report.stuckLoops == [] && report.problem == nil)
        #expect(try Self.verified(folder).contains { $0.contains("\"session.ended\"") })
    }
}
