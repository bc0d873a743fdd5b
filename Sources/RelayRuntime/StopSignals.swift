internal import Glibc

/// SIGTERM, SIGINT, SIGHUP and SIGUSR1, taken by waiting for them instead of by a handler. The main thread's.
package struct StopSignals {
    private var set = sigset_t()

    /// Blocks them for this thread and for every thread that it starts from now on.
    package init() {
        unsafe sigemptyset(&self.set)
        unsafe sigaddset(&self.set, SIGTERM)
        unsafe sigaddset(&self.set, SIGINT)
        unsafe sigaddset(&self.set, SIGHUP)
        unsafe sigaddset(&self.set, SIGUSR1)
        unsafe pthread_sigmask(SIG_BLOCK, &self.set, nil)
        // A peer that is gone is noticed by the write's error.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Asks the waiting thread to stop the daemon, as SIGTERM does. Any thread.
    package static func askToStop() { _ = kill(getpid(), SIGTERM) }

    /// Waits for a signal to stop and names it; meanwhile calls `beat` once each interval, `reload` for a SIGHUP and
    /// `figures` for a SIGUSR1.
    package func wait(
        every interval: Duration?, reload: () -> Void = {}, figures: () -> Void = {}, beat: () -> Void
    ) -> String {
        while true {
            var set = self.set
            let taken: Int32
            if let interval {
                var time = timespec(
                    tv_sec: Int(interval.components.seconds),
                    tv_nsec: Int(interval.components.attoseconds / 1_000_000_000))
                taken = unsafe sigtimedwait(&set, nil, &time)
            } else {
                taken = unsafe sigwaitinfo(&set, nil)
            }
            switch taken {
            case SIGTERM: return "SIGTERM"
            case SIGINT: return "SIGINT"
            case SIGHUP: reload()
            case SIGUSR1: figures()
            default: beat()
            }
        }
    }
}
