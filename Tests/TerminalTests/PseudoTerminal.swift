import Glibc

/// A pty: the test holds the master's end and plays the terminal. Owned by one test.
@safe final class PseudoTerminal {
    let master: Int32
    /// The name of the slave's end, for `TerminalDevice.open`.
    let path: String
    /// Held open, so that the master does not see a hang-up between two devices.
    private let slave: Int32

    init?() {
        var ends: (master: Int32, slave: Int32) = (-1, -1)
        var name = [CChar](repeating: 0, count: 128)
        guard unsafe openpty(&ends.master, &ends.slave, &name, nil, nil) == 0 else { return nil }
        self.master = ends.master
        self.slave = ends.slave
        self.path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        _ = fcntl(self.master, F_SETFL, O_NONBLOCK)
        _ = fcntl(self.master, F_SETFD, FD_CLOEXEC)
        _ = fcntl(self.slave, F_SETFD, FD_CLOEXEC)
    }

    deinit {
        close(self.slave)
        close(self.master)
    }

    /// Whether the line is in raw mode: no echo, no line editing, no signals from keys.
    var isRaw: Bool {
        var settings = termios()
        unsafe tcgetattr(self.slave, &settings)
        return settings.c_lflag & tcflag_t(ECHO | ICANON | ISIG) == 0
    }

    func setSize(columns: UInt16, rows: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = unsafe ioctl(self.master, UInt(TIOCSWINSZ), &size)
    }

    func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe write(self.master, bytes, bytes.count)
    }

    /// What has been written to the terminal and not yet read.
    func readAvailable() -> [UInt8] {
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = unsafe read(self.master, &chunk, chunk.count), count > 0 {
            result += chunk.prefix(count)
        }
        return result
    }
}
