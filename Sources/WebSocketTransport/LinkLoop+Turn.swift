import CLibuv
import CLibwebsockets
import Glibc
import Synchronization
import Wire

/// Life of the loop: making, turning, stopping.
extension LinkLoop {
    /// Makes everything that may fail. On the loop's thread.
    func open() throws(TransportError) {
        try unsafe self.events.start(owner: self.asPointer) { prepare in
            guard let prepare = unsafe prepare else { return }
            unsafe LinkLoop.at(prepare.pointee.data).endTurn()
        } woken: { async in
            guard let async = unsafe async else { return }
            unsafe LinkLoop.at(async.pointee.data).woken()
        }
        TransportLog.connect()
        let name = unsafe self.keep(Self.subprotocol)
        let own = unsafe self.asPointer
        Self.making.withLock { _ in
            unsafe self.context = clws_context_create(
                self.setup, &self.sizes, name, trampoline, self.events.loop, own)
        }
        guard unsafe self.context != nil else { throw TransportError(.makeContext) }
        try self.makeHosts()
        for listener in self.configuration.listeners {
            try unsafe self.events.watch(listener.socket.descriptor, owner: self.asPointer, readable: acceptReady)
        }
        if unsafe self.secureHost != nil {
            try unsafe self.events.watchHellos(self.hellos.descriptor, owner: self.asPointer, readable: helloReady)
        }
        unsafe self.control.attach(self.events.async)
        if !self.configuration.listeners.isEmpty { self.configuration.share.join(self.control) }
        self.startTicks()
    }

    /// Contexts are made one at a time: two threads that make theirs together, and load libwebsockets' plug-in for
    /// libuv on the way, may find a watcher that is not ready (4.1.6).
    private static let making = Mutex(())

    private func makeHosts() throws(TransportError) {
        let listeners = self.configuration.listeners
        if listeners.contains(where: { !$0.isSecure }) {
            unsafe self.plainHost = clws_server_create(
                self.context, self.setup, &self.sizes, self.keep("plain"), nil, nil)
            guard unsafe self.plainHost != nil else { throw TransportError(.makeServer) }
        }
        if listeners.contains(where: \.isSecure) {
            guard let tls = self.configuration.tls else { throw TransportError(.makeServer) }
            unsafe self.secureHost = clws_server_create(
                self.context, self.setup, &self.sizes, self.keep("secure"), self.keep(tls.certificate),
                self.keep(tls.privateKey))
            guard unsafe self.secureHost != nil else { throw TransportError(.makeServer) }
        }
    }

    /// A C string that lives as long as the loop.
    func keep(_ text: String) -> UnsafeMutablePointer<CChar>? {
        guard let copy = unsafe strdup(text) else { return nil }
        unsafe self.hostNames.append(copy)
        return unsafe copy
    }

    /// The protocol that both ends name (RFC 6455, 1.9).
    static var subprotocol: String { "alongside.v1" }

    /// Turns until it is stopped, then takes everything down.
    func run() {
        while self.stopping == nil || !self.isStopped {
            _ = self.events.runTurn()
        }
        self.control.detach()
        self.close()
    }

    private var isStopped: Bool {
        guard let stopping = self.stopping else { return false }
        return self.openCount == 0 || EventLoop.now >= stopping.deadline
    }

    /// The end of a turn: floods, failed dials, then the handler, then the next turn's clock.
    func endTurn() {
        if self.isReadingOn { self.readOn() }
        if self.events.haveWatchesChanged { self.checkPinged() }
        if self.haveDialsFailed {
            let failed = self.failedDials
            self.failedDials.removeAll(keepingCapacity: true)
            for (link, failure) in failed {
                self.deliverDialFailed(link, failure)
            }
        }
        if self.hasNews {
            self.hasNews = false
            self.deliverTurnEnded()
            self.block.forget()
            self.stretches.releaseFrames()
        }
        if self.areLinksBehind { self.cutHalfClosed() }
        self.turnTime = nil
    }

    /// Another thread woke us: to stop, or for the handler's mailbox.
    func woken() {
        if self.stopping == nil, let request = self.control.takeStop() {
            self.beginStop(request)
        }
        if self.control.takeReload(), let tls = self.configuration.tls, let context = unsafe self.context {
            unsafe clws_tls_reload(context, tls.certificate, tls.privateKey)
        }
        self.takeHandovers()
        self.hasNews = true
        self.deliverMailboxWoken()
    }

    private func beginStop(_ request: StopRequest) {
        self.stopping = request
        self.events.closePolls()
        self.endHandovers()
        self.events.disarm(.acceptPause)
        for slot in 0..<self.table.slotCount {
            guard let link = self.table.link(atSlot: slot), link.isOpen else { continue }
            self.close(link.id, code: request.code, reason: request.reason)
        }
        // Wakes the loop at the deadline even when nothing else does.
        let now = EventLoop.now
        let wait = request.deadline > now ? request.deadline - now : 0
        unsafe self.events.arm(.acceptPause, after: wait) { _ in }
    }

    func deadlineFired() {
        guard let deadline = self.deadline else { return }
        let now = EventLoop.now
        guard now >= deadline else {
            self.deadline = nil
            self.setDeadline(deadline)
            return
        }
        self.deadline = nil
        self.hasNews = true
        self.deliverDeadlinePassed()
    }

    /// Frees the context and the loop. Links that are left are reported as closed on the way.
    ///
    /// On a foreign loop libwebsockets needs two calls: the first closes its connections, whose handles libuv closes in
    /// later turns; the second frees the context (4.1.6, context.c and event-libs/libuv).
    func close() {
        if let context = unsafe self.context {
            unsafe clws_context_destroy(context)
            self.events.closePolls()
            for _ in 0..<Self.closingTurnsMax where unsafe self.setup.pointee.finalized != nil {
                self.events.runTurnNow()
            }
            if unsafe self.setup.pointee.finalized != nil {
                unsafe clws_context_destroy(context)
            }
            unsafe self.context = nil
        }
        self.events.close()
    }

    /// libuv closes a handle in the turn after it was asked; connections come first, then timers.
    private static var closingTurnsMax: Int { 8 }
}
