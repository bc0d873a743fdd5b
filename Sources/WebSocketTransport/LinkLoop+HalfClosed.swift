import CLibwebsockets
import Glibc

/// Peers that ended their direction while something waits for them.
///
/// libwebsockets 4.1.6 then waits 5 s for the rest to leave, and on libuv the readable end of the stream wakes the loop
/// without pause: one such peer costs a whole core. So links that are behind are looked at here, in one system call.
extension LinkLoop {
    /// A connection did not take all of a write.
    func noteBehind(_ link: Link) {
        guard link.behindSince == nil else { return }
        link.behindSince = self.now
        self.behindLinks.append(link.id)
    }

    /// At the end of a turn; looks at most once in `halfCloseCheckInterval`.
    func cutHalfClosed() {
        let now = EventLoop.now
        guard now - self.halfClosedCheckedAt >= self.limits.halfCloseCheckInterval.nanoseconds else { return }
        self.halfClosedCheckedAt = now
        var links: [Link] = []
        var descriptors: [pollfd] = []
        for id in self.behindLinks {
            guard let link = self.table[id], link.behindSince != nil, let connection = unsafe link.connection
            else { continue }
            links.append(link)
            descriptors.append(
                pollfd(fd: unsafe clws_descriptor(connection), events: Int16(Self.endOfStream), revents: 0))
        }
        self.behindLinks = links.map(\.id)
        guard unsafe poll(&descriptors, nfds_t(descriptors.count), 0) > 0 else { return }
        for (link, descriptor) in zip(links, descriptors) where descriptor.revents != 0 {
            switch link.phase {
            case .open: self.cut(link, .lost)
            case .closing(let close, _, _), .peerClosing(let close, _): self.cut(link, close)
            case .handshaking, .upgrading, .answering, .dialing, .cut, .ended: break
            }
        }
    }

    /// POLLRDHUP of poll(2), which Glibc's module hides.
    private static var endOfStream: Int { 0x2000 }
}
