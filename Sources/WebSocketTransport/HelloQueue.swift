import CLibuv
import Glibc

/// Accepted connections of a TLS listener whose ClientHello is not whole yet.
///
/// Answering a ClientHello is the expensive step of a handshake: a signature. OpenSSL takes it as soon as it has the
/// bytes, for every connection that is readable in one turn; a hundred strangers who speak in one moment would hold the
/// loop for as many signatures. So a connection waits here, and the loop begins as many handshakes a turn as its limit
/// says, within the part of its time that handshakes may take. The kernel keeps the queue: an epoll(7) of its own,
/// readable while anybody's record is whole.
///
/// Confined to the loop's thread. Owns the descriptors of those who wait.
@safe struct HelloQueue {
    /// One that waits, and since when (monotonic nanoseconds).
    struct Waiting {
        let connection: Handover
        let since: UInt64
    }

    /// What was found of one that waits.
    enum Arrival {
        /// Its first record is whole, or is none that TLS knows: the handshake begins, or ends, with it.
        case ready(Handover)
        /// It ended before it said anything.
        case gone(Handover)
    }

    /// Readable while one of those who wait is to be looked at; closed by `close`.
    let descriptor: Int32
    private var waiting: [Int32: Waiting] = [:]

    init() throws(TransportError) {
        self.descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard self.descriptor >= 0 else { throw TransportError(.makeLoop, code: errno) }
    }

    var count: Int { self.waiting.count }

    /// When the first of those who wait came.
    var oldest: UInt64? { self.waiting.values.map(\.since).min() }

    /// Takes the connection in. False when the kernel cannot watch it; it stays with the caller.
    mutating func add(_ connection: Handover, now: UInt64) -> Bool {
        var event = unsafe epoll_event()
        // At each arrival, and not for as long as half a record lies there.
        unsafe event.events = EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
        unsafe event.data.fd = connection.descriptor
        guard unsafe epoll_ctl(self.descriptor, EPOLL_CTL_ADD, connection.descriptor, &event) == 0 else { return false }
        self.waiting[connection.descriptor] = Waiting(connection: connection, since: now)
        return true
    }

    /// The next who has said enough, or ended; nil when nobody has. Whoever has said a part is looked at again when
    /// more comes.
    mutating func next() -> Arrival? {
        var event = unsafe epoll_event()
        while unsafe epoll_wait(self.descriptor, &event, 1, 0) == 1 {
            let descriptor = unsafe event.data.fd
            guard let found = self.waiting[descriptor]?.connection else { return nil }
            switch Self.state(of: descriptor) {
            case .ended:
                self.forget(descriptor)
                return .gone(found)
            case .whole:
                self.forget(descriptor)
                return .ready(found)
            case .unfinished: continue
            }
        }
        return nil
    }

    /// Takes out all that came before `moment`.
    mutating func takeLate(before moment: UInt64) -> [Handover] { self.take { $0.since < moment } }

    /// Takes out all, and closes the queue.
    mutating func close() -> [Handover] {
        defer { _ = Glibc.close(self.descriptor) }
        return self.take { _ in true }
    }

    /// Whether the connection has said all that a handshake begins with: it waits for us.
    static func isWhole(_ connection: Handover) -> Bool { self.state(of: connection.descriptor) == .whole }

    private mutating func take(_ isWanted: (Waiting) -> Bool) -> [Handover] {
        let wanted = self.waiting.values.filter(isWanted).map(\.connection)
        for connection in wanted { self.forget(connection.descriptor) }
        return wanted
    }

    private mutating func forget(_ descriptor: Int32) {
        _ = epoll_ctl(self.descriptor, EPOLL_CTL_DEL, descriptor, nil)
        self.waiting[descriptor] = nil
    }

    /// What has come of the first record (RFC 8446, 5.1). What is no handshake record is whole.
    private enum RecordState { case unfinished, whole, ended }

    private static func state(of descriptor: Int32) -> RecordState {
        var head: [UInt8] = [0, 0, 0, 0, 0]
        let count = unsafe recv(descriptor, &head, head.count, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        guard count > 0 else { return count < 0 && errno == EAGAIN ? .unfinished : .ended }
        guard head[0] == 22 else { return .whole }
        var available: Int32 = 0
        guard count == head.count, unsafe ioctl(descriptor, UInt(FIONREAD), &available) == 0 else { return .unfinished }
        return Int(available) < head.count + Int(head[3]) << 8 + Int(head[4]) ? .unfinished : .whole
    }
}
