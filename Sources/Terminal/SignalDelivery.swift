import Glibc

/// What the signals asked for since the last look.
package struct SignalNews: OptionSet, Equatable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// SIGWINCH: ask for the size again.
    package static let resized = SignalNews(rawValue: 1 << 0)
    /// SIGTSTP: call `TerminalDevice.suspend()`.
    package static let stopAsked = SignalNews(rawValue: 1 << 1)
    /// SIGCONT: the device has taken the terminal back if it had stopped; paint everything.
    package static let continued = SignalNews(rawValue: 1 << 2)
}

/// The terminal's state for signal handlers: everything they need, prepared, in memory that never moves.
///
/// Made and freed by `SignalDelivery`; read by handlers, which only call functions that POSIX lists as
/// async-signal-safe.
@safe struct EmergencyState {
    let descriptor: Int32
    let newsDescriptor: Int32
    var settings: termios
    let leave: UnsafeMutablePointer<UInt8>
    let leaveCount: Int
    /// Whether our modes are on; false while stopped, so that nothing is written over the shell.
    var isActive: Bool

    /// The one device's state; nil when there is none.
    // Safe: written only by `SignalDelivery` on the device's thread, before handlers are set and after they are taken
    // away, so its initialiser has run before any handler reads it.
    nonisolated(unsafe) static var current: UnsafeMutablePointer<EmergencyState>? = nil

    /// How long a handler waits in all for a terminal that takes no bytes: the process must end even so.
    private static let drainMillisecondsMax: Int32 = 200

    /// Writes the reset bytes and restores the settings. Async-signal-safe: `write`, `poll`, `tcsetattr` only.
    func restore() {
        var written = 0
        var patience = Self.drainMillisecondsMax
        while written < self.leaveCount, patience > 0 {
            let count = unsafe write(self.descriptor, self.leave + written, self.leaveCount - written)
            if count > 0 {
                written += count
            } else {
                var ready = pollfd(fd: self.descriptor, events: Int16(POLLOUT), revents: 0)
                unsafe poll(&ready, 1, 20)
                patience -= 20
            }
        }
        var settings = self.settings
        unsafe tcsetattr(self.descriptor, TCSANOW, &settings)
    }
}

/// Owns the process's signal handlers while a terminal device is open, and puts the old ones back.
///
/// Owned by the device, on its thread.
@safe struct SignalDelivery: ~Copyable {
    /// End the process after restoring the terminal; the parent sees the signal.
    private static let fatal = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT]
    /// Become news.
    private static let news = [SIGWINCH, SIGTSTP, SIGCONT]
    /// A stack for handlers, so that a stack overflow can still restore the terminal.
    private static let stackBytes = 65_536

    private let state: UnsafeMutablePointer<EmergencyState>
    private let stack: UnsafeMutableRawPointer
    private var saved: [(signal: Int32, action: sigaction)] = []
    /// Readable when there is news.
    let readDescriptor: Int32

    /// The pipe that carries news. Throws when another device is open.
    static func makePipe() throws(TerminalError) -> (read: Int32, write: Int32) {
        guard unsafe EmergencyState.current == nil else { throw TerminalError(.secondDevice) }
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw TerminalError(.makePipe, code: errno) }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        return (ends[0], ends[1])
    }

    /// Sets the handlers, for a terminal at `descriptor` with its `settings` as found. Takes over the pipe.
    init(descriptor: Int32, settings: termios, leave: [UInt8], pipe: (read: Int32, write: Int32)) {
        self.readDescriptor = pipe.read
        let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: leave.count)
        unsafe bytes.initialize(from: leave, count: leave.count)
        unsafe self.state = .allocate(capacity: 1)
        unsafe self.state.initialize(
            to: EmergencyState(
                descriptor: descriptor, newsDescriptor: pipe.write, settings: settings, leave: bytes,
                leaveCount: leave.count, isActive: false))
        unsafe self.stack = .allocate(byteCount: Self.stackBytes, alignment: 16)
        unsafe EmergencyState.current = unsafe self.state
        self.setHandlers()
    }

    deinit {
        for (signal, action) in self.saved {
            var action = action
            _ = unsafe sigaction(signal, &action, nil)
        }
        var none = unsafe stack_t(ss_sp: nil, ss_flags: Int32(SS_DISABLE), ss_size: 0)
        _ = unsafe sigaltstack(&none, nil)
        unsafe EmergencyState.current = nil
        close(self.readDescriptor)
        unsafe close(self.state.pointee.newsDescriptor)
        unsafe self.state.pointee.leave.deallocate()
        unsafe self.state.deallocate()
        unsafe self.stack.deallocate()
    }

    /// Whether a fatal signal must restore the terminal.
    var isActive: Bool {
        get { unsafe self.state.pointee.isActive }
        nonmutating set { unsafe self.state.pointee.isActive = newValue }
    }

    /// Writes the reset bytes and restores the settings, as the handlers do.
    func restore() {
        unsafe self.state.pointee.restore()
    }

    /// Takes the news that came.
    func takeNews() -> SignalNews {
        var news: SignalNews = []
        var bytes = [UInt8](repeating: 0, count: 64)
        while case let count = unsafe read(self.readDescriptor, &bytes, bytes.count), count > 0 {
            for byte in bytes.prefix(count) {
                switch Int32(byte) {
                case SIGWINCH: news.insert(.resized)
                case SIGTSTP: news.insert(.stopAsked)
                case SIGCONT: news.insert(.continued)
                default: break
                }
            }
        }
        return news
    }

    /// Stops the process as the shell expects: with SIGTSTP's own action. Returns when it goes on, or at once where
    /// the kernel does not stop (an orphaned process group). The signal goes to this thread, so that nothing runs on
    /// before the stop.
    func stop() {
        var standard = sigaction()
        unsafe standard.__sigaction_handler.sa_handler = SIG_DFL
        var ours = sigaction()
        _ = unsafe sigaction(SIGTSTP, &standard, &ours)
        var open = sigset_t()
        var before = sigset_t()
        unsafe sigemptyset(&open)
        unsafe sigaddset(&open, SIGTSTP)
        unsafe pthread_sigmask(SIG_UNBLOCK, &open, &before)
        raise(SIGTSTP)
        unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        _ = unsafe sigaction(SIGTSTP, &ours, nil)
    }

    private mutating func setHandlers() {
        var stack = unsafe stack_t(ss_sp: self.stack, ss_flags: 0, ss_size: Self.stackBytes)
        _ = unsafe sigaltstack(&stack, nil)
        for signal in Self.fatal {
            self.set(signal) { signal in
                if let state = unsafe EmergencyState.current, unsafe state.pointee.isActive {
                    unsafe state.pointee.restore()
                }
                var standard = sigaction()
                unsafe standard.__sigaction_handler.sa_handler = SIG_DFL
                _ = unsafe sigaction(signal, &standard, nil)
                // Held back until the handler returns, then it ends the process.
                raise(signal)
            }
        }
        for signal in Self.news {
            self.set(signal) { signal in
                let before = errno
                var byte = UInt8(truncatingIfNeeded: signal)
                if let state = unsafe EmergencyState.current {
                    // A full pipe holds news enough.
                    _ = unsafe write(state.pointee.newsDescriptor, &byte, 1)
                }
                errno = before
            }
        }
    }

    private mutating func set(_ signal: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = handler
        action.sa_flags = SA_RESTART | Int32(SA_ONSTACK)
        unsafe sigfillset(&action.sa_mask)
        var old = sigaction()
        if unsafe sigaction(signal, &action, &old) == 0 {
            self.saved.append((signal, old))
        }
    }
}
