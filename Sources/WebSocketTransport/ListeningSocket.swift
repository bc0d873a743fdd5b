import CLibuv
import Glibc

/// A listening socket, ours or handed in by systemd. Several loops may accept from one. The owner closes it, after the
/// loops have stopped.
package struct ListeningSocket: Sendable {
    /// The descriptor, non-blocking and closed on exec.
    package let descriptor: Int32

    /// The port it really listens on; 0 for a Unix socket.
    package let port: UInt16

    /// Binds `host` (a numeric IPv4 or IPv6 address) and `port`, 0 for any free one. An IPv6 socket is not for IPv4.
    package static func bind(
        host: String, port: UInt16, backlog: Int32 = 1024
    ) throws(TransportError) -> ListeningSocket {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(host, String(port), &hints, &found)
        guard status == 0, let address = unsafe found else { throw TransportError(.resolve, code: status) }
        defer { unsafe freeaddrinfo(address) }

        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = unsafe socket(address.pointee.ai_family, type, 0)
        guard descriptor >= 0 else { throw TransportError(.socket, code: errno) }
        var one: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, size)
        if unsafe address.pointee.ai_family == AF_INET6 {
            _ = unsafe setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &one, size)
        }
        guard unsafe Glibc.bind(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 else {
            let code = errno
            _ = Glibc.close(descriptor)
            throw TransportError(.bind, code: code)
        }
        guard Glibc.listen(descriptor, backlog) == 0 else {
            let code = errno
            _ = Glibc.close(descriptor)
            throw TransportError(.listen, code: code)
        }
        return ListeningSocket(descriptor: descriptor, port: Self.port(of: descriptor))
    }

    /// Takes a socket that already listens, as systemd passes it.
    package static func adopting(descriptor: Int32) throws(TransportError) -> ListeningSocket {
        var listens: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 else {
            throw TransportError(.adoptSocket, code: errno)
        }
        guard listens != 0 else { throw TransportError(.adoptSocket, code: EINVAL) }
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0,
            fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
        else { throw TransportError(.adoptSocket, code: errno) }
        return ListeningSocket(descriptor: descriptor, port: Self.port(of: descriptor))
    }

    /// Closes the socket. No loop watches it any more.
    package func close() { _ = Glibc.close(self.descriptor) }

    private static func port(of descriptor: Int32) -> UInt16 {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            unsafe getsockname(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &size)
        }
        return status == 0 ? PeerAddress(storage).port : 0
    }
}

/// What `accept4` made of one try.
enum Acceptance {
    case connection(descriptor: Int32, peer: PeerAddress)
    /// Nothing waits.
    case none
    /// The connection went away before it was taken, or the call was interrupted: try again.
    case lost
    /// No descriptors or memory: pause.
    case exhausted

    init(from listening: Int32) {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let (descriptor, code) = unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            let address = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            let result = unsafe accept4(listening, address, &size, flags)
            return (result, errno)
        }
        if descriptor >= 0 {
            var one: Int32 = 1
            // Fails on a Unix socket, which has no Nagle to turn off.
            _ = unsafe setsockopt(
                descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
            self = .connection(descriptor: descriptor, peer: PeerAddress(storage))
        } else {
            switch code {
            case EAGAIN, EBADF, EINVAL: self = .none
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: self = .exhausted
            default: self = .lost
            }
        }
    }
}
