import ArgumentParser
import Glibc
import MaskLint

/// `alongside masklint URL`: what a rep would see of a page, and every masking rule that fired.
struct MaskLintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "masklint",
        abstract: "What a rep would see of a page, and every masking rule that fires on it.",
        discussion: """
            Loads the page in a headless Chromium with the script that shoppers run. Nothing is sent to a relay.
            Exit codes: 0 the page was looked at · 1 it could not be · 64 wrong usage · 69 there is no Chromium.
            """)

    @Argument(help: "The page: http:, https: or file:.")
    var url: String

    @Flag(help: "Print one JSON object: url, status, viewport, size, lines, rules.")
    var json = false

    @Option(help: ArgumentHelp("The browser; without it one on the PATH.", valueName: "file"))
    var chromium: String?

    @Option(help: "The window in CSS px.")
    var window: SizeChoice = .init(columns: 1280, rows: 800)

    @Option(help: "Columns to draw the page in.")
    var columns = 160

    @Option(help: ArgumentHelp("Time for the page's own scripts after it has loaded.", valueName: "milliseconds"))
    var settle = 500

    @Option(help: ArgumentHelp("Time for the page to load.", valueName: "seconds"))
    var patience = 30.0

    func validate() throws {
        guard ["http:", "https:", "file:"].contains(where: { self.url.lowercased().hasPrefix($0) }) else {
            throw ValidationError("\(self.url) is not an address; write http://…, https://… or file:///….")
        }
        guard (0...60_000).contains(self.settle) else { throw ValidationError("--settle takes 0 to 60000.") }
        guard self.patience > 0, self.patience <= 600 else {
            throw ValidationError("--patience takes a number above 0, at most 600.")
        }
        guard (20...1000).contains(self.columns) else { throw ValidationError("--columns takes 20 to 1000.") }
    }

    func run() throws {
        var lint = MaskLint()
        lint.chromium = self.chromium
        lint.path = unsafe getenv("PATH").map { unsafe String(cString: $0) }
        lint.settle = self.settle
        lint.patience = self.patience
        (lint.width, lint.height) = (self.window.columns, self.window.rows)
        // A browser or a reader that goes away is an error where it happens, not the end of the process.
        _ = signal(SIGPIPE, SIG_IGN)
        do {
            let report = try lint.report(on: self.url)
            print(self.json ? report.json(columns: self.columns) : report.text(columns: self.columns), terminator: "")
        } catch {
            let words = Array("alongside: \(error)\n".utf8)
            _ = unsafe words.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
            throw ExitCode(error.exitCode)
        }
    }
}
