import CLibuv
import Glibc

/// One libuv loop and the handles that a service loop needs on it. Confined to the loop's thread after `init`.
///
/// libuv runs timers, then `prepare`, then waits and runs what became ready: so `prepare` is the end of a turn, the
/// last
/// thing before the loop may sleep, with everything of the turn behind it (libuv 1.44, `uv_run`).
@safe final class EventLoop {
    /// The timers.
    enum Timer: Int, CaseIterable {
        case deadline, tick, acceptPause, hello, helloPause
    }

    let loop: UnsafeMutablePointer<uv_loop_t>
    let prepare: UnsafeMutablePointer<uv_prepare_t>
    let async: UnsafeMutablePointer<uv_async_t>

    /// By `Timer.rawValue`.
    private let timers: [UnsafeMutablePointer<uv_timer_t>]

    /// Watchers of listening sockets.
    private(set) var polls: [UnsafeMutablePointer<uv_poll_t>]

    /// The watcher of the queue of ClientHellos, which no pause concerns.
    private var helloPolls: [UnsafeMutablePointer<uv_poll_t>]

    init() throws(TransportError) {
        unsafe self.loop = .allocate(capacity: 1)
        unsafe self.prepare = .allocate(capacity: 1)
        unsafe self.async = .allocate(capacity: 1)
        unsafe self.timers = Timer.allCases.map { _ in .allocate(capacity: 1) }
        unsafe self.polls = []
        unsafe self.helloPolls = []
        let status = unsafe uv_loop_init(self.loop)
        guard status == 0 else { throw TransportError(.makeLoop, code: -status) }
    }

    /// Starts the handles. `owner` becomes the `data` of each and outlives the loop.
    func start(
        owner: UnsafeMutableRawPointer, turnEnded: @escaping uv_prepare_cb, woken: @escaping uv_async_cb
    ) throws(TransportError) {
        let status = unsafe uv_async_init(self.loop, self.async, woken)
        guard status == 0 else { throw TransportError(.makeLoop, code: -status) }
        unsafe uv_prepare_init(self.loop, self.prepare)
        for index in unsafe self.timers.indices {
            unsafe uv_timer_init(self.loop, self.timers[index])
            unsafe self.timers[index].pointee.data = unsafe owner
        }
        unsafe self.async.pointee.data = unsafe owner
        unsafe self.prepare.pointee.data = unsafe owner
        unsafe uv_prepare_start(self.prepare, turnEnded)
    }

    /// Watches a listening socket for connections.
    func watch(
        _ descriptor: Int32, owner: UnsafeMutableRawPointer, readable: @escaping uv_poll_cb
    ) throws(TransportError) {
        unsafe self.polls.append(try self.makePoll(descriptor, owner: owner, readable: readable))
    }

    /// Watches the queue of ClientHellos.
    func watchHellos(
        _ descriptor: Int32, owner: UnsafeMutableRawPointer, readable: @escaping uv_poll_cb
    ) throws(TransportError) {
        unsafe self.helloPolls.append(try self.makePoll(descriptor, owner: owner, readable: readable))
    }

    private func makePoll(
        _ descriptor: Int32, owner: UnsafeMutableRawPointer, readable: @escaping uv_poll_cb
    ) throws(TransportError) -> UnsafeMutablePointer<uv_poll_t> {
        let poll = UnsafeMutablePointer<uv_poll_t>.allocate(capacity: 1)
        let status = unsafe uv_poll_init(self.loop, poll, descriptor)
        guard status == 0 else {
            unsafe poll.deallocate()
            throw TransportError(.listen, code: -status)
        }
        unsafe poll.pointee.data = unsafe owner
        unsafe uv_poll_start(poll, Int32(UV_READABLE.rawValue), readable)
        return unsafe poll
    }

    func pausePolls() {
        for index in unsafe self.polls.indices {
            unsafe uv_poll_stop(self.polls[index])
        }
    }

    func resumePolls(_ readable: @escaping uv_poll_cb) {
        for index in unsafe self.polls.indices {
            unsafe uv_poll_start(self.polls[index], Int32(UV_READABLE.rawValue), readable)
        }
    }

    /// Looks at the queue of ClientHellos no more until `resumeHellos`.
    func pauseHellos() {
        for index in unsafe self.helloPolls.indices { unsafe uv_poll_stop(self.helloPolls[index]) }
    }

    func resumeHellos(_ readable: @escaping uv_poll_cb) {
        for index in unsafe self.helloPolls.indices {
            unsafe uv_poll_start(self.helloPolls[index], Int32(UV_READABLE.rawValue), readable)
        }
    }

    /// Closes the watchers; the sockets stay open.
    func closePolls() {
        unsafe self.polls += self.helloPolls
        unsafe self.helloPolls.removeAll()
        for index in unsafe self.polls.indices {
            unsafe uv_close(UnsafeMutableRawPointer(self.polls[index]).assumingMemoryBound(to: uv_handle_t.self)) {
                handle in
                unsafe UnsafeMutableRawPointer(handle)?.deallocate()
            }
        }
        unsafe self.polls.removeAll()
    }

    /// Fires once after `nanoseconds`, rounded up to the next millisecond.
    func arm(_ timer: Timer, after nanoseconds: UInt64, _ callback: @escaping uv_timer_cb) {
        let milliseconds = nanoseconds / 1_000_000 + (nanoseconds % 1_000_000 == 0 ? 0 : 1)
        unsafe uv_timer_start(self.timers[timer.rawValue], callback, milliseconds, 0)
    }

    func disarm(_ timer: Timer) { unsafe uv_timer_stop(self.timers[timer.rawValue]) }

    /// Runs one turn, waiting when there is nothing to do. False when no handle is left.
    func runTurn() -> Bool { unsafe uv_run(self.loop, UV_RUN_ONCE) != 0 }

    /// Runs one turn without waiting.
    func runTurnNow() { unsafe _ = uv_run(self.loop, UV_RUN_NOWAIT) }

    /// Closes our handles, runs the loop dry and frees it. Nothing of libwebsockets is left on it.
    func close() {
        self.closePolls()
        let handles =
            unsafe [
                UnsafeMutableRawPointer(self.prepare), UnsafeMutableRawPointer(self.async),
            ] + self.timers.map { UnsafeMutableRawPointer($0) }
        for index in unsafe handles.indices {
            unsafe uv_close(handles[index].assumingMemoryBound(to: uv_handle_t.self), nil)
        }
        while self.runTurn() {}
        let status = unsafe uv_loop_close(self.loop)
        precondition(status == 0, "a handle outlived its loop")
        for index in unsafe handles.indices {
            unsafe handles[index].deallocate()
        }
        unsafe self.loop.deallocate()
    }

    /// Whether something is watched for other events than when the loop last waited: connections that came or fell
    /// behind, and pongs that are due. One load.
    var haveWatchesChanged: Bool { unsafe cuv_have_watches_changed(self.loop) != 0 }

    /// The descriptors that are watched for being writable from now on, at most as many as there is room for.
    func askedWritable(_ descriptors: inout [Int32]) -> Int {
        let count = unsafe cuv_asked_writable(self.loop, &descriptors, Int32(descriptors.count))
        return Int(count)
    }

    /// Monotonic nanoseconds.
    static var now: UInt64 { uv_hrtime() }

    /// Nanoseconds for which the calling thread has had a processor.
    static var spent: UInt64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
