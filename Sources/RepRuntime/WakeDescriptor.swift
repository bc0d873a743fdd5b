import Glibc

/// A descriptor that one thread polls and any thread makes readable: a pipe with nothing to say.
///
/// Lives as long as the mailbox that owns it.
final class WakeDescriptor: Sendable {
    /// To poll for reading.
    let descriptor: Int32
    private let writer: Int32

    /// Fails when the process has no descriptor left.
    init() throws(RepError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw RepError("No pipe for the mailbox (\(SmallFile.words(errno))).") }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (self.descriptor, self.writer) = (ends[0], ends[1])
    }

    deinit {
        close(self.descriptor)
        close(self.writer)
    }

    /// Makes the descriptor readable. Any thread.
    func wake() {
        var byte: UInt8 = 1
        // A pipe that is full is readable already.
        _ = unsafe write(self.writer, &byte, 1)
    }

    /// Makes it quiet again. The polling thread, before it takes what is in the mailbox.
    func clear() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while unsafe read(self.descriptor, &bytes, bytes.count) == bytes.count {}
    }
}
