internal import Foundation
internal import Glibc
internal import Wire

/// The figures on a Unix socket, for Prometheus or `curl --unix-socket`: one request a connection, one connection at a
/// time, on a thread of its own.
///
/// The socket's file is there from `init` to the end of the object, readable and writable for owner and group.
// Sendable by hand: everything is set once in `init`, and the thread ends before `deinit`.
package final class MetricsSocket: @unchecked Sendable {
    private let path: String
    private let descriptor: Int32
    private let ended = DispatchSemaphore(value: 0)

    /// Binds and listens. A file that a crash left behind is replaced; a socket that somebody serves is not.
    package init(path: String) throws(StartError) {
        // Nothing of the object exists before it listens: a file that is not ours is never taken away.
        self.descriptor = try Self.listening(path)
        self.path = path
    }

    deinit {
        close(self.descriptor)
        unsafe unlink(self.path)
    }

    /// Starts the thread, once; `exposition` is asked on it for each page.
    package func start(_ exposition: @escaping @Sendable () -> String?) {
        let thread = Thread { [self] in
            self.run(exposition)
            self.ended.signal()
        }
        thread.name = "metrics"
        thread.start()
    }

    /// Ends the thread that `start` started, after the connection that it serves.
    package func stop() {
        // Wakes `accept`, which then fails.
        shutdown(self.descriptor, Int32(SHUT_RDWR))
        self.ended.wait()
    }

    private func run(_ exposition: () -> String?) {
        while true {
            let connection = accept(self.descriptor, nil, nil)
            if connection >= 0 {
                Self.serve(connection, exposition)
                close(connection)
            } else if errno == EINVAL {
                return
            } else if errno != EINTR, errno != ECONNABORTED {
                // Out of descriptors or memory: links come first.
                usleep(100_000)
            }
        }
    }

    private static func serve(_ connection: Int32, _ exposition: () -> String?) {
        guard let request = Self.read(connection) else { return }
        Self.write(MetricsAnswer.bytes(to: request, exposition: exposition), to: connection)
    }

    /// The header of a request, or as much as is allowed; nil when its time is over.
    private static func read(_ connection: Int32) -> [UInt8]? {
        let end = SystemClock.now() + MetricsLimits.requestDurationMax
        var request: [UInt8] = []
        while request.count < MetricsLimits.requestBytesMax, !MetricsAnswer.isWhole(request) {
            guard Self.wait(connection, Int16(POLLIN), until: end) else { return nil }
            let room = MetricsLimits.requestBytesMax - request.count
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: room) { bytes, count in
                count = unsafe Swift.max(recv(connection, bytes.baseAddress, room, 0), 0)
            }
            if piece.isEmpty { break }
            request += piece
        }
        return request
    }

    private static func write(_ answer: [UInt8], to connection: Int32) {
        let end = SystemClock.now() + MetricsLimits.requestDurationMax
        var rest = answer[...]
        while !rest.isEmpty, Self.wait(connection, Int16(POLLOUT), until: end) {
            let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
            let sent = unsafe rest.withUnsafeBytes { unsafe send(connection, $0.baseAddress, $0.count, flags) }
            guard sent > 0 else { return }
            rest = rest.dropFirst(sent)
        }
    }

    /// False when the time is over.
    private static func wait(_ connection: Int32, _ events: Int16, until end: Instant) -> Bool {
        let now = SystemClock.now()
        guard now < end else { return false }
        var item = pollfd(fd: connection, events: events, revents: 0)
        return unsafe poll(&item, 1, Int32((end.nanoseconds - now.nanoseconds) / 1_000_000) + 1) > 0
    }

    private static func listening(_ path: String) throws(StartError) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Self.error(path, "socket", errno) }
        do throws(StartError) {
            try Self.bind(descriptor, to: path)
            // Before `listen` nobody can connect.
            guard unsafe chmod(path, 0o660) == 0, listen(descriptor, MetricsLimits.backlogMax) == 0 else {
                throw Self.error(path, "listen", errno)
            }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func bind(_ descriptor: Int32, to path: String) throws(StartError) {
        guard path.utf8.count < MetricsLimits.pathBytesMax else { throw Self.error(path, "bind", ENAMETOOLONG) }
        if unsafe Self.call(Glibc.bind, descriptor, path) == 0 { return }
        guard errno == EADDRINUSE else { throw Self.error(path, "bind", errno) }
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(probe) }
        // Refused: nobody listens at it any more. Anything else is no socket, or another relay's.
        guard unsafe Self.call(Glibc.connect, probe, path) != 0, errno == ECONNREFUSED, Self.isSocket(path) else {
            throw Self.error(path, "bind", EADDRINUSE)
        }
        unsafe unlink(path)
        guard unsafe Self.call(Glibc.bind, descriptor, path) == 0 else { throw Self.error(path, "bind", errno) }
    }

    private static func isSocket(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    private static func call(
        _ function: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32, _ descriptor: Int32, _ path: String
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
            // The last byte stays zero; `bind` has checked the length.
            for (place, byte) in path.utf8.prefix(room.count - 1).enumerated() { unsafe room[place] = byte }
        }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe function(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static func error(_ path: String, _ operation: String, _ code: Int32) -> StartError {
        let reason = unsafe String(cString: strerror(code))
        return StartError("cannot listen on metrics_socket \(path): \(operation) failed (\(reason))", exitCode: 69)
    }
}
