internal import ArgumentParser
internal import AuditCore
internal import AuditStore

/// `alongside-audit fsck DIR`
struct FsckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fsck", abstract: "Say whether the daemon can start on a log, and what to do if not.",
        discussion: "Reads only. With --explain each finding says what it can mean and what to do.")

    @Argument(help: "The log's directory.")
    var directory: String

    @OptionGroup var against: AgainstOptions

    @Flag(help: "Say what each finding can mean, and what to do.")
    var explain = false

    @Flag(help: "Print one JSON object, with what each finding can mean and what to do.")
    var json = false

    func run() throws {
        var bar = ProgressBar(bytesMax: LogSize.bytes(of: self.directory), isShown: !self.json)
        let result = VerifyCommand.report(self.directory, try self.against.wanted()) { bar.show($0) }
        bar.clear()
        let diagnoses =
            switch result {
            case .success(let report): Diagnosis.of(report)
            case .failure(let error): [Diagnosis.of(error)]
            }
        let worst = diagnoses.map(\.severity).max() ?? .fine
        if self.json {
            let findings = diagnoses.map(\.json).joined(separator: ",")
            Output.json(
                "{\"ok\":\(worst < .rebuilt),\"verdict\":\(JSONText.quoted(worst.verdict)),"
                    + "\"findings\":[\(findings)]}")
        } else {
            for diagnosis in diagnoses {
                Output.line("\(diagnosis.severity.rawValue): \(diagnosis.finding)")
                if self.explain { Output.line("    \(diagnosis.meaning) \(diagnosis.advice)") }
            }
            Output.line(worst.verdict)
        }
        if case .failure(let error) = result { throw ExitStatus.of(error) }
        if worst >= .rebuilt { throw ExitStatus.damaged }
    }
}

/// One finding of `fsck`, with what it can mean and what to do.
struct Diagnosis {
    /// How bad it is, the worst last.
    enum Severity: String, Comparable {
        case fine
        case torn
        case rebuilt = "derived"
        case damaged

        static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .fine: 0
            case .torn: 1
            case .rebuilt: 2
            case .damaged: 3
            }
        }

        var verdict: String {
            switch self {
            case .fine: "the daemon can start"
            case .torn: "the daemon can start: it cuts the torn tail and records that it did"
            case .rebuilt: "the segments are whole; the daemon makes the derived files anew at its next full start"
            case .damaged: "the daemon must not go on with this log"
            }
        }
    }

    let severity: Severity
    let finding: String
    let meaning: String
    let advice: String

    /// One object.
    var json: String {
        "{\"severity\":\"\(self.severity.rawValue)\",\"finding\":\(JSONText.quoted(self.finding)),"
            + "\"meaning\":\(JSONText.quoted(self.meaning)),\"advice\":\(JSONText.quoted(self.advice))}"
    }

    private static let keep =
        "Copy the whole directory before anything else, compare with checkpoints and receipts that others keep, and "
        + "begin a new log in an empty directory."

    static func of(_ report: LogReport) -> [Diagnosis] {
        var found: [Diagnosis] = []
        if let torn = report.end.torn {
            found.append(
                Diagnosis(
                    severity: .torn,
                    finding: "\(torn.file), offset \(torn.offset): \(torn.bytes) bytes (\(torn.fault.rawValue))",
                    meaning: "The last write was cut by a crash or a power loss; nothing in it had been confirmed.",
                    advice: "Nothing is to be done."))
        }
        found += report.damages.map { damage in
            // What contradicts a signature is no mishap of derived files.
            let isDerived =
                damage.file.hasPrefix("tile/") || damage.file == "state" || damage.file.hasPrefix("receipts/")
            return Diagnosis(
                severity: isDerived ? .rebuilt : .damaged, finding: "\(damage.file): \(damage.reason)",
                meaning: isDerived
                    ? "A file that is made of the records differs from them: a failing disk, or a hand."
                    : "The records and what was signed or stored beside them do not agree: the log was changed, "
                        + "cut off or rewound, or this is not its checkpoint.",
                advice: isDerived
                    ? "Remove state; the next start reads everything and writes the derived files again." : Self.keep)
        }
        found += report.faults.map { fault in
            Diagnosis(
                severity: .damaged,
                finding: "\(fault.place.file), offset \(fault.place.offset), entry \(fault.place.index): "
                    + fault.finding.rule.rawValue,
                meaning:
                    "The bytes are whole, and what they say cannot have happened: written by another program, or by "
                    + "a hand that kept the sums right.",
                advice: Self.keep)
        }
        return found
    }

    static func of(_ error: AuditStoreError) -> Diagnosis {
        let (meaning, advice) =
            switch error {
            case .disk(_, _, let code):
                ("The disk did not answer (error \(code)).", "See the kernel's messages and the file's rights.")
            case .inUse: ("Another process has the log open.", "Stop it first.")
            case .unreadable:
                ("A whole record that this program does not know.", "Use the program version that wrote the log.")
            case .key: ("The pseudonym key is not as it was made.", "Restore keys/pseudonym.key from a backup.")
            case .stalled, .unlinked, .damaged, .missing, .foreign, .derived, .contradicted:
                ("Something that had been durable is not as it was: a failing disk, or a hand.", Self.keep)
            }
        return Diagnosis(severity: .damaged, finding: error.description, meaning: meaning, advice: advice)
    }
}
