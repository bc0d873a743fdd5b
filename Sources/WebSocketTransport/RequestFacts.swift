/// What a request said of itself before anything was decided: of an upgrade and of a plain GET alike.
package struct RequestFacts: Sendable {
    /// The Origin header. A browser cannot leave it out or repeat it.
    package enum Origin: Equatable, Sendable {
        case absent
        /// Exactly as sent: compare it whole.
        case one(String)
        /// Repeated, with spaces or control characters, or too long: refuse it.
        case malformed
    }

    /// The decoded path, without the query. It begins with a slash.
    package let path: String

    /// The query's arguments in order, decoded: "site=1", "flag".
    package let arguments: [String]

    package let origin: Origin

    /// The Host header.
    package let host: String?

    /// The User-Agent header, cut at `TransportLimits.headerValueBytesMax`.
    package let userAgent: String?

    /// The Accept-Encoding header, repeated ones joined by commas. Nil also when it is longer than
    /// `TransportLimits.headerValueBytesMax`: cut, it could say what was not said.
    package let acceptEncoding: String?

    package let peer: PeerAddress

    /// Whether TLS ended here.
    package let isSecure: Bool

    package init(
        path: String, arguments: [String] = [], origin: Origin = .absent, host: String? = nil, userAgent: String? = nil,
        acceptEncoding: String? = nil, peer: PeerAddress, isSecure: Bool = false
    ) {
        self.path = path
        self.arguments = arguments
        self.origin = origin
        self.host = host
        self.userAgent = userAgent
        self.acceptEncoding = acceptEncoding
        self.peer = peer
        self.isSecure = isSecure
    }

    /// The value of the first argument of that name, nil without one.
    package func argument(_ name: String) -> String? {
        let start = "\(name)="
        return self.arguments.first { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) }
    }
}

/// What to do with a request to become a link.
package enum UpgradeDecision: Sendable {
    case accept
    /// Accepted; what this link sends is small, so it gets a small receive buffer (`smallReceiveBytes`).
    case acceptSmall
    /// Answered with this HTTP status and closed.
    case refuse(status: Int)
}

/// A plain GET or HEAD; other methods and requests with a body never reach the handler.
package struct HTTPRequest: Sendable {
    package let facts: RequestFacts

    /// The body of the response is not sent; the handler answers as for GET.
    package let isHead: Bool
}

/// The whole answer to an `HTTPRequest`. The connection closes after it.
package struct HTTPResponse: Sendable {
    package var status: Int
    package var contentType: String

    /// Further headers; names and values are the program's own, never a peer's bytes.
    package var headers: [(name: String, value: String)]

    package var body: [UInt8]

    package init(
        status: Int, contentType: String = "text/plain; charset=utf-8", headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        self.status = status
        self.contentType = contentType
        self.headers = headers
        self.body = body
    }
}

extension HTTPResponse {
    /// Status line and headers (RFC 9112), with the length of the body and the end of the connection announced.
    var head: [UInt8] {
        var text = "HTTP/1.1 \(self.status) \(Self.phrase(self.status))\r\n"
        text += "Content-Type: \(self.contentType)\r\nContent-Length: \(self.body.count)\r\n"
        for header in self.headers {
            text += "\(header.name): \(header.value)\r\n"
        }
        text += "Connection: close\r\n\r\n"
        return Array(text.utf8)
    }

    /// An answer whose body is its own status in words.
    static func plain(_ status: Int, headers: [(name: String, value: String)] = []) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers, body: Array("\(status) \(Self.phrase(status))\n".utf8))
    }

    private static func phrase(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 204: "No Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 413: "Content Too Large"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 503: "Service Unavailable"
        default: "Status"
        }
    }
}
