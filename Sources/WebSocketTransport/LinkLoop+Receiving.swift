import CLibwebsockets
import Wire

/// From pieces of WebSocket frames to whole messages.
extension LinkLoop {
    /// Any data is a sign of life.
    func heard(_ link: Link) {
        link.heardAt = self.now
        link.pingedAt = nil
    }

    /// One piece of an open link: libwebsockets cuts frames at `receiveBytes`, the peer cuts messages into frames. The
    /// bytes are copied once, into the buffer that becomes the shared frame.
    func received(_ link: Link, _ connection: OpaquePointer, _ bytes: UnsafeRawBufferPointer) {
        self.heard(link)
        if bytes.count >= TransportLimits.largePieceBytes, !link.isReadingOn { self.noteReadingOn(link) }
        guard unsafe clws_is_binary(connection) != 0 else {
            self.close(link.id, code: 1003, reason: "binary messages only")
            return
        }
        let remaining = unsafe clws_remaining(connection)
        if remaining == 0 {
            link.fragmentCount += 1
        }
        link.messageBytes += UInt64(bytes.count + (remaining == 0 ? Self.frameHeaderBytesMax : 0))
        let isFinal = unsafe clws_is_final(connection) != 0
        let have = link.assembledCount + bytes.count
        // `remaining` is what the peer claims, up to 2^63: compared before anything is added to it.
        guard have <= link.messageBytesMax, remaining <= UInt64(link.messageBytesMax - have),
            link.fragmentCount <= self.limits.fragmentsPerMessageMax
        else {
            self.close(link.id, code: link.oversizeCloseCode, reason: "message too big")
            return
        }
        if isFinal, link.assembledCount == 0 {
            // Nearly every message: one frame, one piece.
            link.fragmentCount = 0
            link.assembly = nil
            link.assembledSince = nil
            var message = FrameBuffer(capacity: bytes.count)
            unsafe message.append(bytes)
            self.hasNews = true
            self.deliverMessage(link.id, message)
            return
        }
        // Room for the whole frame at once: within the limit, and untouched pages of it cost nothing.
        var assembly = link.assembly.take() ?? FrameBuffer(capacity: have + Int(remaining))
        unsafe assembly.append(bytes)
        if isFinal {
            link.fragmentCount = 0
            link.assembledCount = 0
            link.assembledSince = nil
            self.hasNews = true
            self.deliverMessage(link.id, assembly)
        } else {
            link.assembly = consume assembly
            link.assembledCount = have
            if link.assembledSince == nil { link.assembledSince = self.now }
        }
    }

    /// A large piece has come: more may wait in the socket.
    private func noteReadingOn(_ link: Link) {
        link.isReadingOn = true
        self.readingOn.append(link.id)
        self.isReadingOn = true
    }

    /// Reads on where large frames come, a few times a turn: what came together leaves together, in fewer and larger
    /// sends, each of which costs the kernel less a byte. libwebsockets by itself reads once a turn.
    func readOn() {
        for _ in 1..<TransportLimits.readsPerTurnMax where self.isReadingOn {
            self.isReadingOn = false
            let links = self.readingOn
            self.readingOn.removeAll(keepingCapacity: true)
            for id in links {
                guard let link = self.table[id] else { continue }
                link.isReadingOn = false
                // TLS may hold back bytes of its own, and libwebsockets knows of them.
                guard link.isOpen, link.socket >= 0, let connection = unsafe link.connection else { continue }
                unsafe clws_read(connection)
            }
        }
        self.isReadingOn = false
        for id in self.readingOn { self.table[id]?.isReadingOn = false }
        self.readingOn.removeAll(keepingCapacity: true)
    }

    /// Two bytes, eight of length, four of mask (RFC 6455, 5.2).
    private static var frameHeaderBytesMax: Int { 14 }
}
