import Foundation
import Glibc
import OpenSSH

/// A real `ssh-agent` of this test's own, asked over its socket; ended when the test lets go of it.
final class RunningAgent {
    let path: String
    private let number: pid_t
    private let workshop: Workshop

    /// Starts it; its first process ends once the socket is bound, and tells the number of the one that stays.
    init(_ workshop: Workshop) throws {
        self.workshop = workshop
        self.path = workshop.path("s")
        let (_, output) = try workshop.run("ssh-agent", ["-s", "-a", self.path])
        let digits = output.split(separator: "SSH_AGENT_PID=").last?.prefix(while: \.isNumber) ?? ""
        guard let number = pid_t(digits), number > 1 else { throw Workshop.Failure(description: output) }
        self.number = number
    }

    deinit {
        // Started from a thread that blocks signals, it would not hear a SIGTERM.
        kill(self.number, SIGKILL)
    }

    /// Sends one request on a connection of its own and returns the whole answer without its length.
    func ask(_ request: [UInt8]) throws -> [UInt8] {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: self.path.utf8) }
        let connected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard descriptor >= 0, connected == 0 else { throw Workshop.Failure(description: "no connection: \(errno)") }
        guard unsafe write(descriptor, request, request.count) == request.count else {
            throw Workshop.Failure(description: "short write: \(errno)")
        }
        var reader = SSHAgent.ReplyReader()
        var piece: [UInt8] = Array(repeating: 0, count: 100)
        while true {
            let count = unsafe read(descriptor, &piece, piece.count)
            guard count > 0 else { throw Workshop.Failure(description: "ssh-agent hung up") }
            if let reply = try reader.append(Array(piece.prefix(count))) { return reply }
        }
    }
}
