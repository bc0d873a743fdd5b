import CLibwebsockets

/// What a link may not do for long: send control frames without end, or a message without end.
///
/// libwebsockets answers pings by itself and tells nobody: at most one pong waits, further pings are dropped. So
/// control frames are counted by what is left of the bytes that the kernel has seen when the messages are taken away.
/// Two system calls a visit, no work for a message. Not on TLS links, whose records hide the count.
extension LinkLoop {
    /// At a visit of `LinkLoop+Pings`. Closes a link that goes on for too long.
    func checkFloods(_ link: Link) {
        if let since = link.assembledSince, self.now - since > self.limits.messageDurationMax.nanoseconds {
            return self.close(link.id, code: TransportLimits.policyCloseCode, reason: "a message never ends")
        }
        guard link.socket >= 0, !link.isDialled else { return }
        let read = clws_bytes_read(link.socket)
        let elapsed = self.now - link.countedAt
        let allowed = UInt64(self.limits.controlBytesPerSecondMax) * Swift.min(elapsed, 1 << 40) / 1_000_000_000
        let known = link.readBytes + link.messageBytes
        link.controlBytes += read > known ? read - known : 0
        link.controlBytes -= Swift.min(link.controlBytes, allowed)
        link.readBytes = read
        link.messageBytes = 0
        link.countedAt = self.now
        if link.controlBytes > UInt64(self.limits.controlBytesBurstMax) {
            self.cutFlooding(link)
        }
    }

    /// No answer is awaited, and nothing more is read: the flood would go on in the meantime.
    private func cutFlooding(_ link: Link) {
        let close = LinkClose(code: TransportLimits.policyCloseCode, reason: "too many control frames", side: .us)
        if self.canWrite(link) { self.sendClose(code: close.code, reason: close.reason, on: link) }
        if link.isOpen { self.cut(link, close) }
    }

    /// Where counting begins: behind the handshake.
    func startCounting(_ link: Link) {
        guard link.socket >= 0, !link.isDialled else { return }
        link.readBytes = clws_bytes_read(link.socket)
        link.countedAt = self.now
    }
}
