internal import ArgumentParser
internal import AuditCore
internal import AuditStore
internal import Glibc

/// `alongside-audit`: what an auditor does with a log, offline. Reads only.
struct AlongsideAudit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alongside-audit",
        abstract: "Check and read the audit log of an Alongside relay.",
        discussion: """
            DIR is the log's directory, the one that holds wal/. The relay may be running: nothing is changed or locked.
            Exit codes: 0 all is well, 1 the log is damaged or breaks a rule, 64 wrong usage, 74 the disk could not be
            read.
            """,
        version: "alongside-audit 1", subcommands: [VerifyCommand.self, ShowCommand.self])
}

/// The exit codes of the program, as `sysexits.h` numbers them.
enum ExitStatus {
    static let damaged = ExitCode(1)
    static let disk = ExitCode(74)

    /// 74 where the disk failed, 1 where the log is not as it should be.
    static func of(_ error: AuditStoreError) -> ExitCode {
        switch error {
        case .disk, .inUse: Self.disk
        case .unlinked, .damaged, .unreadable, .missing, .foreign, .key: Self.damaged
        }
    }
}

/// The program's only ways out: every text passes through `TerminalText`.
enum Output {
    static func line(_ text: String) { print(TerminalText.safe(text)) }

    static func json(_ text: String) { print(TerminalText.safeJSON(text)) }

    static func complaint(_ text: String) {
        let bytes = Array((TerminalText.safe(text) + "\n").utf8)
        // Where standard error itself is broken there is nobody left to tell.
        _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
