import CLibuv
import Glibc
import Synchronization

/// A named thread that runs one closure. Signals stay with the threads that were there before: all are blocked here.
final class LoopThread: Sendable {
    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    private let identifier: Mutex<pthread_t?>

    init(name: String, _ run: @escaping @Sendable () -> Void) throws(TransportError) {
        var thread = pthread_t()
        let body = unsafe Unmanaged.passRetained(Body(name: name, run: run))
        let status = unsafe pthread_create(
            &thread, nil,
            { argument in
                // Proof: the retained `Body` from above; `pthread_create` hands it over exactly once.
                let body = unsafe Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue()
                _ = unsafe pthread_setname_np(pthread_self(), body.name)
                var all = sigset_t()
                unsafe sigfillset(&all)
                unsafe pthread_sigmask(SIG_SETMASK, &all, nil)
                body.run()
                return nil
            }, body.toOpaque())
        guard status == 0 else {
            unsafe body.release()
            throw TransportError(.startThread, code: status)
        }
        self.identifier = Mutex(thread)
    }

    func join() {
        let thread = self.identifier.withLock { identifier in
            defer { identifier = nil }
            return identifier
        }
        if let thread { pthread_join(thread, nil) }
    }
}
