package import AuditCore
internal import AuditStore
internal import Foundation
internal import Glibc
package import Logging
internal import OpenSSH
internal import Synchronization
internal import WebSocketTransport

/// Why the daemon does not start. The words are for the operator; the code is the process's exit status.
package struct StartError: Error, CustomStringConvertible {
    package var description: String
    /// sysexits(3): 78 configuration, 74 input or output, 69 unavailable.
    package var exitCode: Int32

    package init(_ description: String, exitCode: Int32) {
        self.description = description
        self.exitCode = exitCode
    }
}

/// The running daemon: the audit log, the login verifier and one service loop. Started and stopped by the main thread.
package final class Daemon {
    private let audit: AuditLog
    private let mailbox: Mailbox
    private let verifier: LoginVerifier
    private let loop: ServiceLoopHandle
    private let logger: Logger
    private let drainDuration: Duration

    /// The ports that are listened on.
    package let ports: [UInt16]

    private init(
        audit: AuditLog, mailbox: Mailbox, verifier: LoginVerifier, loop: ServiceLoopHandle, logger: Logger,
        drainDuration: Duration, ports: [UInt16]
    ) {
        self.audit = audit
        self.mailbox = mailbox
        self.verifier = verifier
        self.loop = loop
        self.logger = logger
        self.drainDuration = drainDuration
        self.ports = ports
    }

    /// Reads who may log in, opens the log, binds or takes over sockets, and serves.
    package static func start(
        _ configuration: Configuration, isDemo: Bool, program: String, configurationDigest: Digest32,
        passedSockets: [Int32], logger: Logger
    ) throws(StartError) -> Daemon {
        let signers = try Self.readSigners(configuration.allowedSigners)
        let mailbox = Mailbox()
        let audit = try Self.openAudit(configuration.stateDirectory, program: program, mailbox: mailbox, logger)
        _ = audit.append(
            AuditEntry(.daemonStarted(program: program, config: configurationDigest), by: .relay))
        let verifier = LoginVerifier(signers: signers, countMax: configuration.limits.loginQueueMax) { link, verdict in
            mailbox.post(.login(link, verdict))
        }
        TransportLog.install { line in
            logger.log(level: line.isError ? .error : .warning, "libwebsockets: \(line.text)")
        }
        do throws(StartError) {
            let sockets = try Self.sockets(configuration, passed: passedSockets)
            let pages = StaticPages(isDemo: isDemo) { audit.state.allowsNewSessions }
            let parts = Relay.Parts(
                configuration: configuration, audit: audit, mailbox: mailbox, verifier: verifier, logger: logger,
                pages: { pages.response(to: $0) })
            let loop = try Self.listening("the service loop") { () throws(TransportError) in
                try ServiceLoop.start(Self.loopConfiguration(configuration, sockets)) { loop in
                    Relay(parts, loop: loop)
                }
            }
            mailbox.connect { loop.wake() }
            return Daemon(
                audit: audit, mailbox: mailbox, verifier: verifier, loop: loop, logger: logger,
                drainDuration: configuration.limits.drainDurationMax, ports: sockets.map(\.port))
        } catch {
            verifier.stop()
            audit.close()
            throw error
        }
    }

    /// Ends the sessions, tells everyone, waits for the links up to the drain's length, and closes the log.
    package func stop(why: String) {
        self.logger.notice("stopping", metadata: ["why": "\(why)"])
        _ = self.audit.append(AuditEntry(.daemonStopping(why: why), by: .relay))
        self.mailbox.post(.drain)
        self.loop.requestStop(
            code: 4000, reason: "The relay is stopping; come back in a moment.", patience: self.drainDuration)
        self.loop.join()
        self.verifier.stop()
        self.audit.close()
        self.logger.notice("stopped")
    }

    /// Whether the loop has answered the last call; calls again. For the watchdog: a loop that hangs stays silent.
    package func isTurning() -> Bool {
        let hasAnswered = self.mailbox.beatIsAnswered
        self.mailbox.postBeat()
        return hasAnswered
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
        _ state: String, program: String, mailbox: Mailbox, _ logger: Logger
    ) throws(StartError) -> AuditLog {
        do throws(AuditStoreError) {
            let log = try AuditLog.open(directory: "\(state)/audit", program: program) { notice in
                switch notice {
                case .durable(let ticket): mailbox.post(.durable(ticket))
                case .failed(let error): mailbox.post(.auditFailed(error))
                }
            }
            if let torn = log.opening.torn {
                logger.warning("the audit log had a torn tail; it was cut", metadata: ["bytes": "\(torn.bytes)"])
            }
            return log
        } catch {
            throw StartError("\(state)/audit: \(error)", exitCode: 74)
        }
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
