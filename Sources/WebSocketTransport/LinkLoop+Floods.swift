import CLibwebsockets

/// What a link may not do for long: send control frames without end, or a message without end, or go on as if we had
/// not closed.
///
/// libwebsockets answers pings by itself and tells nobody: at most one pong waits, further pings are dropped. So
/// control frames are counted by what is left of the bytes that the kernel has seen when the messages are taken away.
/// Three system calls, no work for a message. It is done at every visit, and at once when a pong is due: whoever pings
/// gets no second turn beyond the burst. On TLS, whose records hide the count, a turn with a ping counts as a ping of
/// the largest size.
extension LinkLoop {
    /// At a visit of `LinkLoop+Pings`. Closes a link that goes on for too long.
    func checkFloods(_ link: Link) {
        if let since = link.assembledSince, self.now - since > self.limits.messageDurationMax.nanoseconds {
            return self.close(link.id, code: TransportLimits.policyCloseCode, reason: "a message never ends")
        }
        if self.isFlooding(link) { self.endFlooding(link) }
    }

    /// At the end of a turn in which watches have changed: a connection that is to be writable, and does not owe the
    /// socket anything of ours, has been pinged.
    func checkPinged() {
        let count = self.events.askedWritable(&self.pinged)
        for index in 0..<count {
            guard let link = self.table[self.linkOfSocket[self.pinged[index]]] else { continue }
            guard link.isOpen, link.behindSince == nil, !link.wantsWritable else { continue }
            if link.isSecure { link.controlBytes += Self.pingBytesMax }
            if self.isFlooding(link) { self.endFlooding(link) }
        }
    }

    /// A pong has come. A few that nobody asked for are a sign of life too (RFC 6455, 5.5.3). Returns -1 when the
    /// connection is done.
    func pongReceived(_ link: Link) -> Int32 {
        if link.pingedAt == nil { link.unaskedPongs &+= 1 }
        self.heard(link)
        guard link.isOpen, link.unaskedPongs >= Self.pongsBetweenChecks else { return 0 }
        link.unaskedPongs = 0
        guard self.isFlooding(link) else { return 0 }
        self.sayFlooding(link)
        return -1
    }

    /// More of a link that we have closed. What was on its way is ignored; who goes on is read no more: its bytes would
    /// cost as much as those of a link that is open. Returns -1 when the connection is done.
    func receivedLate(_ link: Link, byteCount: Int) -> Int32 {
        link.lateBytes &+= UInt32(clamping: Swift.max(byteCount, TransportLimits.latePieceBytesMin))
        guard link.lateBytes > TransportLimits.lateBytesMax else { return 0 }
        self.penalise(link, for: .flood)
        return -1
    }

    /// Counts what has come since the last time, and says whether it is too much.
    private func isFlooding(_ link: Link) -> Bool {
        guard !link.isDialled else { return false }
        let elapsed = self.now - link.countedAt
        let allowed = UInt64(self.limits.controlBytesPerSecondMax) * Swift.min(elapsed, 1 << 40) / 1_000_000_000
        var control = link.controlBytes
        if link.socket >= 0 {
            let bytes = clws_bytes_read(link.socket)
            let known = link.readBytes + link.messageBytes
            control += bytes.read_min > known ? bytes.read_min - known : 0
            // Too low a count now would make the next too high: then all stays to be counted again.
            if bytes.is_exact == 0 { return control > allowed + UInt64(self.limits.controlBytesBurstMax) }
            link.readBytes = bytes.read_min
        }
        link.controlBytes = control - Swift.min(control, allowed)
        link.messageBytes = 0
        link.countedAt = self.now
        return link.controlBytes > UInt64(self.limits.controlBytesBurstMax)
    }

    /// No answer is awaited, and nothing more is read: the flood would go on in the meantime. Outside callbacks.
    private func endFlooding(_ link: Link) {
        self.sayFlooding(link)
        if let connection = unsafe link.connection { unsafe clws_kill(connection) }
    }

    private func sayFlooding(_ link: Link) {
        let close = LinkClose(code: TransportLimits.policyCloseCode, reason: "too many control frames", side: .us)
        if self.canWrite(link) { self.sendClose(code: close.code, reason: close.reason, on: link) }
        if link.isOpen { link.phase = .cut(close) }
        self.penalise(link, for: .flood)
    }

    /// Where counting begins: behind the handshake.
    func startCounting(_ link: Link, _ connection: OpaquePointer) {
        guard !link.isDialled else { return }
        unsafe self.linkOfSocket[clws_descriptor(connection)] = link.id
        if link.socket >= 0 {
            let bytes = clws_bytes_read(link.socket)
            link.readBytes = bytes.is_exact != 0 ? bytes.read_min : bytes.received
        }
        link.countedAt = self.now
    }

    /// 125 bytes, two of header, four of mask (RFC 6455, 5.5 and 5.2).
    private static var pingBytesMax: UInt64 { 131 }

    /// As many of the smallest as fit into half a burst: counting takes three system calls.
    private static var pongsBetweenChecks: UInt16 { 256 }
}
