package import AuditCore
internal import AuditStore
internal import Foundation
internal import Glibc
package import Logging
internal import Metrics
internal import OpenSSH
internal import Synchronization
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

    private static func openAudit(
        _ configuration: Configuration, program: String, mailboxes: [Mailbox], _ receipts: ReceiptShelf,
        _ logger: Logger, _ failed: @escaping @Sendable () -> Void
    ) throws(StartError) -> AuditLog {
        let directory = "\(configuration.stateDirectory)/audit"
        var options = AuditOptions()
        options.onFailure = configuration.auditOnFailure
        let goesOn = configuration.auditOnFailure == .continue
        if let mebibytes = configuration.auditFreeMebibytesMin { options.freeBytesMin = UInt64(mebibytes) << 20 }
        options.reading = { bytes, total in ServiceManager.tellReading(bytes: bytes, of: total) }
        options.recording = try RecordingSetting.policy(of: configuration)
        options.signer = try Self.checkpointSigner(configuration.checkpointKey)
        if options.signer == nil { logger.notice("there is no checkpoint key: nothing is signed that others can keep") }
        do throws(AuditStoreError) {
            let log = try Self.patiently(directory, program: program, options) { notice in
                switch notice {
                case .durable(let ticket): for mailbox in mailboxes { mailbox.post(.durable(ticket)) }
                case .failed(let error):
                    for mailbox in mailboxes { mailbox.post(.auditFailed(error)) }
                    if !goesOn { failed() }
                case .reopened: logger.notice("the audit log is open again")
                case .checkpoint(let checkpoint):
                    logger.notice(
                        "checkpoint",
                        metadata: [
                            "origin": "\(checkpoint.origin)", "size": "\(checkpoint.size)",
                            "root": "\(checkpoint.rootText)",
                        ])
                case .receipt(let session, let text): receipts.put(session, text)
                case .unpublished(let error):
                    logger.error("checkpoint or tiles not written; trying again", metadata: ["error": "\(error)"])
                }
            }
            if let torn = log.opening.torn {
                logger.warning("the audit log had a torn tail; it was cut", metadata: ["bytes": "\(torn.bytes)"])
            }
            return log
        } catch {
            // A log that was changed after it was signed gets no better by trying again.
            throw StartError("\(directory): \(error)", exitCode: error.isContradiction ? 78 : 74)
        }
    }

    /// For the length of a drain whoever comes is told why nothing begins; under `deny-new` the sessions that run go on
    /// unrecorded meanwhile, and beyond it up to their bound. Then `body` is called, on a thread of its own.
    private static func afterFailure(
        of configuration: Configuration, _ unrecorded: DrainGate, _ body: @escaping @Sendable () -> Void
    ) {
        ServiceManager.tell(status: "The audit log has failed: nothing new begins")
        let limits = configuration.limits
        let more = configuration.auditOnFailure == .denyNew ? limits.unrecordedDurationMax : .zero
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: limits.drainDurationMax / .seconds(1))
            unrecorded.wait(for: configuration.loopCount, atMost: more)
            body()
        }
    }

    /// A program that erases has the log for a second or so: the relay waits for it rather than fail to start.
    private static func patiently(
        _ directory: String, program: String, _ options: AuditOptions,
        notify: @escaping @Sendable (AuditNotice) -> Void
    ) throws(AuditStoreError) -> AuditLog {
        let deadline = ContinuousClock.now + Self.lockWaitMax
        while true {
            do throws(AuditStoreError) {
                return try AuditLog.open(directory: directory, program: program, options: options, notify: notify)
            } catch .inUse where ContinuousClock.now < deadline {
                usleep(Self.lockPause)
            } catch {
                throw error
            }
        }
    }

    private static let lockWaitMax = Duration.seconds(3)
    /// Microseconds.
    private static let lockPause: UInt32 = 20_000

    /// The key at `path`, or systemd's credential `checkpoint.key`; nil if neither is there.
    private static func checkpointSigner(_ path: String?) throws(StartError) -> NoteSigner? {
        let credentials = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"]
        guard let file = path ?? credentials.map({ "\($0)/checkpoint.key" }) else { return nil }
        guard let data = FileManager.default.contents(atPath: file) else {
            if path == nil { return nil }
            throw StartError("\(file): cannot be read; it is to sign checkpoints", exitCode: 78)
        }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let signer = NoteSigner(text) else {
            throw StartError("\(file): is no signing key; alongside-audit key generate makes one", exitCode: 78)
        }
        return signer
    }

    private static func sockets(
        _ configuration: Configuration, passed: [Int32]
    ) throws(StartError) -> [ListeningSocket] {
        var sockets: [ListeningSocket] = []
        if passed.isEmpty {
            for address in configuration.listen {
                let (host, port) = Self.split(address)
                sockets.append(
                    try Self.listening(address) { () throws(TransportError) in
                        try ListeningSocket.bind(host: host, port: port)
                    })
            }
        } else {
            for descriptor in passed {
                sockets.append(
                    try Self.listening("the passed socket \(descriptor)") { () throws(TransportError) in
                        try ListeningSocket.adopting(descriptor: descriptor)
                    })
            }
        }
        return sockets
    }

    /// What `place` could not do, in the system's words.
    private static func listening<Value>(
        _ place: String, _ attempt: () throws(TransportError) -> Value
    ) throws(StartError) -> Value {
        do throws(TransportError) {
            return try attempt()
        } catch {
            let reason = error.code == 0 ? "" : " (\(unsafe String(cString: strerror(error.code))))"
            throw StartError("cannot listen on \(place): \(error.operation.rawValue) failed\(reason)", exitCode: 69)
        }
    }

    private static func loopConfiguration(
        _ configuration: Configuration, _ sockets: [ListeningSocket]
    ) -> LoopConfiguration {
        var loop = LoopConfiguration()
        loop.name = "relay"
        loop.limits = configuration.limits.transport
        loop.limits.connectionCountMax = configuration.limits.linkCountMax
        loop.limits.connectionsPerAddressMax = configuration.limits.linksPerAddressMax
        if let certificate = configuration.certificate, let key = configuration.privateKey {
            loop.tls = .init(certificate: certificate, privateKey: key)
        }
        let isSecure = loop.tls != nil
        loop.listeners = sockets.map { .init($0, isSecure: isSecure) }
        return loop
    }

    /// `host:port` with IPv6 in brackets; the configuration's reader has checked the form.
    private static func split(_ address: String) -> (host: String, port: UInt16) {
        let colon = address.lastIndex(of: ":") ?? address.endIndex
        let host = address[..<colon].drop { $0 == "[" }.prefix { $0 != "]" }
        return (String(host), UInt16(address[colon...].dropFirst()) ?? 0)
    }
}
