internal import Age
internal import ArgumentParser
internal import AuditCore
internal import AuditIndex
internal import AuditReplay
internal import AuditStore
internal import Wire

/// `alongside-audit search DIR --site … --rep … --text …`; `list` is the same without conditions.
struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "List a log's sessions, all or those that fit.",
        discussion: """
            The answers come from an index, which reads what the log has gained since the last question. --text looks in
            the recordings themselves, which --identity opens; no text of a page is kept in the index.
            """, aliases: ["list"])

    @Argument(help: "The log's directory.")
    var directory: String

    @Option(help: "The site's key.")
    var site: String?

    @Option(help: "The principal of a rep who held a seat.")
    var rep: String?

    @Option(help: "The word of the stuck signal.")
    var reason: String?

    @Option(help: ArgumentHelp("Begun at this time or later.", valueName: "2026-11-22T02:20:59Z"))
    var from: String?

    @Option(help: ArgumentHelp("Begun at this time or earlier.", valueName: "2026-11-22T02:20:59Z"))
    var to: String?

    @Option(help: "Words that stood on the page; letter case does not matter.")
    var text: String?

    @Option(help: ArgumentHelp("An age identity or an OpenSSH ed25519 key; may be given again.", valueName: "file"))
    var identity: [String] = []

    @Option(help: ArgumentHelp("Keep the index in this file; otherwise in memory.", valueName: "file"))
    var index: String?

    @Flag(help: "Print one JSON object a line.")
    var json = false

    func validate() throws {
        guard self.text == nil || !self.identity.isEmpty else {
            throw ValidationError("--text needs --identity: only the auditors can read a recording.")
        }
        for time in [self.from, self.to] where time != nil && Self.time(time) == nil {
            throw ValidationError("a time is written 2026-11-22T02:20:59Z")
        }
    }

    private static func time(_ text: String?) -> UInt64? {
        guard let text, text.hasSuffix("Z") else { return nil }
        let whole = text.contains(".") ? text : text.dropLast() + ".000000Z"
        return AuditTime.wall(Array(whole.utf8)[...])
    }

    func run() throws {
        let identities = try Access.identities(self.identity)
        try Access.put(.read(what: self.text == nil ? "list" : "search", session: nil), directory: self.directory)
        var query = IndexQuery()
        (query.site, query.rep, query.reason) = (self.site, self.rep, self.reason)
        (query.from, query.to) = (Self.time(self.from), Self.time(self.to))
        query.recordedOnly = self.text != nil
        do throws(IndexError) {
            let index = try AuditIndex(path: self.index)
            try index.refresh(directory: self.directory)
            for row in try index.sessions(query) {
                guard let text = self.text else {
                    self.say(row, frame: nil)
                    continue
                }
                if let frame = self.firstFrame(with: text, in: row.session, identities) { self.say(row, frame: frame) }
            }
        } catch {
            Output.complaint(error.description)
            throw ExitStatus.disk
        }
    }

    /// The first frame after which the page showed the text; a recording that does not open has none, which is said.
    private func firstFrame(with text: String, in session: SessionID, _ identities: [AgeIdentity]) -> UInt64? {
        do throws(ReplayError) {
            let story = try SessionStory.read(session, directory: self.directory)
            let reader = try RecordingReader(of: story, directory: self.directory, identities: identities)
            return TextSearch.firstFrame(with: text, in: reader.frames)
        } catch {
            Output.complaint("\(session.text): \(error)")
            return nil
        }
    }

    private func say(_ row: IndexRow, frame: UInt64?) {
        let opened = AuditTime.text(row.opened)
        if self.json {
            let ended = row.ended.map { "\"\(AuditTime.text($0))\"" } ?? "null"
            let reps = row.reps.map { JSONText.quoted($0) }.joined(separator: ",")
            Output.json(
                "{\"session\":\"\(row.session.text)\",\"site\":\(JSONText.quoted(row.site)),\"opened\":\"\(opened)\","
                    + "\"ended\":\(ended),\"why\":\(row.why.map { JSONText.quoted($0) } ?? "null"),"
                    + "\"address\":\(JSONText.quoted(row.address)),\"reps\":[\(reps)],\"frames\":\(row.frames.count),"
                    + "\"bytes\":\(row.frames.bytes),\"recorded\":\(row.recordedBytes),\"erased\":\(row.isErased),"
                    + "\"frame\":\(frame.map { "\($0)" } ?? "null")}")
            return
        }
        let kept = row.isErased ? "erased" : row.recordedBytes > 0 ? "recorded" : "-"
        let found = frame.map { "  from frame \($0)" } ?? ""
        Output.line(
            "\(opened)  \(row.session.text)  \(row.site)  \(row.reps.joined(separator: ","))  "
                + "\(row.frames.count) frames  \(kept)  \(row.why ?? "running")  \(row.address)\(found)")
    }
}

/// `alongside-audit stats DIR`
struct StatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Sums over a log's sessions, and bytes a session-minute.")

    @Argument(help: "The log's directory.")
    var directory: String

    @Option(help: "Only this site's sessions.")
    var site: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        try Access.put(.read(what: "stats", session: nil), directory: self.directory)
        let stats: IndexStats
        do throws(IndexError) {
            let index = try AuditIndex(path: nil)
            try index.refresh(directory: self.directory)
            stats = try index.stats(site: self.site)
        } catch {
            Output.complaint(error.description)
            throw ExitStatus.disk
        }
        let minutes = Double(stats.duration) / 60_000_000
        let rate = minutes > 0 ? Int(Double(stats.recordedBytes) / minutes) : 0
        if self.json {
            Output.json(
                "{\"sessions\":\(stats.sessions),\"open\":\(stats.open),\"seats\":\(stats.seats),"
                    + "\"frames\":\(stats.frames),\"frameBytes\":\(stats.frameBytes),"
                    + "\"recordings\":\(stats.recordings),"
                    + "\"recordedBytes\":\(stats.recordedBytes),\"erased\":\(stats.erased),"
                    + "\"seconds\":\(stats.duration / 1_000_000),\"recordedBytesPerMinute\":\(rate)}")
            return
        }
        Output.line("\(stats.sessions) sessions (\(stats.open) without an end), \(stats.seats) seats")
        Output.line("\(stats.frames) frames, \(stats.frameBytes) bytes")
        Output.line(
            "\(stats.recordings) recordings, \(stats.recordedBytes) bytes, \(rate) a session-minute; "
                + "\(stats.erased) erased")
    }
}
