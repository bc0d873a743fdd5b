import Glibc

/// Standard error while the terminal shows the console: a file, so that no library's words tear the screen.
struct ErrorLog: ~Copyable {
    private let saved: Int32

    /// Sends standard error to `$XDG_STATE_HOME/alongside/log` (`~/.local/state/…` by default), or to nowhere when that
    /// cannot be written.
    init(environment: (String) -> String?) {
        self.saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
        let descriptor = Self.open(environment)
        if descriptor >= 0 {
            dup2(descriptor, STDERR_FILENO)
            close(descriptor)
        }
    }

    /// Standard error is what it was.
    deinit {
        guard self.saved >= 0 else { return }
        dup2(self.saved, STDERR_FILENO)
        close(self.saved)
    }

    /// Ends it here, rather than wherever the value is last used.
    consuming func end() {}

    private static func open(_ environment: (String) -> String?) -> Int32 {
        let home = environment("HOME") ?? "/"
        let state = environment("XDG_STATE_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home + "/.local/state"
        let folder = state + "/alongside"
        for path in Self.prefixes(of: folder) {
            unsafe mkdir(path, 0o700)
        }
        let file = unsafe Glibc.open(folder + "/log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        return file >= 0 ? file : unsafe Glibc.open("/dev/null", O_WRONLY | O_CLOEXEC)
    }

    /// `/a/b/c` as `/a`, `/a/b`, `/a/b/c`.
    private static func prefixes(of path: String) -> [String] {
        let parts = path.split(separator: "/")
        return parts.indices.map { "/" + parts[...$0].joined(separator: "/") }
    }
}
