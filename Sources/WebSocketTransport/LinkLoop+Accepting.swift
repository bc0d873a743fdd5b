import CLibuv
import CLibwebsockets
import Glibc

/// A listening socket is readable. Runs on the loop's thread.
let acceptReady: uv_poll_cb = { poll, status, _ in
    guard let poll = unsafe poll else { return }
    let loop = unsafe LinkLoop.at(poll.pointee.data)
    var descriptor: Int32 = -1
    unsafe uv_fileno(UnsafeRawPointer(poll).assumingMemoryBound(to: uv_handle_t.self), &descriptor)
    loop.accept(from: descriptor)
}

/// Taking connections in: our own accept loop, so that limits and back-off are ours.
extension LinkLoop {
    func accept(from listening: Int32) {
        guard let listener = self.configuration.listeners.first(where: { $0.socket.descriptor == listening })
        else { return }
        for _ in 0..<self.limits.acceptBurstMax {
            switch Acceptance(from: listening) {
            case .connection(let descriptor, let peer):
                self.acceptPause = self.limits.acceptPauseMin.nanoseconds
                self.admit(descriptor, peer, isSecure: listener.isSecure)
            case .none:
                return
            case .lost:
                continue
            case .exhausted:
                self.pauseAccepting()
                return
            }
        }
    }

    /// Counts the connection against the limits of its address, then gives it to the loop with the fewest.
    private func admit(_ descriptor: Int32, _ peer: PeerAddress, isSecure: Bool) {
        switch self.configuration.ledger.admit(peer, limits: self.limits, now: self.now) {
        case .admitted:
            self.place(Handover(descriptor: descriptor, peer: peer, isSecure: isSecure))
            return
        case .addressFull: self.counted.refusedByAddress += 1
        case .penalised: self.counted.refusedByPenalty += 1
        case .dropped: self.counted.droppedEarly += 1
        }
        _ = Glibc.close(descriptor)
    }

    /// A loop that has stopped in between, or is far behind, leaves the connection to this one.
    private func place(_ connection: Handover) {
        let chosen = self.configuration.share.place(from: self.control)
        guard chosen !== self.control else { return self.takeIn(connection) }
        if chosen.handOver(connection, countMax: self.limits.handoverCountMax) {
            self.counted.handedOver += 1
        } else {
            self.configuration.share.move(from: chosen, to: self.control)
            self.takeIn(connection)
        }
    }

    /// Connections that other loops accepted for this one.
    func takeHandovers() {
        for connection in self.control.takeHandovers(atMost: self.limits.acceptBurstMax) { self.takeIn(connection) }
    }

    /// A connection that was placed on this loop: at once, or with TLS when its ClientHello is there.
    private func takeIn(_ connection: Handover) {
        if connection.isSecure { self.awaitHello(connection) } else { self.adopt(connection) }
    }

    /// From here on this loop is given nothing; what waited is closed.
    func endHandovers() {
        self.configuration.share.leave(self.control)
        for connection in self.control.endHandovers() { self.discard(connection) }
        self.endHellos()
    }

    /// Gives a connection that was placed on this loop to libwebsockets, which owns the descriptor from here on.
    func adopt(_ connection: Handover) {
        guard self.table.count < self.limits.connectionCountMax else {
            self.counted.refusedByCount += 1
            self.discard(connection)
            return
        }
        self.boundSendBuffer(connection.descriptor)
        self.counted.accepted += 1
        let limits = self.limits
        let link = self.table.insert { id in
            Link(
                id: id, peer: connection.peer, isSecure: connection.isSecure, phase: .handshaking, isDialled: false,
                limits: limits)
        }
        link.isStarting = true
        link.heardAt = self.now
        let host = unsafe connection.isSecure ? self.secureHost : self.plainHost
        if unsafe clws_adopt(host, connection.descriptor, link.id.word) == nil {
            self.release(link)
        }
    }

    /// Closes a connection that was admitted and placed on this loop.
    func discard(_ connection: Handover) {
        _ = Glibc.close(connection.descriptor)
        self.configuration.ledger.release(connection.peer, isStarting: true, now: self.now)
        self.configuration.share.move(from: self.control, to: nil)
    }

    /// An open link's peer did what costs its address: from a few such on it is refused at the door for a while.
    package func penaliseForLogin(_ link: LinkID) {
        guard let link = self.table[link] else { return }
        self.penalise(link, for: .refusedLogin)
    }

    /// Counts what a connection did wrong against its address.
    func penalise(_ link: Link, for offence: ConnectionGate.Offence) {
        guard !link.isDialled else { return }
        self.configuration.ledger.penalise(link.peer, for: offence, limits: self.limits, now: self.now)
    }

    /// A connection that ends before it has said what it wants: too late, or in pieces that nobody can read.
    func penaliseUnfinished(_ link: Link) {
        guard case .handshaking = link.phase, self.stopping == nil else { return }
        let patience = UInt64(self.limits.handshakeSeconds) * 1_000_000_000
        // libwebsockets counts whole seconds: half a second early is late enough.
        if self.now - link.heardAt + 500_000_000 >= patience { self.penalise(link, for: .lateHandshake) }
    }

    /// Before the handshake, so that no byte was ever sent from a larger buffer. A failure leaves the kernel's choice:
    /// lag is then seen later, nothing else.
    private func boundSendBuffer(_ descriptor: Int32) {
        var bytes = self.limits.socketSendBytes
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Stops accepting for a while: without descriptors the readable socket would wake us for ever.
    private func pauseAccepting() {
        self.counted.acceptPauses += 1
        self.events.pausePolls()
        let pause = self.acceptPause
        self.acceptPause = Swift.min(pause * 2, self.limits.acceptPauseMax.nanoseconds)
        unsafe self.events.arm(.acceptPause, after: pause) { timer in
            guard let timer = unsafe timer else { return }
            unsafe LinkLoop.at(timer.pointee.data).events.resumePolls(acceptReady)
        }
    }

    /// The connection is gone: its slot and its place in the ledger are free.
    func release(_ link: Link) {
        guard self.table[link.id] != nil else { return }
        link.phase = .ended
        unsafe link.connection = nil
        self.table.remove(link.id)
        if !link.isDialled {
            self.configuration.ledger.release(link.peer, isStarting: link.isStarting, now: self.now)
            self.configuration.share.move(from: self.control, to: nil)
        }
    }
}
