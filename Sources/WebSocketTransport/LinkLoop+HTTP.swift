import CLibwebsockets
import Wire

/// A response on its way out.
struct PendingResponse {
    let bytes: [UInt8]
    var offset = 0
}

/// One HTTP transaction a connection: a plain GET, or the handshake of a link.
extension LinkLoop {
    /// A request that asks for an upgrade. Its `in` pointer is never touched: after a refused upgrade it may point at
    /// freed memory (CVE-2025-11677), and then the header is gone too.
    func upgradeAsked(_ link: Link, _ connection: OpaquePointer) -> Int32 {
        guard case .handshaking = link.phase, let upgrade = unsafe self.header(connection, CLWS_HEADER_UPGRADE)
        else { return -1 }
        guard upgrade.lowercased() == "websocket" else {
            // libwebsockets has answered unknown upgrades itself, except h2c.
            return upgrade.lowercased() == "h2c" ? unsafe self.refuse(link, connection, .plain(400)) : -1
        }
        guard unsafe self.isGet(connection), unsafe self.header(connection, CLWS_HEADER_VERSION) == "HTTP/1.1",
            unsafe self.header(connection, CLWS_HEADER_KEY)?.utf8.count == Self.keyCharacterCount,
            unsafe !self.announcesBody(connection)
        else { return unsafe self.refuse(link, connection, .plain(400)) }
        guard unsafe self.header(connection, CLWS_HEADER_WEBSOCKET_VERSION) == "13" else {
            let answer = HTTPResponse.plain(426, headers: [(name: "Sec-WebSocket-Version", value: "13")])
            return unsafe self.refuse(link, connection, answer)
        }
        guard unsafe self.header(connection, CLWS_HEADER_SUBPROTOCOL) == Self.subprotocol else {
            return unsafe self.refuse(link, connection, .plain(400))
        }
        link.phase = .upgrading
        return 0
    }

    /// The last step before the handshake is answered: the handler decides.
    func upgradeFiltered(_ link: Link, _ connection: OpaquePointer) -> Int32 {
        guard case .upgrading = link.phase, self.stopping == nil else { return -1 }
        guard let facts = unsafe self.facts(link, connection) else {
            return unsafe self.refuse(link, connection, .plain(400))
        }
        self.hasNews = true
        let decision = self.deliverUpgradeRequested(facts)
        switch decision {
        case .accept, .acceptSmall:
            if case .acceptSmall = decision {
                unsafe clws_set_receive_bytes(connection, UInt32(self.limits.smallReceiveBytes))
            }
            link.facts = KeptFacts(facts)
            return 0
        case .refuse(let status):
            return unsafe self.refuse(link, connection, .plain(status))
        }
    }

    /// A request that asks for no upgrade.
    func httpAsked(_ link: Link, _ connection: OpaquePointer) -> Int32 {
        guard case .handshaking = link.phase else { return -1 }
        let isHead = unsafe self.isHead(connection)
        guard unsafe isHead || self.isGet(connection) else {
            return unsafe self.refuse(link, connection, .plain(405, headers: [(name: "Allow", value: "GET, HEAD")]))
        }
        guard unsafe !self.announcesBody(connection), let facts = unsafe self.facts(link, connection) else {
            return unsafe self.refuse(link, connection, .plain(400))
        }
        link.phase = .answering
        self.hasNews = true
        let response = self.deliverHTTPRequested(HTTPRequest(facts: facts, isHead: isHead))
        link.response = PendingResponse(bytes: isHead ? response.head : response.head + response.body)
        return unsafe self.sendPiece(link, connection)
    }

    /// The last piece has left: the next, or the end.
    func httpWritable(_ link: Link, _ connection: OpaquePointer) -> Int32 {
        guard unsafe clws_is_partial(connection) == 0 else { return 0 }
        return unsafe self.sendPiece(link, connection)
    }

    private func sendPiece(_ link: Link, _ connection: OpaquePointer) -> Int32 {
        guard let response = link.response, response.offset < response.bytes.count else {
            link.response = nil
            return -1
        }
        let end = Swift.min(response.offset + self.limits.httpPieceBytes, response.bytes.count)
        let sent = unsafe response.bytes.withUnsafeBytes { bytes in
            // Proof: a piece is only sent when bytes are left.
            unsafe clws_write_raw(connection, bytes.baseAddress! + response.offset, end - response.offset)
        }
        guard sent >= 0 else { return -1 }
        link.response?.offset = end
        unsafe clws_set_timeout(connection, self.limits.httpStallSeconds)
        _ = unsafe clws_ask_writable(connection)
        return 0
    }

