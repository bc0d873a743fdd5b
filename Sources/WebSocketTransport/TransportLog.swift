import CLibwebsockets
import Glibc
import Synchronization

/// libwebsockets' own log, which is one for the process: warnings and errors, limited in rate, for the program's log.
package enum TransportLog {
    /// One line.
    package struct Line: Equatable, Sendable {
        package let isError: Bool
        package let text: String

        /// Lines dropped before this one.
        package let droppedCount: Int
    }

    /// A peer can provoke lines; more than this in a second says nothing new.
    private static let linesPerSecondMax = 10

    private struct State: Sendable {
        var sink: (@Sendable (Line) -> Void)?
        var second = 0
        var count = 0
        var dropped = 0
    }

    private static let state = Mutex(State())

    /// Sends the log to `sink`, which is called on loop threads and must not block. Nil, as at the
    /// start, silences it.
    package static func install(_ sink: (@Sendable (Line) -> Void)?) {
        self.state.withLock { $0.sink = sink }
    }

    /// Has libwebsockets write to `state` and not to standard error.
    static func connect() {
        unsafe clws_set_log { level, line in
            guard let line = unsafe line else { return }
            TransportLog.emit(isError: clws_is_log_error(level) != 0, unsafe String(cString: line))
        }
    }

    private static func emit(isError: Bool, _ text: String) {
        let second = time(nil)
        let admitted = self.state.withLock { state -> (@Sendable (Line) -> Void, Int)? in
            if state.second != second {
                state.second = second
                state.count = 0
            }
            guard let sink = state.sink, state.count < self.linesPerSecondMax else {
                state.dropped += 1
                return nil
            }
            state.count += 1
            defer { state.dropped = 0 }
            return (sink, state.dropped)
        }
        guard let (sink, dropped) = admitted else { return }
        let trimmed = text.hasSuffix("\n") ? String(text.dropLast()) : text
        sink(Line(isError: isError, text: trimmed, droppedCount: dropped))
    }
}
