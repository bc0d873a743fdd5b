import ArgumentParser
import Glibc
import RepRuntime
import Terminal

/// The rep's terminal client: flags and wiring only.
@main
struct Alongside: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alongside",
        abstract: "See a stuck shopper's page live, and help.",
        discussion: "Without a subcommand, `console` runs.",
        subcommands: [Console.self, MaskLintCommand.self], defaultSubcommand: Console.self)
}

/// The console: the queue, and the pages of the sessions.
struct Console: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console",
        abstract: "The queue of shoppers who asked for help, and their pages.",
        discussion: """
            Shows the queue of shoppers who asked for help; Enter accepts one. Press ? for the keys.
            Logs in with your OpenSSH key: through ssh-agent, or from an unencrypted file with --key.
            """)

    @Option(help: "The relay's address, ws://host:port or wss://host.")
    var relay: String

    @Option(help: "Your name in the relay's allowed_signers file.")
    var principal: String

    @Option(help: ArgumentHelp("An OpenSSH private key file without a passphrase.", valueName: "file"))
    var key: String?

    @Option(help: ArgumentHelp("The public half of the key in ssh-agent to use.", valueName: "file"))
    var identity: String?

    @Option(help: "Colours: auto, rgb, 256, 16 or none.")
    var color: ColourChoice = .auto

    @Option(help: "Pictures: auto (pixels where the terminal shows them) or blocks.")
    var pictures: PictureChoice = .auto

    @Flag(help: "Print the screen as text whenever it changes; needs no terminal.")
    var printScreen = false

    @Flag(help: "Accept the first waiting ticket unasked.")
    var acceptNext = false

    @Flag(name: .customLong("no-cursor"), help: "Do without the shopper's cursor: none of it is sent to you.")
    var hidesCursor = false

    @Option(help: "End with exit code 0 after this many seconds.")
    var seconds: Double?

    @Option(help: ArgumentHelp("The screen's size with --print-screen.", valueName: "columns x rows"))
    var size: SizeChoice = .init(columns: 200, rows: 56)

    @Option(help: ArgumentHelp("A PEM file of authorities to trust for wss.", valueName: "file"))
    var ca: String?

    @Option(
        help: ArgumentHelp("Append a line for every cursor frame shown: capture and write time.", valueName: "file"))
    var timing: String?

    func validate() throws {
        if self.key != nil, self.identity != nil {
            throw ValidationError("Give --key or --identity, not both.")
        }
        if let seconds = self.seconds, !(seconds > 0 && seconds <= 86_400 * 365) {
            throw ValidationError("--seconds takes a number above 0.")
        }
    }

    func run() throws {
        var options = RepOptions(relay: self.relay, principal: self.principal)
        if let key = self.key { options.key = .file(key) }
        if let identity = self.identity { options.key = .sshAgentIdentity(publicKeyFile: identity) }
        options.depth = self.color.depth
        options.showsPixels = self.pictures == .auto
        options.printsScreen = self.printScreen
        options.acceptsNext = self.acceptNext
        options.wantsCursor = !self.hidesCursor
        options.duration = self.seconds.map { .seconds($0) }
        options.size = ScreenSize(columns: self.size.columns, rows: self.size.rows)
        options.authorities = self.ca
        options.timingFile = self.timing
        let code = RepProgram.run(options) { name in
            guard let value = unsafe getenv(name) else { return nil }
            return unsafe String(cString: value)
        }
        throw ExitCode(code)
    }
}
