internal import Glibc
internal import Synchronization

/// A POSIX thread that runs one closure and can be joined. Signals are left to the other threads, and so is the
/// processor where one of them wants it at the same time.
final class AuditThread: Sendable {
    private final class Start: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Once a second what was relayed is summed up: without this a service loop on the same core then waits for a whole
    /// slice of the scheduler, 3 ms, at each frame. With it the log still has a quarter of a core that it shares with a
    /// loop that never rests (setpriority(2); sched(7): weights 335 and 1,024), and hashing takes less.
    private static let niceness: Int32 = 5

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
                // On Linux this is the calling thread's alone. Less is always allowed.
                _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, AuditThread.niceness)
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
