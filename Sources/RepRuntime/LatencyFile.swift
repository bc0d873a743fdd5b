import Glibc
import RepConsole

/// Notes when a cursor frame reached the terminal: one line of capture time and time of writing, both microseconds
/// since 1970. Owned by the UI thread.
struct LatencyFile: ~Copyable {
    private let descriptor: Int32
    /// The capture time of the newest cursor that the next frame will show.
    private var pending: UInt64?
    /// The capture time of the cursor in the frame that is being written.
    private var drawn: UInt64?

    /// Opens `path` for appending.
    init(path: String) throws(RepError) {
        self.descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard self.descriptor >= 0 else {
            throw RepError("\(path) cannot be written (\(SmallFile.words(errno))).")
        }
    }

    deinit {
        close(self.descriptor)
    }

    /// A cursor frame has come in; one that no screen has shown yet is overtaken by it.
    mutating func cursorArrived(captureTime: UInt64) {
        self.pending = captureTime
    }

    /// A screen with that cursor was encoded; where it changed nothing on the terminal there is nothing to time.
    mutating func frameDrawn(changesScreen: Bool) {
        self.drawn = changesScreen ? self.pending : nil
        self.pending = nil
    }

    /// The frame has been written to the terminal whole; `wall` was read right after.
    mutating func frameWritten(wall: UInt64) {
        guard let captureTime = self.drawn else { return }
        self.drawn = nil
        var line = Array("\(captureTime),\(wall)\n".utf8)
        // A full disk costs figures, never the session.
        _ = unsafe write(self.descriptor, &line, line.count)
    }
}
