import ArgumentParser
import Foundation
import Logging
import RelayRuntime

/// The relay daemon: flags, signals and wiring; everything else is in `RelayRuntime`.
@main
struct Alongsided: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alongsided",
        abstract: "Relay shoppers' views to the reps who help them, and keep proof of it.",
        discussion:
            "It serves until SIGTERM or SIGINT; SIGHUP reloads the TLS certificate, SIGUSR1 logs figures. "
            + "Exit codes: 0 stopped in order, 64 wrong usage, 69 cannot listen, 70 a loop did not end, "
            + "74 the audit log cannot be used, 78 the configuration has mistakes.",
        version: programVersion)

    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config = "/etc/alongsided/alongsided.toml"

    @Flag(help: "Serve the demo shop beside the relay.")
    var demo = false

    @Flag(help: "Read the configuration, say what is wrong with it, and stop.")
    var checkConfig = false

    func run() throws {
        do {
            try self.serve()
        } catch let error as ConfigurationError {
            Self.say("\(error)")
            throw ExitCode(78)
        } catch let error as StartError {
            Self.say("\(error)")
            throw ExitCode(error.exitCode)
        }
    }

    private func serve() throws {
        let configuration = try RelayRuntime.Configuration.read(path: self.config)
        if self.checkConfig {
            print("\(self.config): good")
            return
        }
        LoggingSystem.bootstrap { _ in JournalLogHandler(level: configuration.logLevel) }
        // Before any thread exists, so that every thread has them blocked and only this one takes them.
        let signals = StopSignals()
        let daemon = try Daemon.start(
            configuration, isDemo: self.demo, program: "alongsided \(programVersion)",
            configurationDigest: configurationDigest(path: self.config), passedSockets: ServiceManager.passedSockets(),
            logger: Logger(label: "alongsided"), auditFailed: StopSignals.askToStop)
        let ports = daemon.ports.map(String.init).joined(separator: ", ")
        Logger(label: "alongsided").notice("serving", metadata: ["ports": "\(ports)", "demo": "\(self.demo)"])
        ServiceManager.tellReady(status: "Serving on port \(ports)")
        let why = signals.wait(
            every: ServiceManager.watchdogInterval(), reload: daemon.reloadCertificates, figures: daemon.logFigures
        ) {
            if daemon.isTurning() { ServiceManager.tellAlive() }
        }
        ServiceManager.tellStopping()
        let failure = daemon.auditFailure
        let report = daemon.stop(why: failure == nil ? why : "audit")
        // The last records are written while it stops: they may be what cannot be.
        if let failure = failure ?? daemon.auditFailure {
            throw StartError("the audit log failed: \(failure)", exitCode: 74)
        }
        if let problem = report.problem { throw problem }
    }

    private static func say(_ text: String) {
        FileHandle.standardError.write(Data("alongsided: \(text)\n".utf8))
    }
}
