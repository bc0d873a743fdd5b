/// Where to dial: one link to a relay, with subprotocol `alongside.v1` and no Origin header.
package struct DialTarget: Equatable, Sendable {
    package let host: String
    package let port: UInt16
    package let path: String
    package let isSecure: Bool

    package init(host: String, port: UInt16, path: String, isSecure: Bool) {
        self.host = host
        self.port = port
        self.path = path
        self.isSecure = isSecure
    }

    /// Reads `ws://host[:port][/path]` or `wss://…`; an IPv6 address stands in brackets. Nil for anything else.
    package init?(url: String) {
        let rest: Substring
        if url.hasPrefix("wss://") {
            self.isSecure = true
            rest = url.dropFirst(6)
        } else if url.hasPrefix("ws://") {
            self.isSecure = false
            rest = url.dropFirst(5)
        } else {
            return nil
        }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "@") })
        else { return nil }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let tail = rest.dropFirst(authority.count)
        self.path = tail.isEmpty ? "/" : tail.hasPrefix("?") ? "/\(tail)" : String(tail)

        let hostEnd: Substring.Index
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else { return nil }
            self.host = String(authority[authority.index(after: authority.startIndex)..<bracket])
            hostEnd = authority.index(after: bracket)
        } else {
            hostEnd = authority.firstIndex(of: ":") ?? authority.endIndex
            self.host = String(authority[..<hostEnd])
        }
        let colonPort = authority[hostEnd...]
        if colonPort.isEmpty {
            self.port = self.isSecure ? 443 : 80
        } else {
            guard colonPort.hasPrefix(":"), let port = UInt16(colonPort.dropFirst()), port > 0 else { return nil }
            self.port = port
        }
        guard !self.host.isEmpty else { return nil }
    }

    /// The Host header (RFC 9110, 7.2): brackets around IPv6, no default port.
    var hostHeader: String {
        let name = self.host.contains(":") ? "[\(self.host)]" : self.host
        return self.port == (self.isSecure ? 443 : 80) ? name : "\(name):\(self.port)"
    }
}

/// Why a dial came to nothing.
package struct DialFailure: Equatable, Sendable {
    /// At which step.
    package enum Kind: Sendable {
        /// The name was not found or nothing accepted the connection.
        case unreachable
        /// The server's certificate or TLS itself failed.
        case tls
        /// The server answered with an HTTP status other than 101.
        case refused
        /// The answer was no WebSocket handshake of ours, or came too late.
        case handshake
    }

    package let kind: Kind

    /// The HTTP status of a refusal, else nil.
    package let status: Int?

    /// The library's own words, for a person to read.
    package let words: String

    package init(kind: Kind, status: Int?, words: String) {
        self.kind = kind
        self.status = status
        self.words = words
    }
}
