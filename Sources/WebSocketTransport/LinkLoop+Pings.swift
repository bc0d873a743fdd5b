import CLibuv
import CLibwebsockets
import Wire

/// Signs of life. libwebsockets' own checks keep a sorted list and stall a loop of 10,000 links for seconds; here one
/// timer visits a few links at a time (`VisitPace`), so that every link is seen once in an eighth of `pingInterval`.
extension LinkLoop {
    private var visitPace: VisitPace {
        VisitPace(slots: self.table.slotCount, round: self.limits.pingInterval.nanoseconds / 8)
    }

    func startTicks() { self.armTick(after: self.visitPace.interval) }

    private func armTick(after nanoseconds: UInt64) {
        unsafe self.events.arm(.tick, after: nanoseconds) { timer in
            guard let timer = unsafe timer else { return }
            unsafe LinkLoop.at(timer.pointee.data).tick()
        }
    }

    /// Three quarters of `pingInterval` to all of it, at random: links that came together do not ping together.
    func drawPingDelay(_ link: Link) {
        let interval = self.limits.pingInterval.nanoseconds
        link.pingAfter = interval - UInt64.random(in: 0...(interval / 4))
    }

    private func tick() {
        let pace = self.visitPace
        for _ in 0..<pace.visits {
            if self.nextSlot >= self.table.slotCount { self.nextSlot = 0 }
            if let link = self.table.link(atSlot: self.nextSlot) { self.visit(link) }
            self.nextSlot += 1
        }
        self.armTick(after: pace.interval)
    }

    private func visit(_ link: Link) {
        switch link.phase {
        case .open:
            self.visitOpen(link)
        case .closing(let close, let since, _), .peerClosing(let close, let since):
            if self.now - since > self.limits.closeWaitMax.nanoseconds { self.cut(link, close) }
        case .handshaking, .upgrading, .answering, .dialing, .cut, .ended:
            break
        }
    }

    private func visitOpen(_ link: Link) {
        self.checkFloods(link)
        guard link.isOpen else { return }
        if let since = link.behindSince {
            // No ping gets through behind a partial write, so silence proves nothing: the stall itself counts.
            if self.now - since > self.limits.sendStallMax.nanoseconds { self.cut(link, .lost) }
            return
        }
        let silence = self.now - link.heardAt
        if let pinged = link.pingedAt {
            let grace = self.limits.hangUpInterval.nanoseconds - self.limits.pingInterval.nanoseconds
            if silence >= self.limits.hangUpInterval.nanoseconds, self.now - pinged >= grace { self.cutSilent(link) }
        } else if silence >= link.pingAfter {
            self.ping(link)
        }
    }

    /// Cuts a link that answers no ping. A frozen page may still read: the close frame tells it why. What the socket
    /// does not take at once is lost with the link, because an answer is not to be expected.
    private func cutSilent(_ link: Link) {
        if self.canWrite(link) {
            self.sendClose(code: self.limits.silenceCloseCode, reason: "\(CloseCode.timedOut.sentence)", on: link)
        }
        // A send that failed has cut it already.
        if link.isOpen { self.cut(link, .lost) }
    }

    /// A ping with a payload: libwebsockets does not report an empty pong.
    private func ping(_ link: Link) {
        guard self.canWrite(link.id) else { return }
        link.pingedAt = self.now
        self.drawPingDelay(link)
        self.sendControl(opcode: 0x9, [UInt8(ascii: "a")], on: link)
    }
}
