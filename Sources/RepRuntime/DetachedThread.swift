import Glibc

/// A thread for one piece of work that may wait for a person.
enum DetachedThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// Runs `work` once on a thread that nobody waits for. False when the process may have no more threads.
    ///
    /// Signals stay with the threads that were there before: all are blocked on this one.
    static func run(_ work: @escaping @Sendable () -> Void) -> Bool {
        var thread = pthread_t()
        let body = unsafe Unmanaged.passRetained(Body(run: work))
        let status = unsafe pthread_create(
            &thread, nil,
            { argument in
                // Proof: the retained `Body` from above; `pthread_create` hands it over exactly once.
                let body = unsafe Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue()
                var all = sigset_t()
                unsafe sigfillset(&all)
                unsafe pthread_sigmask(SIG_SETMASK, &all, nil)
                body.run()
                return nil
            }, body.toOpaque())
        guard status == 0 else {
            unsafe body.release()
            return false
        }
        pthread_detach(thread)
        return true
    }
}
