/// What the world refused while a loop or a socket was being set up: an operation and the system's reason.
package struct TransportError: Error, Equatable, Sendable {
    /// What was tried.
    package enum Operation: String, Sendable {
        case resolve, socket, bind, listen, adoptSocket, startThread, makeLoop, makeContext, makeServer, makeDialer
    }

    package let operation: Operation

    /// `errno`, or 0 when the library gave none.
    package let code: Int32

    package init(_ operation: Operation, code: Int32 = 0) {
        self.operation = operation
        self.code = code
    }
}

extension TransportError: CustomStringConvertible {
    package var description: String {
        self.code == 0 ? "\(self.operation.rawValue) failed" : "\(self.operation.rawValue) failed: errno \(self.code)"
    }
}
