import CLibuv
import CLibwebsockets
import Glibc

/// Somebody in the queue of ClientHellos is to be looked at. Runs on the loop's thread.
let helloReady: uv_poll_cb = { poll, _, _ in
    guard let poll = unsafe poll else { return }
    unsafe LinkLoop.at(poll.pointee.data).takeHellos()
}

/// A handshake has come to a ClientHello. Runs on the loop's thread, inside OpenSSL.
let helloAsked: clws_hello_callback = { tls, _, loop in
    unsafe LinkLoop.with(loop) { unsafe $0.mayAnswerHello(isSecond: clws_is_second_hello(tls) != 0) } ? 1 : 0
}

/// TLS handshakes begin a few a turn, so that the links of the loop wait for no more than that many signatures, and
/// beside open links not before the loop's time is theirs again.
extension LinkLoop {
    /// Has the connection wait for its ClientHello.
    func awaitHello(_ connection: Handover) {
        guard self.hellos.add(connection, now: self.now) else { return self.discard(connection) }
        if self.hellos.count == 1 { self.armHelloDeadline() }
    }

    /// Begins handshakes, as many as a turn may; the others find the queue readable in the next, or after the pause.
    func takeHellos() {
        let start = EventLoop.spent
        self.beginHandshakes()
        self.pauseHellos(after: EventLoop.spent - start)
    }

    /// While links are open, handshakes take only a part of the loop's time.
    private var arePaced: Bool { self.openCount > 0 && self.limits.secureAcceptPercentageMax < 100 }

    /// While links are open, what handshakes took is the part of the loop's time that is theirs.
    func pauseHellos(after spent: UInt64) {
        guard self.arePaced else { return }
        self.events.pauseHellos()
        let pause = self.helloPace.pause(after: spent, now: EventLoop.now, limits: self.limits)
        unsafe self.events.arm(.helloPause, after: pause) { timer in
            guard let timer = unsafe timer else { return }
            unsafe LinkLoop.at(timer.pointee.data).events.resumeHellos(helloReady)
        }
    }

    private func beginHandshakes() {
        for _ in 0..<self.limits.secureAcceptBurstMax {
            switch self.hellos.next() {
            case .ready(let connection):
                self.helloPace.began(now: EventLoop.now, limits: self.limits)
                self.adopt(connection)
            case .gone(let connection): self.discard(connection)
            case nil: return
            }
        }
    }

    /// Whether a handshake goes on with this ClientHello: the first of its connection has waited for its turn.
    func mayAnswerHello(isSecond: Bool) -> Bool {
        !isSecond || !self.arePaced || self.helloPace.allowsSecond(now: EventLoop.now, limits: self.limits)
    }

    /// Nobody comes in from here on.
    func endHellos() {
        for connection in self.hellos.close() { self.discard(connection) }
    }

    private var helloPatience: UInt64 { UInt64(self.limits.handshakeSeconds) * 1_000_000_000 }

    private func armHelloDeadline() {
        guard let oldest = self.hellos.oldest else { return self.events.disarm(.hello) }
        let due = oldest + self.helloPatience
        unsafe self.events.arm(.hello, after: due > self.now ? due - self.now : 0) { timer in
            guard let timer = unsafe timer else { return }
            unsafe LinkLoop.at(timer.pointee.data).dropLateHellos()
        }
    }

    /// Who has not begun in the time of a handshake goes; who has said nothing until then, or half of it, pays for it.
    private func dropLateHellos() {
        let now = EventLoop.now
        for connection in self.hellos.takeLate(before: now - Swift.min(now, self.helloPatience)) {
            if !HelloQueue.isWhole(connection) {
                self.configuration.ledger.penalise(connection.peer, for: .lateHandshake, limits: self.limits, now: now)
            }
            self.discard(connection)
        }
        self.armHelloDeadline()
    }
}
