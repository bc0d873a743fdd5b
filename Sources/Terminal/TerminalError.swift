/// The terminal could not be opened, set or written: the world's fault.
package struct TerminalError: Error, Equatable, CustomStringConvertible {
    /// What was being done.
    package enum Operation: String, Sendable {
        case open, readSettings, changeSettings, makePipe, read, write, wait
        /// A process drives one terminal at a time: the signal handlers restore that one.
        case secondDevice
    }

    package let operation: Operation
    /// The `errno` of the failed call; 0 where there was none.
    package let code: Int32

    package init(_ operation: Operation, code: Int32 = 0) {
        self.operation = operation
        self.code = code
    }

    package var description: String { "terminal: \(self.operation.rawValue) failed (errno \(self.code))" }
}
