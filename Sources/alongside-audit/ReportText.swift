internal import AuditCore
internal import AuditStore
internal import Wire

/// A report of a verification, in words and as JSON.
struct ReportText {
    private let report: LogReport

    init(_ report: LogReport) {
        self.report = report
    }

    /// What is wrong, one sentence each, with its place.
    var complaints: [String] {
        let damages = self.report.damages.map { "\($0.file): \($0.reason)" }
        let faults = self.report.faults.map { fault in
            let session = fault.finding.session.map { ", session \($0.text)" } ?? ""
            return "\(fault.place.file), offset \(fault.place.offset), entry \(fault.place.index)\(session): "
                + Self.reason(fault.finding)
        }
        let more = self.report.faultCount - damages.count - faults.count
        return damages + faults + (more > 0 ? ["and \(more) more"] : [])
    }

    /// What there is. `isSigned` says whether signatures were checked.
    func summary(isSigned: Bool) -> [String] {
        let (verifier, end) = (self.report.verifier, self.report.end)
        var lines = [
            "\(verifier.entries) entries, \(verifier.sessions) sessions (\(verifier.open.count) without an end), "
                + "\(end.bytes) bytes" + (verifier.isClosed ? "" : ", log not closed")
        ]
        if let torn = end.torn {
            lines.append(
                "torn tail: \(torn.file), offset \(torn.offset): \(torn.bytes) bytes (\(torn.fault.rawValue)); "
                    + "allowed, the next start cuts and records it")
        }
        if verifier.wallSteps > 0 { lines.append("the wall clock stepped back \(verifier.wallSteps) times") }
        if let checkpoint = self.report.checkpoint?.checkpoint {
            lines.append(
                "checkpoint of \(checkpoint.origin) over \(checkpoint.size) entries"
                    + (isSigned ? "" : "; its signature was not checked, for no --key was given"))
        } else {
            lines.append("no checkpoint: nothing shows that this is the whole log, or the only one")
        }
        lines.append(self.report.faultCount == 0 ? "verified" : "\(self.report.faultCount) faults")
        return lines
    }

    /// One object.
    var json: String {
        let (verifier, end) = (self.report.verifier, self.report.end)
        let torn =
            end.torn.map { torn in
                "{\"file\":\(JSONText.quoted(torn.file)),\"offset\":\(torn.offset),\"bytes\":\(torn.bytes),"
                    + "\"reason\":\(JSONText.quoted(torn.fault.rawValue))}"
            } ?? "null"
        let faults = self.report.faults.map { fault in
            "{\"file\":\(JSONText.quoted(fault.place.file)),\"offset\":\(fault.place.offset),"
                + "\"index\":\(fault.place.index),\"rule\":\(JSONText.quoted("\(fault.finding.rule)")),"
                + "\"reason\":\(JSONText.quoted(Self.reason(fault.finding)))}"
        }
        let damages = self.report.damages.map {
            "{\"file\":\(JSONText.quoted($0.file)),\"reason\":\(JSONText.quoted($0.reason))}"
        }
        let checkpoint = self.report.checkpoint.map { "\($0.checkpoint.size)" } ?? "null"
        return "{\"ok\":\(self.report.faultCount == 0),\"entries\":\(verifier.entries),"
            + "\"sessions\":\(verifier.sessions),\"open\":\(verifier.open.count),\"closed\":\(verifier.isClosed),"
            + "\"bytes\":\(end.bytes),\"wallSteps\":\(verifier.wallSteps),\"torn\":\(torn),"
            + "\"root\":\"\(self.report.root.hex)\",\"checkpoint\":\(checkpoint),"
            + "\"faultCount\":\(self.report.faultCount),\"damages\":[\(damages.joined(separator: ","))],"
            + "\"faults\":[\(faults.joined(separator: ","))]}"
    }

    /// One object for a log that could not be read to its end.
    static func json(_ error: AuditStoreError) -> String {
        "{\"ok\":false,\"error\":\(JSONText.quoted(error.description))}"
    }

    private static func reason(_ finding: AuditFinding) -> String {
        guard let format = finding.format else { return finding.rule.rawValue }
        return "\(finding.rule.rawValue) (\(format.reason.rawValue) at byte \(format.at))"
    }
}
