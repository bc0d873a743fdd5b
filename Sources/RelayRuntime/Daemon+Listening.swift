internal import Glibc
internal import WebSocketTransport

/// The sockets that are listened on: bound by the configuration, or handed over by the service manager.
extension Daemon {
    static func sockets(
        _ configuration: Configuration, passed: [Int32]
    ) throws(StartError) -> [ListeningSocket] {
        var sockets: [ListeningSocket] = []
        if passed.isEmpty {
            for address in configuration.listen {
                let (host, port) = Self.split(address)
                sockets.append(
                    try Self.listening(address) { () throws(TransportError) in
                        try ListeningSocket.bind(host: host, port: port)
                    })
            }
        } else {
            for descriptor in passed {
                sockets.append(
                    try Self.listening("the passed socket \(descriptor)") { () throws(TransportError) in
                        try ListeningSocket.adopting(descriptor: descriptor)
                    })
            }
        }
        return sockets
    }

    /// What `place` could not do, in the system's words.
    static func listening<Value>(
        _ place: String, _ attempt: () throws(TransportError) -> Value
    ) throws(StartError) -> Value {
        do throws(TransportError) {
            return try attempt()
        } catch {
            let reason = error.code == 0 ? "" : " (\(unsafe String(cString: strerror(error.code))))"
            throw StartError("cannot listen on \(place): \(error.operation.rawValue) failed\(reason)", exitCode: 69)
        }
    }

    static func loopConfiguration(
        _ configuration: Configuration, _ sockets: [ListeningSocket]
    ) -> LoopConfiguration {
        var loop = LoopConfiguration()
        loop.name = "relay"
        loop.limits = configuration.limits.transport
        loop.limits.connectionCountMax = configuration.limits.linkCountMax
        loop.limits.connectionsPerAddressMax = configuration.limits.linksPerAddressMax
        if let certificate = configuration.certificate, let key = configuration.privateKey {
            loop.tls = .init(certificate: certificate, privateKey: key)
        }
        let isSecure = loop.tls != nil
        loop.listeners = sockets.map { .init($0, isSecure: isSecure) }
        return loop
    }

    /// `host:port` with IPv6 in brackets; the configuration's reader has checked the form.
    private static func split(_ address: String) -> (host: String, port: UInt16) {
        let colon = address.lastIndex(of: ":") ?? address.endIndex
        let host = address[..<colon].drop { $0 == "[" }.prefix { $0 != "]" }
        return (String(host), UInt16(address[colon...].dropFirst()) ?? 0)
    }
}
