internal import ArgumentParser
internal import AuditCore
internal import AuditStore
internal import Wire

/// `alongside-audit verify DIR`
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check every byte, index and rule of a log.")

    @Argument(help: "The log's directory.")
    var directory: String

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let report: LogReport
        do throws(AuditStoreError) {
            let disk = try AuditDisk.system(directory: self.directory, forWriting: false)
            defer { disk.release() }
            report = try LogReport(verifying: disk)
        } catch {
            if self.json {
                Output.json("{\"ok\":false,\"error\":\(JSONText.quoted(error.description))}")
            } else {
                Output.complaint(error.description)
            }
            throw ExitStatus.of(error)
        }
        if self.json { self.printJSON(report) } else { self.printText(report) }
        if report.faultCount > 0 { throw ExitStatus.damaged }
    }

    private func printText(_ report: LogReport) {
        for fault in report.faults {
            let session = fault.finding.session.map { ", session \($0.text)" } ?? ""
            Output.complaint(
                "\(fault.place.file), offset \(fault.place.offset), entry \(fault.place.index)\(session): "
                    + Self.reason(fault.finding))
        }
        if report.faultCount > report.faults.count {
            Output.complaint("and \(report.faultCount - report.faults.count) more")
        }
        let verifier = report.verifier
        Output.line(
            "\(verifier.entries) entries, \(verifier.sessions) sessions (\(verifier.open.count) without an end), "
                + "\(report.end.bytes) bytes" + (verifier.isClosed ? "" : ", log not closed"))
        if let torn = report.end.torn {
            Output.line(
                "torn tail: \(torn.file), offset \(torn.offset): \(torn.bytes) bytes (\(torn.fault.rawValue)); "
                    + "allowed, the next start cuts and records it")
        }
        if verifier.wallSteps > 0 { Output.line("the wall clock stepped back \(verifier.wallSteps) times") }
        Output.line(report.faultCount == 0 ? "verified" : "\(report.faultCount) faults")
    }

    private func printJSON(_ report: LogReport) {
        let verifier = report.verifier
        let torn =
            report.end.torn.map { torn in
                "{\"file\":\(JSONText.quoted(torn.file)),\"offset\":\(torn.offset),\"bytes\":\(torn.bytes),"
                    + "\"reason\":\(JSONText.quoted(torn.fault.rawValue))}"
            } ?? "null"
        let faults = report.faults.map { fault in
            "{\"file\":\(JSONText.quoted(fault.place.file)),\"offset\":\(fault.place.offset),"
                + "\"index\":\(fault.place.index),\"rule\":\(JSONText.quoted("\(fault.finding.rule)")),"
                + "\"reason\":\(JSONText.quoted(Self.reason(fault.finding)))}"
        }
        Output.json(
            "{\"ok\":\(report.faultCount == 0),\"entries\":\(verifier.entries),\"sessions\":\(verifier.sessions),"
                + "\"open\":\(verifier.open.count),\"closed\":\(verifier.isClosed),\"bytes\":\(report.end.bytes),"
                + "\"wallSteps\":\(verifier.wallSteps),\"torn\":\(torn),\"faultCount\":\(report.faultCount),"
                + "\"faults\":[\(faults.joined(separator: ","))]}")
    }

    private static func reason(_ finding: AuditFinding) -> String {
        guard let format = finding.format else { return finding.rule.rawValue }
        return "\(finding.rule.rawValue) (\(format.reason.rawValue) at byte \(format.at))"
    }
}
