internal import ArgumentParser
internal import AuditCore
internal import AuditReplay
internal import AuditStore
internal import Glibc

/// `alongside-audit`: what an auditor does with a log.
struct AlongsideAudit: ParsableCommand {
    /// The name and version under which this program writes in a log.
    static let program = "alongside-audit 1"

    static let configuration = CommandConfiguration(
        commandName: "alongside-audit",
        abstract: "Check and read the audit log of an Alongside relay.",
        discussion: """
            DIR is the log's directory, the one that holds wal/. The relay may be running.
            Every reading, replay, export and erasure of a log that can be written is itself put on record: by the relay
            where one runs, else by this program. Exit codes: 0 all is well, 1 the log is damaged or breaks a rule, 64
            wrong usage, 66 no such session, recording or key, 74 the disk could not be read, 75 not now, 78 a
            mistake in the configuration.
            """,
        version: "alongside-audit 1",
        subcommands: [
            VerifyCommand.self, ProveCommand.self, CheckpointCommand.self, KeyCommand.self, FsckCommand.self,
            ShowCommand.self,
            ReplayCommand.self, ExportCommand.self, EraseCommand.self,
            HoldCommand.self, RetainCommand.self, WitnessCommand.self, SearchCommand.self, StatsCommand.self,
        ])
}

/// The exit codes of the program, as `sysexits.h` numbers them.
enum ExitStatus {
    static let damaged = ExitCode(1)
    static let disk = ExitCode(74)
    static let missing = ExitCode(66)
    static let unavailable = ExitCode(75)
    static let configuration = ExitCode(78)

    /// What of a session or its recording is not there, or not as it should be.
    static func of(_ error: ReplayError) -> ExitCode {
        switch error {
        case .sessionUnknown, .notRecorded, .erased, .seatUnknown, .sealed: Self.missing
        case .chunkForged, .chunkMalformed: Self.damaged
        case .store(let error): Self.of(error)
        }
    }

    /// 74 where the disk failed, 1 where the log is not as it should be.
    static func of(_ error: AuditStoreError) -> ExitCode {
        switch error {
        case .disk, .inUse, .stalled: Self.disk
        case .unlinked, .damaged, .unreadable, .missing, .foreign, .key, .derived, .contradicted: Self.damaged
        }
    }
}

/// The program's only ways out: every text passes through `TerminalText`.
enum Output {
    static func line(_ text: String) { print(TerminalText.safe(text)) }

    /// Text out of a screen's cells, which are filtered already: lines stay lines.
    static func cells(_ text: String) { print(text, terminator: "") }

    static func json(_ text: String) { print(TerminalText.safeJSON(text)) }

    /// Sends what was printed on its way: whoever asks line by line waits for it.
    static func flush() { _ = fflush(nil) }

    static func complaint(_ text: String) {
        let bytes = Array((TerminalText.safe(text) + "\n").utf8)
        // Where standard error itself is broken there is nobody left to tell.
        _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