    /// Answers with a short response and has the connection closed.
    private func refuse(_ link: Link, _ connection: OpaquePointer, _ response: HTTPResponse) -> Int32 {
        self.counted.handshakesRefused += 1
        self.penalise(link, for: .refusedRequest)
        let bytes = response.head + response.body
        unsafe bytes.withUnsafeBytes { _ = unsafe clws_write_raw(connection, $0.baseAddress, $0.count) }
        return -1
    }

    // What the request said.

    private static var keyCharacterCount: Int { 24 }

    private func isGet(_ connection: OpaquePointer) -> Bool { unsafe self.method(connection) == CLWS_METHOD_GET }
    private func isHead(_ connection: OpaquePointer) -> Bool { unsafe self.method(connection) == CLWS_METHOD_HEAD }

    private func method(_ connection: OpaquePointer) -> Int {
        var path: UnsafePointer<CChar>?
        var count: Int32 = 0
        return Int(unsafe clws_request(connection, &path, &count))
    }

    private func announcesBody(_ connection: OpaquePointer) -> Bool {
        if unsafe self.header(connection, CLWS_HEADER_TRANSFER_ENCODING) != nil { return true }
        guard let length = unsafe self.header(connection, CLWS_HEADER_CONTENT_LENGTH) else { return false }
        return length != "0"
    }

    /// Nil when the request is for something else than a path.
    private func facts(_ link: Link, _ connection: OpaquePointer) -> RequestFacts? {
        var start: UnsafePointer<CChar>?
        var count: Int32 = 0
        guard unsafe clws_request(connection, &start, &count) != CLWS_METHOD_NONE, let start = unsafe start
        else { return nil }
        let path = unsafe String(decoding: UnsafeRawBufferPointer(start: start, count: Int(count)), as: UTF8.self)
        // Other forms of a request's target are for proxies and for CONNECT and OPTIONS (RFC 9112, 3.2).
        guard path.utf8.first == UInt8(ascii: "/") else { return nil }
        return RequestFacts(
            path: path, arguments: unsafe self.arguments(connection),
            origin: unsafe self.origin(connection), host: unsafe self.cut(self.header(connection, CLWS_HEADER_HOST)),
            userAgent: unsafe self.cut(self.header(connection, CLWS_HEADER_USER_AGENT)),
            acceptEncoding: unsafe self.whole(self.header(connection, CLWS_HEADER_ACCEPT_ENCODING)), peer: link.peer,
            isSecure: link.isSecure)
    }

    private func arguments(_ connection: OpaquePointer) -> [String] {
        self.block.forget()
        let scratch = unsafe self.gather.assumingMemoryBound(to: CChar.self)
        var arguments: [String] = []
        while true {
            let count = unsafe clws_copy_argument(
                connection, Int32(arguments.count), scratch, Int32(self.limits.headerBytesMax))
            guard count > 0 else { return arguments }
            arguments.append(
                unsafe String(decoding: UnsafeRawBufferPointer(start: self.gather, count: Int(count)), as: UTF8.self))
        }
    }

    /// Repeated headers arrive joined as "a,  b"; an origin (RFC 6454, 6.2) has neither commas nor spaces.
    private func origin(_ connection: OpaquePointer) -> RequestFacts.Origin {
        guard let origin = unsafe self.header(connection, CLWS_HEADER_ORIGIN) else { return .absent }
        let isPlain = origin.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ",") }
        guard isPlain, origin.utf8.count <= self.limits.headerValueBytesMax else { return .malformed }
        return .one(origin)
    }

    private func whole(_ value: String?) -> String? {
        value.flatMap { $0.utf8.count > self.limits.headerValueBytesMax ? nil : $0 }
    }

    private func cut(_ value: String?) -> String? {
        guard let value else { return nil }
        guard value.utf8.count > self.limits.headerValueBytesMax else { return value }
        return String(decoding: value.utf8.prefix(self.limits.headerValueBytesMax), as: UTF8.self)
    }

    /// A header's value, nil when it is absent or empty. The gather area is free here: nothing is being written.
    private func header(_ connection: OpaquePointer, _ header: clws_header) -> String? {
        self.block.forget()
        let scratch = unsafe self.gather.assumingMemoryBound(to: CChar.self)
        let count = unsafe clws_copy_header(connection, header, scratch, Int32(self.limits.headerBytesMax))
        guard count > 0 else { return nil }
        return unsafe String(decoding: UnsafeRawBufferPointer(start: self.gather, count: Int(count)), as: UTF8.self)
    }
}
