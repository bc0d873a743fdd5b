import CLibuv
import Glibc
import Synchronization

/// How a loop is to stop.
struct StopRequest: Sendable {
    let code: UInt16
    let reason: String

    /// Monotonic nanoseconds after which links are no longer waited for.
    let deadline: UInt64
}

/// What other threads share with a loop: the wake-up, the order to stop, the news that it started.
///
/// Waking goes through libuv's `uv_async_send` and not `lws_cancel_service`: both are allowed from any thread, but the
/// async handle joins wakes that come together without a system call each, and wakes nobody's protocol callbacks.
final class LoopControl: Sendable {
    private struct State {
        var wakeUp: WakeUp?
        var stop: StopRequest?
        var reloadsCertificates = false

        /// Connections that other loops accepted for this one; nil when it takes no more.
        var handovers: [Handover]? = []
    }

    /// The loop's async handle. Sendable by hand: used only under `state`, and detached there before it is closed.
    @safe private struct WakeUp: @unchecked Sendable {
        let handle: UnsafeMutablePointer<uv_async_t>
    }

    /// Nil until the loop has started or failed to.
    private enum Start: Sendable {
        case pending
        case done(TransportError?)
    }

    private let state = Mutex(State())
    private let start = Mutex(Start.pending)
    private let started = Signal()

    /// From now on `wake` reaches the loop.
    func attach(_ handle: UnsafeMutablePointer<uv_async_t>) {
        let wakeUp = unsafe WakeUp(handle: handle)
        self.state.withLock { state in
            state.wakeUp = wakeUp
        }
    }

    /// From now on it does not.
    func detach() {
        self.state.withLock { state in
            state.wakeUp = nil
        }
    }

    /// Any thread.
    func wake() {
        self.state.withLock { state in
            if let wakeUp = state.wakeUp { unsafe _ = uv_async_send(wakeUp.handle) }
        }
    }

    /// Any thread. The first request counts.
    func requestStop(_ request: StopRequest) {
        self.state.withLock { state in
            if state.stop == nil { state.stop = request }
            if let wakeUp = state.wakeUp { unsafe _ = uv_async_send(wakeUp.handle) }
        }
    }

    /// Any thread.
    func requestReload() {
        self.state.withLock { state in
            state.reloadsCertificates = true
            if let wakeUp = state.wakeUp { unsafe _ = uv_async_send(wakeUp.handle) }
        }
    }

    /// On the loop's thread; true once for any number of requests.
    func takeReload() -> Bool {
        self.state.withLock { state in
            defer { state.reloadsCertificates = false }
            return state.reloadsCertificates
        }
    }

    /// Any thread. Gives the loop a connection; false when it has stopped or `countMax` of them wait: it stays with the
    /// caller then.
    func handOver(_ handover: Handover, countMax: Int) -> Bool {
        self.state.withLock { state in
            guard let count = state.handovers?.count, count < countMax, let wakeUp = state.wakeUp else { return false }
            state.handovers?.append(handover)
            unsafe _ = uv_async_send(wakeUp.handle)
            return true
        }
    }

    /// On the loop's thread: the oldest of the connections that wait. The loop is woken again for the others.
    func takeHandovers(atMost countMax: Int) -> [Handover] {
        self.state.withLock { state in
            guard let all = state.handovers, !all.isEmpty else { return [] }
            state.handovers = Array(all.dropFirst(countMax))
            if all.count > countMax, let wakeUp = state.wakeUp { unsafe _ = uv_async_send(wakeUp.handle) }
            return Array(all.prefix(countMax))
        }
    }

    /// On the loop's thread: takes no more from here on. Returns what waited, which the caller now owns.
    func endHandovers() -> [Handover] {
        self.state.withLock { state in
            defer { state.handovers = nil }
            return state.handovers ?? []
        }
    }

    /// On the loop's thread.
    func takeStop() -> StopRequest? { self.state.withLock { $0.stop } }

    func report(_ error: TransportError?) {
        self.start.withLock { $0 = .done(error) }
        self.started.signal()
    }

    func awaitStart() -> TransportError? {
        self.started.wait()
        return self.start.withLock { start in
            if case .done(let error) = start { return error }
            return nil
        }
    }
}

/// A semaphore of the system for one event.
@safe final class Signal: Sendable {
    // Shared by design: a semaphore is what threads share, and it is destroyed only when nobody holds it.
    private nonisolated(unsafe) let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        unsafe self.semaphore = .allocate(capacity: 1)
        unsafe sem_init(self.semaphore, 0, 0)
    }

    deinit {
        unsafe sem_destroy(self.semaphore)
        unsafe self.semaphore.deallocate()
    }

    func signal() { unsafe sem_post(self.semaphore) }

    func wait() {
        while unsafe sem_wait(self.semaphore) != 0 {}
    }
}

/// A loop seen from other threads.
package final class ServiceLoopHandle: Sendable {
    private let control: LoopControl
    private let thread: LoopThread

    init(control: LoopControl, thread: LoopThread) {
        self.control = control
        self.thread = thread
    }

    /// Has `mailboxWoken` called soon, once for any number of wakes. Nothing happens when the loop has stopped.
    package func wake() { self.control.wake() }

    /// Has the loop serve TLS connections that come from now on with what stands in its files. Links that stand keep
    /// what they have. Call it when `TLSFiles.problem` finds nothing: a loop cannot tell, and then keeps the old pair.
    package func reloadCertificates() { self.control.requestReload() }

    /// Begins a graceful stop: no new connections, every link closed with this code and reason. The thread ends when
    /// the
    /// last link is gone or `patience` is over. Returns at once.
    package func requestStop(code: UInt16 = 1001, reason: String = "", patience: Duration = .seconds(10)) {
        let deadline = EventLoop.now + patience.nanoseconds
        self.control.requestStop(StopRequest(code: code, reason: reason, deadline: deadline))
    }

    /// Waits for the thread to end. From any thread but the loop's; only the first call waits.
    package func join() { self.thread.join() }
}
