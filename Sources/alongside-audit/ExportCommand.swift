internal import ArgumentParser
internal import AuditCore
internal import AuditExport
internal import AuditReplay
internal import AuditStore
internal import Glibc
internal import Wire

/// `alongside-audit export DIR --format FORMAT`
struct ExportCommand: ParsableCommand {
    /// What another program takes in.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case jsonl
        case syslog
        case html
        case rrweb
    }

    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Copy records, or a recording, for other programs.",
        discussion: """
            jsonl and syslog copy records: JSON Lines with each record's exact bytes, or RFC 5424 lines. html and rrweb
            copy a recording and need --session and --identity: a page that plays itself without any network, or events
            for rrweb's player. What leaves here is no longer erased with the session.
            """)

    @Argument(help: "The log's directory.")
    var directory: String

    @Option(help: "jsonl, syslog, html or rrweb.")
    var format: Format

    @Option(help: "Only this session.")
    var session: SessionArgument?

    @Option(help: "The seat; without one all frames are taken.")
    var seat: Int?

    @Option(help: ArgumentHelp("An age identity or an OpenSSH ed25519 key; may be given again.", valueName: "file"))
    var identity: [String] = []

    @Option(name: .shortAndLong, help: ArgumentHelp("Where to; standard output otherwise.", valueName: "file"))
    var output: String?

    @Flag(help: "Say what was written as one JSON object; needs --output.")
    var json = false

    func validate() throws {
        if self.json, self.output == nil { throw ValidationError("--json needs --output.") }
        let isRecording = self.format == .html || self.format == .rrweb
        guard !isRecording || (self.session != nil && !self.identity.isEmpty) else {
            throw ValidationError("--format \(self.format.rawValue) needs --session and --identity.")
        }
    }

    func run() throws {
        switch self.format {
        case .jsonl, .syslog: try self.exportRecords()
        case .html, .rrweb: try self.exportRecording()
        }
    }

    private func exportRecords() throws {
        try Access.put(
            .exported(format: self.format.rawValue, session: self.session?.session), directory: self.directory)
        var bytes: [UInt8] = []
        var records = 0
        do throws(AuditStoreError) {
            let disk = try AuditDisk.system(directory: self.directory, forWriting: false)
            defer { disk.release() }
            _ = try LogReader.read(disk) { (place, line) throws(AuditStoreError) in
                let record: AuditRecord
                do throws(AuditFormatError) {
                    record = try AuditRecord(decoding: Array(line))
                } catch {
                    throw .unreadable(file: place.file, offset: place.offset, index: place.index, format: error)
                }
                if let only = self.session?.session, record.session != only { return }
                bytes +=
                    self.format == .jsonl
                    ? RecordExport.jsonLine(line, index: place.index)
                    : Array(RecordExport.syslog(record, index: place.index).utf8)
                bytes.append(0x0A)
                records += 1
            }
        } catch {
            Output.complaint(error.description)
            throw ExitStatus.of(error)
        }
        try self.write(bytes, of: records)
    }

    private func exportRecording() throws {
        guard let session = self.session?.session else { throw ExitStatus.missing }
        let identities = try Access.identities(self.identity)
        let (story, track) = try Failing.words {
            let story = try SessionStory.read(session, directory: self.directory)
            let frames = try RecordingReader(of: story, directory: self.directory, identities: identities).frames
            return (story, try self.seat.map { try ReplayTrack($0, of: story, frames) } ?? ReplayTrack(all: frames))
        }
        try Access.put(.exported(format: self.format.rawValue, session: session), directory: self.directory)
        let timeline = StageTimeline(track)
        let title = "Session \(session.text) of \(story.site)" + (self.seat.map { ", seat \($0)" } ?? "")
        let text = self.format == .html ? HTMLExport.html(timeline, title: title) : RRWebExport.json(timeline) + "\n"
        try self.write(Array(text.utf8), of: track.steps.count)
    }

    /// Writes what `count` records or frames became.
    private func write(_ bytes: [UInt8], of count: Int) throws {
        let file = self.output.map { unsafe open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600) } ?? STDOUT_FILENO
        var written = 0
        while file >= 0, written < bytes.count {
            let start = written
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(file, buffer.baseAddress?.advanced(by: start), buffer.count - start)
            }
            guard count > 0 else { break }
            written += count
        }
        guard file >= 0, written == bytes.count, self.output == nil || close(file) == 0 else {
            Output.complaint("\(self.output ?? "standard output") cannot be written")
            throw ExitStatus.disk
        }
        if self.json, let output = self.output {
            let session = self.session.map { "\"\($0.session.text)\"" } ?? "null"
            Output.json(
                "{\"format\":\"\(self.format.rawValue)\",\"session\":\(session),\"count\":\(count),"
                    + "\"bytes\":\(bytes.count),\"output\":\(JSONText.quoted(output))}")
        }
    }
}
