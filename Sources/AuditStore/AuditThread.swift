internal import Glibc
internal import Synchronization

/// A POSIX thread that runs one closure and can be joined. Signals are left to the other threads.
final class AuditThread: Sendable {
    private final class Start: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private let thread: Mutex<pthread_t?>
    private let hasEnded: Monitor<Bool>

    init(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let hasEnded = Monitor(false)
        self.hasEnded = hasEnded
        let main = Start {
            body()
            hasEnded.withLock { hasEnded, wake in (hasEnded, wake) = (true, true) }
        }
        // Released once, by the thread's entry, which takes it over.
        let start = unsafe Unmanaged.passRetained(main).toOpaque()
        let code = unsafe pthread_create(
            &thread, nil,
            { context in
                var signals = sigset_t()
                unsafe sigfillset(&signals)
                unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
                // Never nil: it is the `start` given below.
                let start = unsafe Unmanaged<Start>.fromOpaque(context!).takeRetainedValue()
                start.body()
                return nil
            }, start)
        precondition(code == 0, "no thread for the audit log")
        self.thread = Mutex(thread)
    }

    /// Waits for the thread's end while `mayWait` agrees, which is asked many times a second. False: it still runs.
    func join(while mayWait: () -> Bool) -> Bool {
        let hasEnded = self.hasEnded.wait { $0 ? .done(true) : mayWait() ? .wait(20_000) : .done(false) }
        if hasEnded { self.join() }
        return hasEnded
    }

    /// Waits for the thread's end; later calls return at once.
    func join() {
        let thread = self.thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        if let thread { pthread_join(thread, nil) }
    }
}
