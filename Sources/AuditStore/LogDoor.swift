internal import AuditCore
internal import Glibc

/// The log's door: a Unix socket in its directory at which other programs of the same owner give orders
/// (`Protocol/recording.md`, "The door"). One order a connection, one connection at a time.
///
/// A thread of its own; lives as long as the log is open.
final class LogDoor: Sendable {
    private let listener: Int32
    private let thread: AuditThread

    /// Opens the door of the log in `directory`; nil where no socket can be bound, and orders wait for another time.
    init?(directory: String, _ perform: @escaping @Sendable (LogOrder, AuditActor) -> LogAnswer) {
        guard let folder = Self.folder(directory) else { return nil }
        defer { _ = Glibc.close(folder) }
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0 else { return nil }
        _ = unsafe unlinkat(folder, DoorAddress.name, 0)
        let mask = umask(0o177)
        let isBound = DoorAddress.of(folder).map { unsafe $0.with { unsafe bind(listener, $0, $1) } } == 0
        umask(mask)
        guard isBound, listen(listener, 8) == 0 else {
            _ = Glibc.close(listener)
            return nil
        }
        self.listener = listener
        self.thread = AuditThread { Self.serve(listener, perform) }
    }

    /// Closes the door after the order that is under way.
    func close() {
        _ = shutdown(self.listener, Int32(SHUT_RDWR))
        self.thread.join()
        _ = Glibc.close(self.listener)
    }

    private static func folder(_ directory: String) -> Int32? {
        let path = directory + "/inbox"
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { return nil }
        let folder = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        return folder >= 0 ? folder : nil
    }

    private static func serve(_ listener: Int32, _ perform: (LogOrder, AuditActor) -> LogAnswer) {
        while true {
            let link = accept(listener, nil, nil)
            if link < 0 {
                if errno == EINTR || errno == ECONNABORTED { continue }
                return
            }
            _ = fcntl(link, F_SETFD, FD_CLOEXEC)
            DoorLink.limitWaits(link)
            let answer: LogAnswer
            if let user = Self.user(of: link), let line = DoorLink.readLine(link), let order = LogOrder(line: line) {
                answer = perform(order, .auditor("uid:\(user)"))
            } else {
                answer = .refused("That is no order that this log takes from you.")
            }
            DoorLink.writeLine(link, answer.line)
            _ = Glibc.close(link)
        }
    }

    /// The peer's user, where it is this program's own or the superuser: nobody else is to be served, whatever became
    /// of the directory's mode.
    private static func user(of link: Int32) -> UInt32? {
        // `struct ucred` of unix(7): three numbers of four bytes.
        var peer: (pid: Int32, uid: UInt32, gid: UInt32) = (0, .max, .max)
        var size = socklen_t(MemoryLayout.size(ofValue: peer))
        guard unsafe getsockopt(link, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0,
            peer.uid == 0 || peer.uid == geteuid()
        else { return nil }
        return peer.uid
    }
}

/// The other side of a log's door.
package enum DoorKnock {
    /// Gives `order` to the program that writes the log in `directory`; nil where none is listening.
    package static func send(_ order: LogOrder, directory: String) -> LogAnswer? {
        let folder = unsafe open(directory + "/inbox", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return nil }
        defer { _ = close(folder) }
        let link = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard link >= 0, let address = DoorAddress.of(folder) else { return nil }
        defer { _ = close(link) }
        guard unsafe address.with({ unsafe connect(link, $0, $1) }) == 0 else { return nil }
        DoorLink.limitWaits(link, seconds: 60)
        DoorLink.writeLine(link, order.line)
        guard let line = DoorLink.readLine(link) else { return .refused("The relay did not answer.") }
        return LogAnswer(line: line) ?? .refused("The relay's answer cannot be read.")
    }
}

/// The door's address by way of its open folder: a path in a deep directory may be longer than a socket's name.
private struct DoorAddress {
    static let name = "door"

    private var address = sockaddr_un()

    static func of(_ folder: Int32) -> DoorAddress? {
        let path = Array("/proc/self/fd/\(folder)/\(Self.name)".utf8)
        var result = DoorAddress()
        result.address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: result.address.sun_path)
        guard path.count < room else { return nil }
        // In bounds: the path is shorter than the name's room, and the rest of it is zero.
        unsafe withUnsafeMutableBytes(of: &result.address.sun_path) { unsafe $0.copyBytes(from: path) }
        return result
    }

    func with(_ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        unsafe withUnsafePointer(to: self.address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe call(address, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

/// Lines over a connected socket.
private enum DoorLink {
    /// A peer that says nothing does not keep the door.
    static func limitWaits(_ link: Int32, seconds: Int = 2) {
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            _ = unsafe setsockopt(link, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    static func readLine(_ link: Int32) -> [UInt8]? {
        var line: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 512)
        while line.count <= RecordingLimits.orderBytesMax {
            let count = unsafe piece.withUnsafeMutableBytes { unsafe recv(link, $0.baseAddress, $0.count, 0) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            line += piece.prefix(count)
            guard let end = line.firstIndex(of: 0x0A) else { continue }
            return end <= RecordingLimits.orderBytesMax ? Array(line[..<end]) : nil
        }
        return nil
    }

    static func writeLine(_ link: Int32, _ text: String) {
        let bytes = Array((text + "\n").utf8)
        var sent = 0
        while sent < bytes.count {
            let start = sent
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe send(
                    link, buffer.baseAddress?.advanced(by: start), buffer.count - start, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            sent += count
        }
    }
}
