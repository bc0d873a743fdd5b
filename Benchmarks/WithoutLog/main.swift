import Foundation
import Logging
import RelayRuntime

// The daemon as it is, but for one thing: frames and what seats were sent are not handed to the audit log. Only to
// measure what the log costs (`Benchmarks/scenarios.py`); the product has no such setting.
//
// usage: relay-without-log --config FILE
guard CommandLine.arguments.count == 3, CommandLine.arguments[1] == "--config" else {
    FileHandle.standardError.write(Data("usage: relay-without-log --config FILE\n".utf8))
    exit(64)
}
let path = CommandLine.arguments[2]
do {
    let configuration = try RelayRuntime.Configuration.read(path: path)
    LoggingSystem.bootstrap { _ in JournalLogHandler(level: configuration.logLevel) }
    let signals = StopSignals()
    let daemon = try Daemon.start(
        configuration, isDemo: false, program: "relay-without-log",
        configurationDigest: configurationDigest(path: path),
        passedSockets: [], logger: Logger(label: "relay-without-log"), provesFrames: false)
    daemon.stop(why: signals.wait(every: nil) {})
} catch {
    FileHandle.standardError.write(Data("relay-without-log: \(error)\n".utf8))
    exit(70)
}
