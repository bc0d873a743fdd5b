internal import Glibc

/// A value behind a lock, with one thread that waits for it to change.
///
/// `Mutex` of the standard library has no condition to wait on, and the audit thread must sleep until there is work.
/// The lock is held for a few instructions only: nobody who comes to it waits for the disk.
// Sendable by hand: `state` is touched only between lock and unlock; mutex and condition live until `deinit`.
@safe final class Monitor<State>: @unchecked Sendable {
    /// What the waiting thread does next.
    enum Verdict<Result> {
        case done(Result)
        /// Sleep until woken, or for so many microseconds.
        case wait(UInt64?)
    }

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state: State

    init(_ state: sending State) {
        self.state = state
        unsafe pthread_mutex_init(self.mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(self.condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(self.condition)
        unsafe pthread_mutex_destroy(self.mutex)
        unsafe self.condition.deallocate()
        unsafe self.mutex.deallocate()
    }

    /// Runs `body` on the value. The waiting thread is woken if `body` says so.
    func withLock<Result>(_ body: (_ state: inout State, _ wake: inout Bool) -> Result) -> Result {
        unsafe pthread_mutex_lock(self.mutex)
        var wake = false
        let result = body(&self.state, &wake)
        unsafe pthread_mutex_unlock(self.mutex)
        if wake { unsafe pthread_cond_signal(self.condition) }
        return result
    }

    /// Runs `body` on the value, at once and after every wake or passed time, until it is done. One thread only.
    func wait<Result>(_ body: (inout State) -> Verdict<Result>) -> Result {
        unsafe pthread_mutex_lock(self.mutex)
        defer { unsafe pthread_mutex_unlock(self.mutex) }
        while true {
            switch body(&self.state) {
            case .done(let result): return result
            case .wait(nil): unsafe pthread_cond_wait(self.condition, self.mutex)
            case .wait(.some(let microseconds)):
                var until = timespec()
                unsafe clock_gettime(CLOCK_MONOTONIC, &until)
                let nanoseconds = until.tv_nsec + Int(microseconds % 1_000_000) * 1_000
                until.tv_sec += Int(microseconds / 1_000_000) + nanoseconds / 1_000_000_000
                until.tv_nsec = nanoseconds % 1_000_000_000
                unsafe pthread_cond_timedwait(self.condition, self.mutex, &until)
            }
        }
    }
}
