internal import ArgumentParser
internal import AuditCore
internal import AuditStore
internal import Wire

/// `alongside-audit verify DIR`
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check every byte, index, rule and hash of a log, or a receipt alone.",
        discussion: """
            Without DIR the checkpoints and receipts are checked by themselves, which needs --key. With - as DIR the \
            names of logs are read from standard input, one a line, and each is answered with one line of JSON.
            """)

    @Argument(help: "The log's directory.")
    var directory: String?

    @OptionGroup var against: AgainstOptions

    @Option(help: "Report only rules that records of this session break (26 characters).")
    var session: String?

    @Option(help: "Report only rules that records from this index on break.")
    var from: UInt64?

    @Option(help: "Report only rules that records up to this index break.")
    var to: UInt64?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if let session = self.session, SessionID(session) == nil {
            throw ValidationError("a session id has 26 characters of lower-case Crockford base32")
        }
        guard self.from ?? 0 <= self.to ?? .max else { throw ValidationError("--from is above --to") }
        if self.directory == nil, self.against.isEmpty {
            throw ValidationError("give a log's directory, or --receipt or --checkpoint with --key")
        }
    }

    func run() throws {
        var wanted = try self.against.wanted()
        wanted.session = self.session.flatMap { SessionID($0) }
        if self.from != nil || self.to != nil { wanted.range = (self.from ?? 0)...(self.to ?? .max) }
        guard let directory = self.directory else { return try self.checkAlone(wanted) }
        guard directory == "-" else { return try self.check(directory, wanted) }
        while let line = readLine() {
            switch Self.report(line, wanted) {
            case .success(let report): Output.json(ReportText(report).json)
            case .failure(let error): Output.json(ReportText.json(error))
            }
            Output.flush()
        }
    }

    static func report(
        _ directory: String, _ wanted: LogReport.Wanted, progress: (Int) -> Void = { _ in }
    ) -> Result<LogReport, AuditStoreError> {
        Result { () throws(AuditStoreError) in
            let disk = try AuditDisk.system(directory: directory, forWriting: false)
            defer { disk.release() }
            return try LogReport(verifying: disk, wanted, progress: progress)
        }
    }

    private func check(_ directory: String, _ wanted: LogReport.Wanted) throws {
        var bar = ProgressBar(bytesMax: LogSize.bytes(of: directory), isShown: !self.json)
        let result = Self.report(directory, wanted) { bar.show($0) }
        bar.clear()
        switch result {
        case .success(let report):
            let text = ReportText(report)
            if self.json {
                Output.json(text.json)
            } else {
                for line in text.complaints { Output.complaint(line) }
                for line in text.summary(isSigned: wanted.verifier != nil) { Output.line(line) }
            }
            if report.faultCount > 0 { throw ExitStatus.damaged }
        case .failure(let error):
            if self.json { Output.json(ReportText.json(error)) } else { Output.complaint(error.description) }
            throw ExitStatus.of(error)
        }
    }

    /// Checkpoints and receipts by themselves: signature and path.
    private func checkAlone(_ wanted: LogReport.Wanted) throws {
        guard let verifier = wanted.verifier else {
            throw ValidationError("--key is needed: without it a receipt proves nothing")
        }
        var isGood = true
        for (name, checkpoint) in wanted.checkpoints {
            let verdict = checkpoint.verdict(of: verifier)
            isGood = isGood && verdict == .good
            if self.json {
                Output.json(
                    "{\"ok\":\(verdict == .good),\"name\":\(JSONText.quoted(name)),"
                        + "\"size\":\(checkpoint.checkpoint.size),\"index\":null,"
                        + "\"verdict\":\(JSONText.quoted(verdict.rawValue))}")
            } else {
                Output.line("\(name): \(checkpoint.checkpoint.size) entries, \(verdict.rawValue)")
            }
        }
        for (name, proof) in wanted.proofs {
            let verdict = proof.verdict(of: verifier)
            isGood = isGood && verdict == .good
            if self.json {
                Output.json(
                    "{\"ok\":\(verdict == .good),\"name\":\(JSONText.quoted(name)),"
                        + "\"size\":\(proof.checkpoint.checkpoint.size),\"index\":\(proof.index),"
                        + "\"verdict\":\(JSONText.quoted(verdict.rawValue))}")
                continue
            }
            Output.line("\(name): entry \(proof.index) of \(proof.checkpoint.checkpoint.size): \(verdict.rawValue)")
            if let record = try? AuditRecord(decoding: proof.record) { Output.line(record.summary(index: proof.index)) }
        }
        if !isGood { throw ExitStatus.damaged }
    }
}
