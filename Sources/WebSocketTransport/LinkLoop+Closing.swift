import CLibwebsockets
import Glibc

/// Ways out.
///
/// The close frame is ours and not libwebsockets': Debian builds 4.1.6 with `_DEBUG`, and then its libuv path closes
/// twice whatever a callback gives up (service.c, "close_and_handled uv repeat test"), so that a close frame set by
/// `lws_close_reason` in WRITEABLE is never sent.
extension LinkLoop {
    /// Closes a link with a code and a reason of at most 123 bytes (cut if longer). What was written before goes out
    /// first; what the peer still sends is ignored. `linkClosed` follows when the peer has answered, or after
    /// `closeWaitMax`. Does nothing to a link that is closing.
    package func close(_ link: LinkID, code: UInt16, reason: String) {
        guard let link = self.table[link], link.isOpen else { return }
        if self.writing == link.id { self.flush(link) }
        var short = reason
        while short.utf8.count > TransportLimits.closeReasonBytesMax {
            short.removeLast()
        }
        let canWrite = self.canWrite(link)
        guard link.isOpen else { return }
        link.phase = .closing(LinkClose(code: code, reason: short, side: .us), since: self.now, isSent: false)
        link.assembly = nil
        if canWrite { self.sendClose(link) }
    }

    /// Sends the close frame of a link that is closing (RFC 6455, 5.5.1).
    private func sendClose(_ link: Link) {
        guard case .closing(let close, let since, false) = link.phase else { return }
        link.phase = .closing(close, since: since, isSent: true)
        self.sendClose(code: close.code, reason: close.reason, on: link)
    }

    /// Writes a close frame; the reason is at most `closeReasonBytesMax` long.
    func sendClose(code: UInt16, reason: String, on link: Link) {
        let payload = [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8)
        self.sendControl(opcode: 0x8, payload, on: link)
    }

    /// The peer sent a close frame: two bytes of code, then the reason; both may be missing. Returns 0 to have it
    /// echoed,
    /// -1 when it answers ours and the connection is done.
    func peerCloses(_ link: Link, _ bytes: UnsafeRawBufferPointer) -> Int32 {
        switch link.phase {
        case .closing(_, _, isSent: true):
            return -1
        case .open, .closing(_, _, isSent: false):
            let code = unsafe bytes.count < 2 ? 1005 : UInt16(bytes[0]) << 8 | UInt16(bytes[1])
            let reason = unsafe String(decoding: bytes.dropFirst(2), as: UTF8.self)
            link.phase = .peerClosing(LinkClose(code: code, reason: reason, side: .peer), since: self.now)
            link.assembly = nil
            return 0
        case .handshaking, .upgrading, .answering, .dialing, .peerClosing, .cut, .ended:
            return -1
        }
    }

    /// The socket takes more: closes what is to be closed, else tells the handler if it wants to know.
    func writable(_ link: Link, _ connection: OpaquePointer) {
        guard unsafe clws_is_partial(connection) == 0 else { return }
        link.behindSince = nil
        switch link.phase {
        case .closing(_, _, isSent: false):
            self.sendClose(link)
        case .open:
            if link.wantsWritable {
                link.wantsWritable = false
                self.hasNews = true
                self.deliverLinkWritable(link.id)
            }
        case .handshaking, .upgrading, .answering, .dialing, .closing, .peerClosing, .cut, .ended:
            break
        }
    }

    /// Ends a link without a word: the socket is shut down, libwebsockets notices in its own time and reports the
    /// close.
    func cut(_ link: Link, _ close: LinkClose) {
        guard let connection = unsafe link.connection else { return }
        link.phase = .cut(close)
        link.assembly = nil
        _ = unsafe shutdown(clws_descriptor(connection), Int32(SHUT_RDWR))
    }
}
