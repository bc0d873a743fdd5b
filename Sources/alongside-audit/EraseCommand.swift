internal import ArgumentParser
internal import AuditReplay
internal import AuditStore
internal import Wire

/// `alongside-audit erase DIR SESSION --reason WORDS`
struct EraseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase", abstract: "Destroy a session's recording for good; the log goes on to verify.",
        discussion: """
            The session's key is overwritten and removed, then its recording. That this was done, by whom and why, is a
            record. A session that runs or is held is refused. Copies made before, by export or by an auditor who
            unwrapped the key, are out of reach.
            """)

    @Argument(help: "The log's directory.")
    var directory: String

    @Argument(help: "The session.")
    var session: SessionArgument

    @Option(help: "Why, in a few words; it enters the log.")
    var reason: String

    @Flag(help: "Say what would go, and leave it.")
    var dryRun = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let session = self.session.session
        if self.dryRun {
            let extent = try Failing.words {
                _ = try SessionStory.read(session, directory: self.directory)
                return try? RecordingFiles(directory: self.directory).extent(session)
            }
            return self.say("would erase", extent?.files ?? 0, extent?.bytes ?? 0)
        }
        let order = LogOrder.erase(session, reason: self.reason)
        switch LogAccess.perform(order, directory: self.directory, program: AlongsideAudit.program) {
        case .done(let files, let bytes): self.say("erased", files, bytes)
        case .refused(let why), .readOnly(let why):
            Output.complaint(why)
            throw ExitStatus.unavailable
        }
    }

    private func say(_ what: String, _ files: Int, _ bytes: Int) {
        if self.json {
            Output.json("{\"ok\":true,\"dryRun\":\(self.dryRun),\"files\":\(files),\"bytes\":\(bytes)}")
        } else {
            Output.line("\(what) \(files) files, \(bytes) bytes of session \(self.session.session.text)")
        }
    }
}

/// `alongside-audit hold DIR SESSION --reason WORDS`
struct HoldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Keep a session's recording from being erased, or lift that.")

    @Argument(help: "The log's directory.")
    var directory: String

    @Argument(help: "The session.")
    var session: SessionArgument

    @Option(help: "Why, in a few words; it enters the log.")
    var reason: String

    @Flag(help: "Lift the hold.")
    var lift = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let session = self.session.session
        try Access.put(
            self.lift ? .lift(session, reason: self.reason) : .hold(session, reason: self.reason),
            directory: self.directory)
        if self.json { Output.json("{\"ok\":true,\"session\":\"\(session.text)\",\"held\":\(!self.lift)}") }
    }
}
