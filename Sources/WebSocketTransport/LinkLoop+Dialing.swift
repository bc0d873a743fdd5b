import CLibwebsockets

/// The client's end: the terminal client dials its relay with the same loop and the same callbacks.
extension LinkLoop {
    /// Starts dialling. `dialOpened` or `dialFailed` follows for the id that is returned. Names are resolved at once
    /// and
    /// block the loop: a loop that serves does not dial by name.
    package func dial(_ target: DialTarget) -> LinkID {
        let limits = self.limits
        let peer = PeerAddress(text: target.host, port: target.port)
        let link = self.table.insert { id in
            Link(id: id, peer: peer, isSecure: target.isSecure, phase: .dialing, isDialled: true, limits: limits)
        }
        self.hasNews = true
        guard let host = unsafe self.clientHost(isSecure: target.isSecure) else {
            self.fail(link, DialFailure(kind: .tls, status: nil, words: "the authorities cannot be read"))
            return link.id
        }
        let connection = unsafe clws_dial(
            self.context, host, target.host, Int32(target.port), target.hostHeader, target.path,
            Self.subprotocol, target.isSecure ? 1 : 0, link.id.word)
        if unsafe connection == nil {
            self.fail(link, DialFailure(kind: .unreachable, status: nil, words: "cannot connect"))
        }
        // We are outside libwebsockets' own callbacks: without this it would not look at the time-outs it has just set.
        unsafe clws_context_nudge(self.context)
        return link.id
    }

    /// The virtual host to dial from, made when it is first needed: a plain one knows no authorities.
    private func clientHost(isSecure: Bool) -> OpaquePointer? {
        if let host = unsafe isSecure ? self.secureClientHost : self.clientHost { return unsafe host }
        let authorities = unsafe self.configuration.authorities.flatMap { unsafe self.keep($0) }
        let host = unsafe clws_client_create(
            self.context, self.setup, &self.sizes, self.keep(isSecure ? "dial-secure" : "dial"), isSecure ? 1 : 0,
            authorities)
        if isSecure {
            unsafe self.secureClientHost = unsafe host
        } else {
            unsafe self.clientHost = unsafe host
        }
        return unsafe host
    }

    /// libwebsockets gave up. Told to the handler at the end of the turn, because this may come from inside `dial`.
    func dialFailed(_ link: Link, _ connection: OpaquePointer, words: String) {
        let status = Int(unsafe clws_dial_status(connection))
        self.fail(link, DialFailure(words: words, status: status, isSecure: link.isSecure))
    }

    /// The handler is told at the end of the turn; the slot is free.
    func fail(_ link: Link, _ failure: DialFailure) {
        guard case .dialing = link.phase else { return }
        link.phase = .ended
        self.failedDials.append((link.id, failure))
        self.release(link)
    }
}

extension DialFailure {
    /// Sorts libwebsockets' words (4.1.6, client-handshake.c, client-http.c, client-ws.c, openssl-client.c).
    init(words: String, status: Int, isSecure: Bool) {
        if status >= 300 {
            self.init(kind: .refused, status: status, words: "the relay answered \(status)")
        } else if isSecure, ["cert", "tls", "TLS", "ssl", "SSL"].contains(where: { words.contains($0) }) {
            self.init(kind: .tls, status: nil, words: words)
        } else if words.hasPrefix("HS:") || words.contains("protocol") || words.contains("pars") {
            self.init(kind: .handshake, status: nil, words: words)
        } else {
            self.init(kind: .unreachable, status: nil, words: words.isEmpty ? "cannot connect" : words)
        }
    }
}
