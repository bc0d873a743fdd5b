package import AuditCore
internal import AuditStore
internal import Foundation
package import Logging
internal import Metrics
internal import OpenSSH
internal import WebSocketTransport

/// Why the daemon does not start, or did not stop in order. The words are for the operator; the code is the process's
/// exit status.
package struct StartError: Error, CustomStringConvertible {
    package var description: String
    /// sysexits(3): 78 configuration, 74 input or output, 70 an error of its own, 69 unavailable.
    package var exitCode: Int32

    package init(_ description: String, exitCode: Int32) {
        self.description = description
        self.exitCode = exitCode
    }
}

/// The running daemon: the audit log, the login verifier and the service loops. Started and stopped by the main thread.
package final class Daemon {
    private let audit: AuditLog
    private let mailboxes: [Mailbox]
    private let verifier: LoginVerifier
    private let loops: [ServiceLoopHandle]
    private let drain: DrainGate
    private let logger: Logger
    private let drainDuration: Duration
    private let stopGraceDuration: Duration
    private let tls: LoopConfiguration.TLSFiles?
    private let figures: LoopFigures
    private let metricsSocket: MetricsSocket?

    /// The ports that are listened on.
    package let ports: [UInt16]

    private init(
        audit: AuditLog, mailboxes: [Mailbox], verifier: LoginVerifier, loops: [ServiceLoopHandle], drain: DrainGate,
        logger: Logger, limits: RuntimeLimits, tls: LoopConfiguration.TLSFiles?, ports: [UInt16],
        metricsSocket: MetricsSocket?
    ) {
        self.figures = LoopFigures(mailboxes)
        self.metricsSocket = metricsSocket
        self.tls = tls
        self.audit = audit
        self.mailboxes = mailboxes
        self.drain = drain
        self.verifier = verifier
        self.loops = loops
        self.logger = logger
        self.drainDuration = limits.drainDurationMax
        self.stopGraceDuration = limits.stopGraceDuration
        self.ports = ports
    }

    /// Reads who may log in, opens the log, binds or takes over sockets, and serves. `auditFailed` is called, on a
    /// thread of its own, when the log is lost and the policy is not to go on without: sessions have ended (under
    /// `deny-new` by themselves, or their bound is over), whoever came for the length of a drain was told why, and the
    /// caller stops the daemon. `provesFrames` is always true but
    /// in the benchmark that measures what the audit of frames costs: no flag and no key of the configuration sets it.
    package static func start(
        _ configuration: Configuration, isDemo: Bool, program: String, configurationDigest: Digest32,
        passedSockets: [Int32], logger: Logger, provesFrames: Bool = true,
        auditFailed: @escaping @Sendable () -> Void = {}
    ) throws(StartError) -> Daemon {
        let signers = try Self.readSigners(configuration.allowedSigners)
        let mailboxes = (0..<configuration.loopCount).map { _ in Mailbox(limits: configuration.limits) }
        let unrecorded = DrainGate()
        let receipts = ReceiptShelf(countMax: configuration.limits.receiptCountMax)
        let audit = try Self.openAudit(configuration, program: program, mailboxes: mailboxes, receipts, logger) {
            Self.afterFailure(of: configuration, unrecorded, auditFailed)
        }
        _ = audit.append(
            AuditEntry(.daemonStarted(program: program, config: configurationDigest), by: .relay))
        let verifier = LoginVerifier(signers: signers, countMax: configuration.limits.loginQueueMax) { rep, verdict in
            // The front desk is the first loop's.
            mailboxes[0].post(.login(rep, verdict))
        }
        TransportLog.install { line in
            logger.log(level: line.isError ? .error : .warning, "libwebsockets: \(line.text)")
        }
        do throws(StartError) {
            let sockets = try Self.sockets(configuration, passed: passedSockets)
            let pages = StaticPages(isDemo: isDemo, receipts: receipts) { audit.state.allowsNewSessions }
            let drain = DrainGate()
            var parts = Relay.Parts(
                configuration: configuration, audit: audit, mailboxes: mailboxes, index: 0, linkCount: LinkCount(),
                verifier: verifier, logger: logger, drained: { drain.pass($0) },
                pages: { pages.response(to: $0) })
            parts.provesFrames = provesFrames
            parts.unrecordedOver = { unrecorded.pass($0) }
            let metricsSocket = try Self.metricsSocket(configuration.metricsSocket)
            let loops = try Self.startLoops(parts, Self.loopConfiguration(configuration, sockets))
            let daemon = Daemon(
                audit: audit, mailboxes: mailboxes, verifier: verifier, loops: loops, drain: drain, logger: logger,
                limits: configuration.limits, tls: Self.loopConfiguration(configuration, []).tls,
                ports: sockets.map(\.port),
                metricsSocket: metricsSocket)
            metricsSocket?.start { [figures = daemon.figures] in figures.collect()?.exposition }
            return daemon
        } catch {
            verifier.stop()
            audit.close()
            throw error
        }
    }

    private static func metricsSocket(_ path: String?) throws(StartError) -> MetricsSocket? {
        guard let path else { return nil }
        return try MetricsSocket(path: path)
    }

    /// Starts a loop for each mailbox, or none.
    private static func startLoops(
        _ parts: Relay.Parts, _ configuration: LoopConfiguration
    ) throws(StartError) -> [ServiceLoopHandle] {
        var loops: [ServiceLoopHandle] = []
        for index in parts.mailboxes.indices {
            var parts = parts
            parts.index = index
            var configuration = configuration
            configuration.name = "relay \(index)"
            let (own, loopConfiguration) = (parts, configuration)
            do throws(StartError) {
                let loop = try Self.listening("service loop \(index)") { () throws(TransportError) in
                    try ServiceLoop.start(loopConfiguration) { loop in Relay(own, loop: loop) }
                }
                loops.append(loop)
                parts.mailboxes[index].connect { loop.wake() }
            } catch {
                for loop in loops { loop.requestStop(patience: .zero) }
                for loop in loops { loop.join() }
                throw error
            }
        }
        return loops
    }

    /// Ends the sessions, tells everyone, waits for the links up to the drain's length, and closes the log. A loop that
    /// hangs is not waited for beyond `stopGraceDuration` more: what it had put on record stays on record, and its
    /// sessions are abandoned at the next start. Its thread lives on: the caller ends the process.
    @discardableResult
    package func stop(why: String) -> StopReport {
        self.logger.notice("stopping", metadata: ["why": "\(why)"])
        _ = self.audit.append(AuditEntry(.daemonStopping(why: why), by: .relay))
        for mailbox in self.mailboxes { mailbox.post(.drain) }
        // The loops need each other until every session's end is on record.
        self.drain.wait(for: self.loops.count, atMost: self.drainDuration)
        self.logFigures()
        self.metricsSocket?.stop()
        for loop in self.loops {
            loop.requestStop(
                code: 4000, reason: "The relay is stopping; come back in a moment.", patience: self.drainDuration)
        }
        let stuckLoops = self.awaitLoops()
        self.verifier.stop()
        let missing = self.audit.close()
        if !missing.isEmpty {
            self.logger.critical(
                "in no record of the audit log, which cannot be written",
                metadata: ["entries": "\(missing.entries)", "frames": "\(missing.frames)"])
        }
        self.logger.notice("stopped")
        return StopReport(stuckLoops: stuckLoops)
    }

    /// Waits for the loops to end; answers those that did not in time. Each is joined on a thread of its own, so that
    /// none that hangs hides another.
    private func awaitLoops() -> [Int] {
        let ended = DrainGate()
        for (index, loop) in self.loops.enumerated() {
            Thread.detachNewThread {
                loop.join()
                ended.pass(index)
            }
        }
        ended.wait(for: self.loops.count, atMost: self.drainDuration + self.stopGraceDuration)
        let stuckLoops = ended.missing(of: self.loops.count)
        for index in stuckLoops {
            self.logger.critical(
                "a service loop did not end; the stop goes on without it", metadata: ["loop": "\(index)"])
        }
        return stuckLoops
    }

    /// Serves TLS with what stands in the certificate's files now; when it cannot, says why and goes on with the old.
    package func reloadCertificates() {
        guard let tls = self.tls else { return self.logger.notice("no certificate to reload: TLS ends elsewhere") }
        if let problem = tls.problem() {
            self.logger.error("the old certificate is kept", metadata: ["why": "\(problem)"])
        } else {
            for loop in self.loops { loop.reloadCertificates() }
            self.logger.notice("certificate reloaded", metadata: ["file": "\(tls.certificate)"])
        }
    }

    /// One line of figures, of all loops together, in the log.
    package func logFigures() {
        guard let sum = self.figures.collect() else { return self.logger.warning("no figures: a loop is silent") }
        self.logger.notice("\(sum.line)")
    }

    /// Whether every loop has answered the last call; calls again. For the watchdog: a loop that hangs stays silent.
    package func isTurning() -> Bool {
        let haveAnswered = self.mailboxes.allSatisfy(\.beatIsAnswered)
        for mailbox in self.mailboxes { mailbox.postBeat() }
        return haveAnswered
    }

    /// Why the log takes nothing any more; nil while it does.
    package var auditFailure: String? {
        if case .failed(let error) = self.audit.state { "\(error)" } else { nil }
    }

    private static func readSigners(_ path: String) throws(StartError) -> AllowedSigners {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw StartError("\(path): cannot be read; it says which keys may log in", exitCode: 78)
        }
        let (signers, problems) = AllowedSigners.read(Array(data))
        guard problems.isEmpty else {
            throw StartError(problems.map { "\(path): \($0)" }.joined(separator: "\n"), exitCode: 78)
        }
        return signers
    }
}
