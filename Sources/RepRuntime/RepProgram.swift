import Glibc
import RepConsole
import Terminal
import WebSocketTransport

/// The rep's terminal client from its options to its exit code.
package enum RepProgram {
    /// Runs the console until it ends and returns the exit code: 0 done, 1 failed, 4 login needed, 6 no connection,
    /// 64 wrong usage. `environment` looks up a variable.
    package static func run(_ options: RepOptions, environment: (String) -> String?) -> Int32 {
        var options = options
        while options.relay.hasSuffix("/") { options.relay.removeLast() }
        guard let target = DialTarget(url: options.relay + "/rep") else {
            Self.say("\(options.relay) is not a relay's address; write ws://host:port or wss://host.")
            return 64
        }
        // A relay or a reader that goes away is an error where it happens, not the end of the process.
        _ = signal(SIGPIPE, SIG_IGN)
        let signer = LoginSigner(
            relay: options.relay, principal: options.principal, source: options.key,
            sshAgentSocket: environment("SSH_AUTH_SOCK"))
        let ending: Ending
        do throws(RepError) {
            ending =
                options.printsScreen
                ? try Self.print(options, target, signer) : try Self.show(options, target, signer, environment)
        } catch {
            ending = .failed(why: error.description)
        }
        if let sentence = ending.sentence { Self.say(sentence) }
        return ending.exitCode
    }

    private static func print(
        _ options: RepOptions, _ target: DialTarget, _ signer: LoginSigner
    ) throws(RepError) -> Ending {
        // What went wrong is said in the console's own words; the library's would stand between the screens.
        TransportLog.install(nil)
        let shell = try RepShell(options, target: target, signer: signer, size: options.size)
        return PrintFront(shell).run()
    }

    private static func show(
        _ options: RepOptions, _ target: DialTarget, _ signer: LoginSigner, _ environment: (String) -> String?
    ) throws(RepError) -> Ending {
        let terminal = TerminalEnvironment(chosenDepth: options.depth, variable: environment)
        guard !terminal.isDumb else {
            throw RepError("This terminal (TERM=\(terminal.term)) cannot show the console; use --print-screen.")
        }
        let modes = TerminalModes()
        let device: TerminalDevice
        do throws(TerminalError) {
            device = try TerminalDevice.open(modes: modes)
        } catch {
            throw RepError("There is no terminal to draw on (\(error)); use --print-screen in a pipe.")
        }
        let log = ErrorLog(environment: environment)
        TransportLog.install { line in Self.note("relay link: " + line.text) }
        let shell = try RepShell(options, target: target, signer: signer, size: device.size)
        let ending = TerminalFront(
            shell, device: device, environment: terminal, showsPixels: options.showsPixels
        ).run()
        log.end()
        return ending
    }

    /// A sentence for the person at the shell.
    private static func say(_ sentence: String) {
        Self.note("alongside: " + sentence)
    }

    /// A line for standard error, or for the log while the console is on the terminal. Any thread.
    private static func note(_ text: String) {
        var line = Array("\(SafeText(text).string)\n".utf8)
        _ = unsafe write(STDERR_FILENO, &line, line.count)
    }
}
