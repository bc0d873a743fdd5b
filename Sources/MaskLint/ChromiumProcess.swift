import Foundation
import Glibc

/// A headless Chromium of our own, with its debugging protocol on two pipes: no port, nobody else can speak to it.
///
/// Owned by the thread that made it. What it wrote is in a folder of its own, which goes with it.
struct ChromiumProcess: ~Copyable {
    /// Bytes read at a time.
    private static let readBytes = 64 << 10
    /// A message longer than this is no page that a rep could see.
    static let messageBytesMax = 64 << 20

    /// How often its folder is removed, and microseconds between.
    private static let removalsMax = 100
    private static let removalPause: UInt32 = 20_000

    private let child: pid_t
    /// To it and from it.
    private let input: Int32
    private let output: Int32
    private let folder: String
    private var pending: [UInt8] = []

    /// Starts `program`. A root user's Chromium runs without its own sandbox, which refuses to start there.
    init(_ program: String) throws(MaskLintError) {
        let folder = try Self.makeFolder()
        let (toChild, fromChild) = (try Self.makePipe(), try Self.makePipe())
        var arguments = [
            program, "--headless=new", "--remote-debugging-pipe", "--user-data-dir=\(folder)", "--no-first-run",
            "--no-default-browser-check", "--disable-extensions", "--disable-sync", "--disable-gpu",
            "--hide-scrollbars", "--mute-audio",
        ]
        if geteuid() == 0 { arguments.append("--no-sandbox") }
        let child = Self.spawn(program, arguments, reads: toChild.read, writes: fromChild.write)
        close(toChild.read)
        close(fromChild.write)
        guard let child else {
            close(toChild.write)
            close(fromChild.read)
            Self.remove(folder)
            throw MaskLintError("\(program) could not be started.", exitCode: 69)
        }
        self.child = child
        self.input = toChild.write
        self.output = fromChild.read
        self.folder = folder
    }

    deinit {
        close(self.input)
        close(self.output)
        kill(self.child, SIGKILL)
        var status: Int32 = 0
        while unsafe waitpid(self.child, &status, 0) < 0, errno == EINTR {}
        Self.remove(self.folder)
    }

    /// Writes one message.
    func send(_ message: [UInt8]) throws(MaskLintError) {
        var rest = (message + [0])[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write(self.input, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw MaskLintError("Chromium has ended.") }
            rest = rest.dropFirst(count)
        }
    }

    /// The next message; nil when none came within `milliseconds`.
    mutating func receive(within milliseconds: Int32) throws(MaskLintError) -> [UInt8]? {
        var searched = 0
        while true {
            if let end = self.pending[searched...].firstIndex(of: 0) {
                let message = Array(self.pending[..<end])
                self.pending.removeFirst(end + 1)
                return message
            }
            searched = self.pending.count
            var polled = pollfd(fd: self.output, events: Int16(POLLIN), revents: 0)
            let ready = unsafe poll(&polled, 1, milliseconds)
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { return nil }
            var piece = [UInt8](repeating: 0, count: Self.readBytes)
            let count = unsafe piece.withUnsafeMutableBytes { unsafe read(self.output, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw MaskLintError("Chromium has ended.") }
            self.pending += piece[..<count]
            guard self.pending.count <= Self.messageBytesMax else {
                throw MaskLintError("The page says more than a view can hold.")
            }
        }
    }

    private static func makePipe() throws(MaskLintError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw MaskLintError("No pipe could be made.") }
        // Above 4: the child's own ends are made 3 and 4, which must not be one of these.
        let moved = ends.map { fcntl($0, F_DUPFD_CLOEXEC, 10) }
        ends.forEach { close($0) }
        guard moved.allSatisfy({ $0 >= 0 }) else { throw MaskLintError("No pipe could be made.") }
        return (moved[0], moved[1])
    }

    private static func makeFolder() throws(MaskLintError) -> String {
        let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/alongside-masklint-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw MaskLintError("\(parent) cannot be written to.") }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func spawn(_ program: String, _ arguments: [String], reads: Int32, writes: Int32) -> pid_t? {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, reads, 3)
        unsafe posix_spawn_file_actions_adddup2(&actions, writes, 4)
        // What Chromium says about itself is not about the page.
        unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
        unsafe words.append(nil)
        defer { unsafe words.forEach { unsafe free($0) } }
        var child: pid_t = 0
        let result = unsafe posix_spawn(&child, program, &actions, nil, words, environ)
        return result == 0 ? child : nil
    }

    /// Removes the folder with all in it. Chromium's other processes end a moment after the first, and may write until
    /// then; what cannot be removed at all stays.
    private static func remove(_ folder: String) {
        for _ in 0..<Self.removalsMax {
            try? FileManager.default.removeItem(atPath: folder)
            guard FileManager.default.fileExists(atPath: folder) else { return }
            usleep(Self.removalPause)
        }
    }
}
