internal import Age
internal import ArgumentParser
internal import AuditCore
internal import AuditReplay
internal import AuditStore
internal import Glibc
internal import Terminal
internal import Wire

/// `alongside-audit replay DIR SESSION --seat N --identity FILE`
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Show a recorded session as one rep saw it.",
        discussion: """
            The page is painted by the rep's own client from the frames that this seat was sent. Keys: Space plays, the
            arrows go 5 s, comma and full stop one frame, n and p to the next event, + and - change the speed, i skips
            idle time, e lists events, q leaves. That you looked is put on record.
            """)

    @Argument(help: "The log's directory.")
    var directory: String

    @Argument(help: "The session.")
    var session: SessionArgument

    @Option(help: "The seat, as show lists it; without one all frames are shown as the relay took them in.")
    var seat: Int?

    @Option(help: ArgumentHelp("An age identity or an OpenSSH ed25519 key; may be given again.", valueName: "file"))
    var identity: [String]

    @Option(help: "Start when the seat had been sent everything up to this frame of the session.")
    var frame: UInt64?

    @Option(help: "Start so many seconds in.")
    var at: Double?

    @Option(help: "How fast the clock runs.")
    var speed: Double = 1

    @Flag(help: "Do not start the clock.")
    var paused = false

    @Flag(help: "Print one screen as text; needs no terminal.")
    var print = false

    @Flag(help: "Print one screen and what it shows as one JSON object; needs no terminal.")
    var json = false

    @Option(help: ArgumentHelp("The screen's size with --print and --json.", valueName: "columns x rows"))
    var size = "200x56"

    func validate() throws {
        guard self.speed > 0, self.speed <= 100 else { throw ValidationError("--speed is above 0 and at most 100.") }
        guard self.at.map({ $0 >= 0 && $0 <= 1e9 }) ?? true else { throw ValidationError("--at is not below 0.") }
        _ = try self.screenSize()
    }

    private func screenSize() throws -> ScreenSize {
        let parts = self.size.split(separator: "x").compactMap { Int($0) }
        guard parts.count == 2, (1...ScreenSize.columnsMax).contains(parts[0]),
            (1...ScreenSize.rowsMax).contains(parts[1])
        else { throw ValidationError("--size is written 200x56.") }
        return ScreenSize(columns: parts[0], rows: parts[1])
    }

    func run() throws {
        let identities = try Access.identities(self.identity)
        let (story, reader, track) = try Failing.words {
            let story = try SessionStory.read(self.session.session, directory: self.directory)
            let reader = try RecordingReader(of: story, directory: self.directory, identities: identities)
            let track =
                try self.seat.map { try ReplayTrack($0, of: story, reader.frames) } ?? ReplayTrack(all: reader.frames)
            return (story, reader, track)
        }
        try Access.put(
            self.seat.map { .replayed(story.session, seat: $0) } ?? .read(what: "replay", session: story.session),
            directory: self.directory)
        if track.missing > 0 { Output.complaint("\(track.missing) frames that the seat was sent were not recorded") }
        var player = ReplayPlayer(
            story, track, isProved: reader.isProved, size: try self.screenSize(), speed: self.speed,
            isPlaying: !self.paused)
        self.seek(&player, story, track)
        if self.print || self.json {
            var plain = PlainScreen()
            let text = String(decoding: plain.text(of: player.screen()) ?? [], as: UTF8.self)
            if self.json {
                Output.json(self.facts(text, track, isProved: reader.isProved))
            } else {
                Output.cells(text)
            }
        } else {
            try self.show(player)
        }
    }

    private func seek(_ player: inout ReplayPlayer, _ story: SessionStory, _ track: ReplayTrack) {
        if let at = self.at {
            player.seek(to: (track.seat?.joined ?? story.opened) + UInt64(at * 1_000_000))
        } else if let frame = self.frame {
            player.seek(frame: frame)
        } else if self.print || self.json {
            player.seek(steps: .max)
        }
    }

    /// The screen's lines, and what they are of.
    private func facts(_ screen: String, _ track: ReplayTrack, isProved: Bool) -> String {
        var lines = screen.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        let quoted = lines.map { JSONText.quoted(String($0)) }.joined(separator: ",")
        return "{\"session\":\"\(self.session.session.text)\",\"seat\":\(self.seat.map { "\($0)" } ?? "null"),"
            + "\"frames\":\(track.steps.count),\"missing\":\(track.missing),\"proved\":\(isProved),"
            + "\"lines\":[\(quoted)]}"
    }

    private func show(_ player: ReplayPlayer) throws {
        let environment = TerminalEnvironment { name in
            guard let value = unsafe getenv(name) else { return nil }
            return unsafe String(cString: value)
        }
        do throws(TerminalError) {
            try ReplayFront(player, device: try TerminalDevice.open(), environment: environment).run()
        } catch {
            Output.complaint("There is no terminal to draw on (\(error)); use --print.")
            throw ExitStatus.disk
        }
    }
}

/// Errors of the replay as words and exit codes.
enum Failing {
    static func words<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as ReplayError {
            Output.complaint("\(error)")
            throw ExitStatus.of(error)
        }
    }
}
