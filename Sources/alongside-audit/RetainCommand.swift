internal import ArgumentParser
internal import AuditCore
internal import AuditStore
internal import Wire

/// `alongside-audit retain DIR --config FILE`
struct RetainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retain", abstract: "Let recordings go that are past their site's age or size.",
        discussion: """
            The rules are retention_days and retention_bytes of each [[site]] in the relay's configuration. A \
            recording goes when its session ended more than so many days ago; then, oldest first, until the site's \
            recordings are no more than so many bytes. Its key is destroyed, then its files; each is a record in the \
            log (why: age or size), and verify goes on to pass. Held and running sessions stay, and count for the \
            size. The log's own records always stay: they prove what was there, and hold no page. What a crash \
            interrupted is finished by the next run. Exit codes: 0 done, or nothing to do; 75 a recording could not \
            be let go; 78 the configuration is mistaken.
            """)

    @Argument(help: "The log's directory.")
    var directory: String

    @Option(help: ArgumentHelp("The relay's configuration.", valueName: "file"))
    var config = "/etc/alongsided/alongsided.toml"

    @Flag(help: "Say what would go, and change nothing.")
    var dryRun = false

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(inversion: .prefixedNo, help: "Show a bar while working, on a terminal.")
    var progress = true

    /// What was refused, and why.
    private struct Refusal {
        let session: SessionID
        let why: String
    }

    func run() throws {
        let rules: [String: RetentionRule]
        do throws(RetentionSetting.Mistake) {
            rules = try RetentionSetting.rules(path: self.config)
        } catch {
            Output.complaint(error.description)
            throw ExitStatus.configuration
        }
        let plan = RetentionPlan(try self.recordings(), rules: rules, now: AuditClock.system().now().wall)
        var refusals: [Refusal] = []
        if !self.dryRun { refusals = self.carryOut(plan) }
        let refused = Set(refusals.map(\.session))
        let removals = plan.removals.filter { !refused.contains($0.recording.session) }
        if self.json { self.sayJSON(plan, removals, refusals) } else { self.say(plan, removals) }
        for refusal in refusals { Output.complaint("\(refusal.session.text): \(refusal.why)") }
        if !refusals.isEmpty { throw ExitStatus.unavailable }
    }

    private func recordings() throws -> [KeptRecording] {
        var bar = ProgressBar(bytesMax: LogSize.bytes(of: self.directory), isShown: self.progress)
        defer { bar.clear() }
        do throws(AuditStoreError) {
            return try RecordingShelf.read(directory: self.directory) { bar.show($0) }
        } catch {
            Output.complaint(error.description)
            throw ExitStatus.of(error)
        }
    }

    private func carryOut(_ plan: RetentionPlan) -> [Refusal] {
        var bar = ProgressBar(
            bytesMax: plan.removals.reduce(0) { $0 + $1.recording.bytes }, isShown: self.progress)
        defer { bar.clear() }
        var refusals: [Refusal] = []
        var at = 0
        var bytes = 0
        let orders = plan.removals.map { LogOrder.expire($0.recording.session, why: $0.reason.rawValue) }
        LogAccess.perform(orders, directory: self.directory, program: AlongsideAudit.program) { (_, outcome) in
            let recording = plan.removals[at].recording
            at += 1
            bytes += recording.bytes
            switch outcome {
            case .done: bar.show(bytes)
            case .refused(let why), .readOnly(let why):
                refusals.append(Refusal(session: recording.session, why: why))
            }
        }
        return refusals
    }

    private func say(_ plan: RetentionPlan, _ removals: [RetentionPlan.Removal]) {
        let verb = self.dryRun ? "would let go" : "let go"
        for removal in removals {
            let recording = removal.recording
            Output.line(
                "\(verb) \(recording.session.text) of \(recording.standing.site): \(removal.reason.rawValue), "
                    + "\(recording.files) files, \(recording.bytes) bytes")
        }
        for site in plan.sites {
            let rule = [
                site.rule?.daysMax.map { "\($0) days" }, site.rule?.bytesMax.map { "\($0) bytes" },
            ].compactMap(\.self)
            let bound = "; \(site.bound.count) of them, \(site.bound.bytes) bytes, past it but held or running"
            Output.line(
                "\(site.name): \(rule.isEmpty ? "no rule" : rule.joined(separator: ", ")); "
                    + "\(site.kept.count) recordings, \(site.kept.bytes) bytes stay"
                    + (site.bound.count > 0 ? bound : ""))
        }
        let bytes = removals.reduce(0) { $0 + $1.recording.bytes }
        Output.line("\(verb) \(removals.count) recordings, \(bytes) bytes; the log's records stay")
    }

    private func sayJSON(_ plan: RetentionPlan, _ removals: [RetentionPlan.Removal], _ refusals: [Refusal]) {
        let gone = removals.map { removal in
            "{\"session\":\"\(removal.recording.session.text)\","
                + "\"site\":\(JSONText.quoted(removal.recording.standing.site)),"
                + "\"why\":\"\(removal.reason.rawValue)\",\"files\":\(removal.recording.files),"
                + "\"bytes\":\(removal.recording.bytes)}"
        }
        let sites = plan.sites.map { site in
            "{\"site\":\(JSONText.quoted(site.name)),\"days\":\(Self.number(site.rule?.daysMax)),"
                + "\"bytesMax\":\(Self.number(site.rule?.bytesMax)),\"recordings\":\(site.kept.count),"
                + "\"bytes\":\(site.kept.bytes),\"bound\":\(site.bound.count),\"boundBytes\":\(site.bound.bytes)}"
        }
        let refused = refusals.map { "{\"session\":\"\($0.session.text)\",\"why\":\(JSONText.quoted($0.why))}" }
        Output.json(
            "{\"ok\":\(refusals.isEmpty),\"dryRun\":\(self.dryRun),\"gone\":[\(gone.joined(separator: ","))],"
                + "\"sites\":[\(sites.joined(separator: ","))],\"refused\":[\(refused.joined(separator: ","))]}")
    }

    private static func number(_ value: Int?) -> String { value.map(String.init) ?? "null" }
}
