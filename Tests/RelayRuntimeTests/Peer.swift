import Glibc
import Wire

/// One end of a WebSocket over a blocking socket on loopback, spoken by hand: a shopper's or a rep's, as the test says.
///
/// Waits for frames, never for time; a frame that does not come within `patience` fails the test.
final class Peer {
    struct Fault: Error, CustomStringConvertible { let description: String }

    static let patience = 120
    private let descriptor: Int32
    private var received: [UInt8] = []
    private var waiting: [Frame] = []
    private var controlSent: UInt32 = 0
    /// Whole frames of the page and cursor lanes, as they came.
    private(set) var pages: [[UInt8]] = []
    /// The code of the relay's close frame.
    private(set) var closeCode: UInt16?
    private(set) var isGone = false

    /// `receiveBytes`: how little the socket holds of what is not read.
    init(port: UInt16, path: String, origin: String? = nil, receiveBytes: Int32? = nil) throws {
        self.descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var bytes = receiveBytes {
            _ = unsafe setsockopt(
                self.descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
        }
        var time = timeval(tv_sec: Self.patience, tv_usec: 0)
        _ = unsafe setsockopt(
            self.descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(self.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Fault(description: "cannot connect: \(errno)") }
        var request = "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n"
        if path == "/shopper" || path == "/rep" {
            request += "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            request += "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: alongside.v1\r\n"
        }
        if let origin { request += "Origin: \(origin)\r\n" }
        try self.write(Array((request + "\r\n").utf8))
    }

    deinit { close(self.descriptor) }

    /// Reads the answer to the upgrade.
    func upgraded() throws {
        while !self.received.starts(with: [0x48]) || self.headEnd == nil { try self.read() }
        guard self.received.starts(with: Array("HTTP/1.1 101".utf8)), let end = self.headEnd else {
            throw Fault(description: "no upgrade: \(String(decoding: self.received, as: UTF8.self))")
        }
        self.received.removeFirst(end)
        // What came with the answer.
        try self.takeFrames()
    }

    private var headEnd: Int? {
        guard self.received.count >= 4 else { return nil }
        return (0...(self.received.count - 4)).first { Array(self.received[$0..<($0 + 4)]) == [13, 10, 13, 10] }
            .map { $0 + 4 }
    }

    /// Sends a control frame with the next sequence.
    func control(_ kind: FrameKind, session: UInt32 = 0, _ body: [UInt8]) throws {
        self.controlSent += 1
        try self.send(Frame(kind, session: session, sequence: self.controlSent, captureTime: 1, body: body).bytes)
    }

    /// Sends one binary message, masked with zeros.
    func send(_ bytes: [UInt8]) throws {
        var head: [UInt8] = [0x82]
        switch bytes.count {
        case ..<126: head.append(0x80 | UInt8(bytes.count))
        case ..<65536: head += [0x80 | 126, UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)]
        default: head += [0x80 | 127] + (0..<8).map { UInt8(truncatingIfNeeded: bytes.count >> (8 * (7 - $0))) }
        }
        try self.write(head + [0, 0, 0, 0] + bytes)
    }

    /// Says goodbye with a code.
    func say(close code: UInt16) throws {
        try self.write([0x88, 0x82, 0, 0, 0, 0, UInt8(code >> 8), UInt8(code & 0xFF)])
    }

    /// Breaks the link.
    func drop() { _ = shutdown(self.descriptor, Int32(SHUT_RDWR)) }

    /// The next control frame of the kind for which `test` holds; control frames before it are passed over, page frames
    /// are kept in `pages`.
    func receive(_ kind: FrameKind, where test: (Frame) -> Bool = { _ in true }) throws -> Frame {
        var passed: [String] = []
        while true {
            while !self.waiting.isEmpty {
                let frame = self.waiting.removeFirst()
                if frame.header.knownKind == kind, test(frame) { return frame }
                passed.append("\(frame.header.knownKind.map { "\($0)" } ?? "?")")
            }
            guard !self.isGone else {
                throw Fault(description: "closed (\(self.closeCode ?? 0)) before \(kind); came: \(passed)")
            }
            do { try self.readFrames() } catch { throw Fault(description: "no \(kind); came: \(passed); \(error)") }
        }
    }

    /// Reads until so many page and cursor frames have come.
    func receivePages(_ count: Int) throws {
        while self.pages.count < count {
            guard !self.isGone else { throw Fault(description: "closed after \(self.pages.count) pages") }
            do { try self.readFrames() } catch {
                throw Fault(description: "\(self.pages.count) of \(count) pages; \(error)")
            }
        }
    }

    /// Reads until a page frame comes for which `test` holds.
    func receivePage(where test: ([UInt8]) -> Bool) throws {
        var seen = 0
        while true {
            while seen < self.pages.count {
                if test(self.pages[seen]) { return }
                seen += 1
            }
            guard !self.isGone else { throw Fault(description: "closed after \(self.pages.count) pages") }
            try self.readFrames()
        }
    }

    /// Reads to the end of the link; answers the close code.
    func closed() throws -> UInt16? {
        while !self.isGone { try self.readFrames() }
        return self.closeCode
    }

    private func readFrames() throws {
        try self.read()
        try self.takeFrames()
    }

    private func takeFrames() throws {
        while let (opcode, payload) = self.nextMessage() {
            switch opcode {
            case 2:
                for frame in try Frame.all(in: payload) {
                    switch frame.header.lane {
                    case .page?, .cursor?: self.pages.append(frame.bytes)
                    case .talk?, .control?, nil: self.waiting.append(frame)
                    }
                }
            case 8:
                self.closeCode = payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : 1005
                self.drop()
            case 9: try self.write([0x8A, 0x80 | UInt8(payload.count), 0, 0, 0, 0] + payload)
            default: break
            }
        }
    }

    private func nextMessage() -> (UInt8, [UInt8])? {
        guard self.received.count >= 2 else { return nil }
        var (length, offset) = (Int(self.received[1] & 0x7F), 2)
        if length >= 126 {
            offset = length == 126 ? 4 : 10
            guard self.received.count >= offset else { return nil }
            length = self.received[2..<offset].reduce(0) { $0 << 8 | Int($1) }
        }
        guard self.received.count >= offset + length else { return nil }
        let message = (self.received[0] & 0x0F, Array(self.received[offset..<(offset + length)]))
        self.received.removeFirst(offset + length)
        return message
    }

    private func read() throws {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe recv(self.descriptor, &buffer, buffer.count, 0)
        if count > 0 { return self.received += buffer[..<count] }
        if count < 0, errno == EAGAIN { throw Fault(description: "nothing came for \(Self.patience) s") }
        self.isGone = true
    }

    private func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(self.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Fault(description: "cannot send: \(errno)") }
            rest = rest.dropFirst(count)
        }
    }
}
