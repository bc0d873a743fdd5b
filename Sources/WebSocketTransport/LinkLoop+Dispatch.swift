import CLibwebsockets
import Wire

/// The one C entry point of libwebsockets. Runs on the loop's thread, inside libuv's poll; never throws.
///
/// The reason decides what may be touched: some callbacks come with a connection that has no loop or no link yet.
let trampoline: clws_callback = { connection, reason, user, input, length in
    let event = clws_event_of(reason)
    switch event {
    case CLWS_OTHER, CLWS_CREATED:
        return 0
    case CLWS_TLS_MADE:
        // A virtual host is being made: its connection is none, and only tells the context.
        return unsafe clws_tls_bound(user, helloAsked, clws_user(connection))
    default:
        guard let connection = unsafe connection else { return 0 }
        let bytes = unsafe UnsafeRawBufferPointer(start: input, count: length)
        return unsafe LinkLoop.with(clws_user(connection)) { unsafe $0.dispatch(connection, event, bytes) }
    }
}

extension LinkLoop {
    /// Returns 0 to go on, -1 to have libwebsockets close the connection.
    func dispatch(_ connection: OpaquePointer, _ event: clws_event, _ bytes: UnsafeRawBufferPointer) -> Int32 {
        let id = LinkID(word: unsafe clws_word(connection))
        // Nearly every event: no reference is counted for it.
        if event == CLWS_RECEIVED {
            return self.table.with(id) { link in
                guard link.isOpen else { return self.receivedLate(link, byteCount: bytes.count) }
                unsafe self.received(link, connection, bytes)
                return 0
            } ?? -1
        }
        guard let link = self.table[id] else {
            return event == CLWS_DESTROYED || event == CLWS_CLOSED ? 0 : -1
        }
        switch event {
        case CLWS_PONG:
            return self.pongReceived(link)
        case CLWS_WRITABLE:
            unsafe self.writable(link, connection)
            return 0
        case CLWS_UPGRADE_ASKED:
            self.helloPace.finished()
            return unsafe self.upgradeAsked(link, connection)
        case CLWS_UPGRADE_FILTER:
            return unsafe self.upgradeFiltered(link, connection)
        case CLWS_OPENED:
            return unsafe self.opened(link, connection)
        case CLWS_PEER_CLOSES:
            return unsafe self.peerCloses(link, bytes)
        case CLWS_CLOSED:
            self.closed(link)
            return 0
        case CLWS_HTTP:
            self.helloPace.finished()
            return unsafe self.httpAsked(link, connection)
        case CLWS_HTTP_WRITABLE:
            return unsafe self.httpWritable(link, connection)
        case CLWS_DIAL_OPENED:
            return unsafe self.opened(link, connection)
        case CLWS_DIAL_FAILED:
            unsafe self.dialFailed(link, connection, words: String(decoding: bytes, as: UTF8.self))
            return 0
        case CLWS_DESTROYED:
            // Accepted, but the handshake failed on the way: the next connection is not to inherit its buffer size.
            if case .upgrading = link.phase { unsafe self.restoreReceiveBytes(connection) }
            self.penaliseUnfinished(link)
            self.closed(link)
            self.release(link)
            return 0
        default:
            return -1
        }
    }

    /// The handshake is over in either direction.
    private func opened(_ link: Link, _ connection: OpaquePointer) -> Int32 {
        if !link.isDialled { unsafe self.restoreReceiveBytes(connection) }
        guard self.stopping == nil else { return -1 }
        unsafe link.connection = unsafe connection
        if !link.isSecure { link.socket = unsafe clws_descriptor(connection) }
        link.phase = .open
        if link.isStarting {
            link.isStarting = false
            self.configuration.ledger.started()
        }
        self.heard(link)
        self.drawPingDelay(link)
        unsafe self.startCounting(link, connection)
        self.openCount += 1
        self.counted.linksOpened += 1
        self.hasNews = true
        if link.isDialled {
            self.deliverDialOpened(link.id)
        } else if let kept = link.facts {
            link.facts = nil
            self.deliverLinkOpened(link.id, kept.facts)
        }
        return 0
    }

    /// Connections that come get the full receive buffer again.
    private func restoreReceiveBytes(_ connection: OpaquePointer) {
        unsafe clws_set_receive_bytes(connection, self.sizes.receive_bytes)
    }

    /// The last callback of a link that was open; later ones find it `ended`.
    private func closed(_ link: Link) {
        let close: LinkClose
        switch link.phase {
        case .handshaking, .upgrading, .answering, .ended: return
        case .dialing:
            // Too late, or cut off before it answered: libwebsockets then reports no failure.
            self.fail(link, DialFailure(kind: .handshake, status: nil, words: "no answer to the handshake"))
            return
        case .open: close = .lost
        case .closing(let ours, _, _): close = ours
        case .peerClosing(let theirs, _): close = theirs
        case .cut(let reported): close = reported
        }
        link.phase = .ended
        unsafe link.connection = nil
        link.assembly = nil
        self.openCount -= 1
        self.counted.linksClosed += 1
        self.hasNews = true
        self.deliverLinkClosed(link.id, close)
    }
}
