import Glibc
import RepConsole
import Terminal
import Wire

/// The console without a terminal: the whole screen as text on standard output whenever it changes.
struct PrintFront: ~Copyable {
    /// At most five screens a second: more cannot be read and only fills pipes.
    private static let printInterval: Duration = .milliseconds(200)

    private var shell: RepShell
    private var plain = PlainScreen()
    private var mayHaveChanged = true
    private var nextPrint = SystemClock.moment.instant

    init(_ shell: consuming RepShell) {
        self.shell = shell
    }

    /// Runs until the console ends.
    consuming func run() -> Ending {
        while self.shell.ending == nil {
            let now = SystemClock.moment
            if self.mayHaveChanged, now.instant >= self.nextPrint {
                self.printScreen(at: now)
            }
            let wake = self.mayHaveChanged ? self.nextPrint : nil
            let deadline = [self.shell.deadline, wake].compactMap { $0 }.min()
            let hasMail = Polling.wait(
                for: self.shell.mailboxDescriptor,
                atMost: deadline.map { $0.duration(since: SystemClock.moment.instant) })
            let then = SystemClock.moment
            if hasMail, self.shell.takeMail(at: then) { self.mayHaveChanged = true }
            if self.shell.passTime(at: then) { self.mayHaveChanged = true }
            _ = self.shell.takeWishes()
        }
        self.printScreen(at: SystemClock.moment)
        let ending = self.shell.ending ?? .done
        self.shell.finish()
        return ending
    }

    private mutating func printScreen(at now: Moment) {
        self.mayHaveChanged = false
        self.nextPrint = now.instant + Self.printInterval
        let screen = self.shell.screen()
        guard let text = self.plain.text(of: screen) else { return }
        let rule = Array((String(repeating: "─", count: screen.columns) + "\n").utf8)
        if !Self.write(rule + text) {
            self.shell.end(.done)
        }
    }

    /// False when nobody reads any more.
    private static func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let start = sent
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(STDOUT_FILENO, buffer.baseAddress.map { unsafe $0 + start }, buffer.count - start)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}
