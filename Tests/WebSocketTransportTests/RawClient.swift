import Glibc

/// A small WebSocket and HTTP client over a blocking socket, written from RFC 6455 alone, so that the tests do not
/// trust
/// the library with both ends. Every read gives up after `patience` seconds.
final class RawClient {
    struct Frame: Equatable {
        var isFinal: Bool
        var opcode: UInt8
        var payload: [UInt8]

        /// The code of a close frame, 1005 when it has none.
        var closeCode: UInt16 {
            self.payload.count < 2 ? 1005 : UInt16(self.payload[0]) << 8 | UInt16(self.payload[1])
        }

        var closeReason: String { String(decoding: self.payload.dropFirst(2), as: UTF8.self) }
    }

    static let patience = 20
    static let key = "dGhlIHNhbXBsZSBub25jZQ=="

    let descriptor: Int32
    private var input: [UInt8] = []
    /// Bytes of `input` that were handed out.
    private var taken = 0
    private var isOpen = true
    /// Whether the last read ended because nothing came in time: the one way to stop without an end.
    private var isOutOfPatience = false

    /// Connects to a port of 127.0.0.1, or of ::1.
    init(port: UInt16, isIPv6: Bool = false, receiveBytes: Int32? = nil) {
        self.descriptor = socket(isIPv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var bytes = receiveBytes {
            unsafe setsockopt(self.descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
        }
        var one: Int32 = 1
        unsafe setsockopt(
            self.descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        var time = timeval(tv_sec: Self.patience, tv_usec: 0)
        unsafe setsockopt(self.descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        unsafe setsockopt(self.descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        self.connect(port: port, isIPv6: isIPv6)
    }

    /// Takes a socket that is not connected yet.
    init(connecting descriptor: Int32, port: UInt16) {
        self.descriptor = descriptor
        self.connect(port: port, isIPv6: false)
    }

    deinit { self.close() }

    private func connect(port: UInt16, isIPv6: Bool) {
        if isIPv6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            address.sin6_addr = in6addr_loopback
            unsafe withUnsafePointer(to: &address) { pointer in
                _ = unsafe Glibc.connect(
                    self.descriptor, UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self),
                    socklen_t(MemoryLayout<sockaddr_in6>.size))
            }
        } else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            unsafe withUnsafePointer(to: &address) { pointer in
                _ = unsafe Glibc.connect(
                    self.descriptor, UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self),
                    socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    func close() {
        guard self.isOpen else { return }
        self.isOpen = false
        _ = Glibc.close(self.descriptor)
    }

    // Bytes.

    /// Sends everything; false when the peer is gone.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let sent = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    self.descriptor, buffer.baseAddress! + offset, buffer.count - offset, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return false }
            offset += sent
        }
        return true
    }

    func send(_ text: String) { self.send(Array(text.utf8)) }

    /// Reads once more into `input`; false at the end, on a reset or when patience is over.
    private func fill() -> Bool {
        self.input.removeFirst(self.taken)
        self.taken = 0
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        // `errno` speaks of this call only: an end leaves it as some earlier call did.
        let (count, code) = unsafe chunk.withUnsafeMutableBytes { bytes in
            errno = 0
            return (unsafe recv(self.descriptor, bytes.baseAddress, bytes.count, 0), errno)
        }
        self.isOutOfPatience = count < 0 && (code == EAGAIN || code == EWOULDBLOCK)
        guard count > 0 else { return false }
        self.input.append(contentsOf: chunk[0..<count])
        return true
    }

    private func take(_ count: Int) -> [UInt8]? {
        while self.input.count - self.taken < count {
            guard self.fill() else { return nil }
        }
        defer { self.taken += count }
        return Array(self.input[self.taken..<self.taken + count])
    }

    /// Everything until the peer ends the connection; nil when it does not.
    func readToEnd() -> [UInt8]? {
        while self.fill() {}
        guard !self.isOutOfPatience else { return nil }
        defer { self.input = [] }
        return Array(self.input.dropFirst(self.taken))
    }

    /// Status line and headers of a response.
    func readHead() -> String {
        let end: [UInt8] = [13, 10, 13, 10]
        while true {
            if let position = self.position(of: end) {
                return String(decoding: self.take(position + 4) ?? [], as: UTF8.self)
            }
            guard self.fill() else { return "" }
        }
    }

    private func position(of pattern: [UInt8]) -> Int? {
        let rest = self.input.dropFirst(self.taken)
        guard rest.count >= pattern.count else { return nil }
        return (0...(rest.count - pattern.count)).first { start in
            pattern.indices.allSatisfy { rest[rest.startIndex + start + $0] == pattern[$0] }
        }
    }

    // Handshake.

    /// The lines of a right handshake; nil for a name leaves that header out.
    static func handshake(
        path: String = "/link", method: String = "GET", version: String = "HTTP/1.1",
        replacing changes: [String: String?] = [:], adding lines: [String] = []
    ) -> String {
        var text = "\(method) \(path) \(version)\r\n"
        let headers: [(String, String)] = [
            ("Host", "relay.example"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
            ("Sec-WebSocket-Key", Self.key), ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Protocol", "alongside.v1"),
        ]
        for (name, value) in headers {
            if let change = changes[name] {
                if let change { text += "\(name): \(change)\r\n" }
            } else {
                text += "\(name): \(value)\r\n"
            }
        }
        for line in lines {
            text += line + "\r\n"
        }
        return text + "\r\n"
    }

    /// Becomes a link. Returns whether the server said 101 with the right accept value (RFC 6455, 1.3).
    func upgrade(_ handshake: String = RawClient.handshake()) -> Bool {
        self.send(handshake)
        let head = self.readHead()
        return head.hasPrefix("HTTP/1.1 101 ") && head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            && head.contains("Sec-WebSocket-Protocol: alongside.v1\r\n")
    }

    // Frames.

    static func frame(
        _ payload: [UInt8], opcode: UInt8 = 2, isFinal: Bool = true, isMasked: Bool = true
    ) -> [UInt8] {
        var bytes: [UInt8] = [(isFinal ? 0x80 : 0) | opcode]
        let bit: UInt8 = isMasked ? 0x80 : 0
        switch payload.count {
        case ..<126: bytes.append(bit | UInt8(payload.count))
        case ..<65536: bytes += [bit | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default:
            bytes.append(bit | 127)
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (8 * (7 - $0))) }
        }
        let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        if isMasked { bytes += mask }
        bytes += isMasked ? payload.enumerated().map { $1 ^ mask[$0 & 3] } : payload
        return bytes
    }

    func sendMessage(_ payload: [UInt8]) { self.send(Self.frame(payload)) }

    func sendClose(_ code: UInt16, _ reason: String = "") {
        self.send(Self.frame([UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8), opcode: 8))
    }

    /// The next frame of the server, nil at the end of the connection.
    func readFrame() -> Frame? {
        guard let start = self.take(2) else { return nil }
        guard start[1] & 0x80 == 0 else { return nil }
        var count = Int(start[1])
        if count >= 126 {
            guard let length = self.take(count == 126 ? 2 : 8) else { return nil }
            count = length.reduce(0) { $0 << 8 | Int($1) }
        }
        guard let payload = self.take(count) else { return nil }
        return Frame(isFinal: start[0] & 0x80 != 0, opcode: start[0] & 0x0F, payload: payload)
    }

    /// The payload of the next binary message; answers pings on the way.
    func readMessage() -> [UInt8]? {
        while let frame = self.readFrame() {
            switch frame.opcode {
            case 2: return frame.payload
            case 9: self.send(Self.frame(frame.payload, opcode: 10))
            default: return nil
            }
        }
        return nil
    }
}

extension RawClient {
    /// 127.0.0.2 is a stranger; 127.0.0.1 is the relay's own host.
    static func stranger(port: UInt16) -> RawClient {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0002).bigEndian
        unsafe withUnsafePointer(to: &address) { pointer in
            _ = unsafe bind(
                descriptor, UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self),
                socklen_t(MemoryLayout<sockaddr_in>.size))
        }
        return RawClient(connecting: descriptor, port: port)
    }
}
