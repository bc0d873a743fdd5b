import Glibc

/// A terminal taken for a full-screen program: raw mode, modes on, signals, reading, and writing without ever waiting.
///
/// Owned by one thread, which polls `descriptor` and `signalDescriptor`. Give it up (or call `leave()`) and the
/// terminal is as it was; a fatal signal does the same. One at a time in a process.
@safe package struct TerminalDevice: ~Copyable {
    /// What a read found.
    package enum ReadResult: Equatable, Sendable {
        case bytes(Int)
        /// Nothing now: wait for `descriptor`.
        case nothing
        /// The terminal has gone away.
        case ended
    }

    /// What there is to do after `wait`.
    package struct Readiness: OptionSet, Equatable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// `read`
        package static let input = Readiness(rawValue: 1 << 0)
        /// `flush`
        package static let output = Readiness(rawValue: 1 << 1)
        /// `takeSignals`
        package static let signals = Readiness(rawValue: 1 << 2)
        /// The caller's own descriptor.
        package static let wake = Readiness(rawValue: 1 << 3)
    }

    /// To poll for reading; for writing too while `isDrained` is false.
    package let descriptor: Int32
    /// The modes in force.
    package private(set) var modes: TerminalModes
    private let settings: termios
    private let signals: SignalDelivery
    private var unsent: [UInt8] = []
    private var sentCount = 0
    /// Bytes of requests since the writer was last drained.
    private var requestCount = 0
    /// News taken while stopping, for the next `takeSignals`.
    private var heldNews: SignalNews = []

    /// Opens the terminal and takes it: raw mode, then the modes.
    ///
    /// A fresh open, so that writing without waiting touches no descriptor that the shell shares. `path` may be a
    /// terminal's name or `/proc/self/fd/N` for one that is open. Not a terminal: throws, and `PlainScreen` is the
    /// way.
    package static func open(
        path: String = "/dev/tty", modes: TerminalModes = TerminalModes()
    ) throws(TerminalError) -> TerminalDevice {
        let pipe = try SignalDelivery.makePipe()
        let opened: (descriptor: Int32, settings: termios)
        do {
            opened = try Self.openSettings(path)
        } catch {
            close(pipe.read)
            close(pipe.write)
            throw error
        }
        var device = TerminalDevice(descriptor: opened.descriptor, settings: opened.settings, modes: modes, pipe: pipe)
        try device.enter()
        return device
    }

    private init(
        descriptor: Int32, settings: termios, modes: TerminalModes, pipe: (read: Int32, write: Int32)
    ) {
        self.descriptor = descriptor
        self.settings = settings
        self.modes = modes
        self.signals = SignalDelivery(
            descriptor: descriptor, settings: settings, leave: modes.leave, pipe: pipe)
    }

    private static func openSettings(_ path: String) throws(TerminalError) -> (descriptor: Int32, settings: termios) {
        let descriptor = unsafe Glibc.open(path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TerminalError(.open, code: errno) }
        var settings = termios()
        guard unsafe tcgetattr(descriptor, &settings) == 0 else {
            let code = errno
            close(descriptor)
            throw TerminalError(.readSettings, code: code)
        }
        return (descriptor, settings)
    }

    deinit {
        if self.signals.isActive {
            self.signals.restore()
            self.signals.isActive = false
        }
        close(self.descriptor)
    }

    /// Readable when `takeSignals` has news.
    package var signalDescriptor: Int32 { self.signals.readDescriptor }

    /// Whether the last frame has gone out: only then is the next screen to be compared and sent.
    package var isDrained: Bool { self.sentCount == self.unsent.count }

    /// The window's size; 80 by 24 when the terminal does not know.
    package var size: ScreenSize {
        var window = winsize()
        guard unsafe ioctl(self.descriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else {
            return ScreenSize(columns: 80, rows: 24)
        }
        return ScreenSize(columns: Int(window.ws_col), rows: Int(window.ws_row))
    }

    /// The size of one cell; nil when the terminal does not know.
    package var cellPixels: CellPixels? {
        var window = winsize()
        guard unsafe ioctl(self.descriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else {
            return nil
        }
        return CellPixels(
            width: Int(window.ws_xpixel) / Int(window.ws_col), height: Int(window.ws_ypixel) / Int(window.ws_row))
    }

    /// Reads what has come, up to 4 kB, into `bytes`, which is cleared first.
    package mutating func read(into bytes: inout [UInt8]) throws(TerminalError) -> ReadResult {
        bytes.removeAll(keepingCapacity: true)
        let room = 4096
        var code: Int32 = 0
        var count = 0
        bytes = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, used in
            count = unsafe Glibc.read(self.descriptor, buffer.baseAddress, room)
            code = errno
            used = max(count, 0)
        }
        if count > 0 {
            return .bytes(count)
        }
        if count == 0 || code == EIO {
            return .ended
        }
        guard code == EAGAIN || code == EINTR else { throw TerminalError(.read, code: code) }
        return .nothing
    }

    /// Takes a frame and writes what the terminal takes now. False, and nothing taken, while the last frame is not
    /// out: do not encode then, but try again with the newest screen after `flush`.
    package mutating func send(_ frame: [UInt8]) throws(TerminalError) -> Bool {
        guard self.isDrained else { return false }
        self.unsent = frame
        self.sentCount = 0
        try self.flush()
        return true
    }

    /// Bytes of requests that may wait behind a frame: questions, titles, one copied text.
    package static let requestBytesMax = 131_072

    /// Writes a request (the probe's question, a title, a copy) behind a frame that is on its way. False, and nothing
    /// taken, when too many bytes wait already.
    package mutating func request(_ bytes: [UInt8]) throws(TerminalError) -> Bool {
        let waiting = self.isDrained ? 0 : self.requestCount
        guard waiting + bytes.count <= Self.requestBytesMax else { return false }
        self.requestCount = waiting + bytes.count
        self.unsent += bytes
        try self.flush()
        return true
    }

    /// Switches to other modes, now and after the next stop.
    package mutating func adopt(_ modes: TerminalModes) throws(TerminalError) {
        let change = self.modes.change(to: modes)
        guard try self.request(change) else { return }
        self.modes = modes
    }

    /// Writes what is left of the frame, as far as the terminal takes it.
    package mutating func flush() throws(TerminalError) {
        while self.sentCount < self.unsent.count {
            let (count, code) = unsafe self.unsent.withUnsafeBufferPointer { bytes in
                let left = unsafe UnsafeBufferPointer(rebasing: bytes[self.sentCount...])
                let count = unsafe write(self.descriptor, left.baseAddress, left.count)
                return (count, errno)
            }
            if count > 0 {
                self.sentCount += count
            } else if code == EAGAIN {
                return
            } else if code != EINTR {
                throw TerminalError(.write, code: code)
            }
        }
        self.unsent.removeAll(keepingCapacity: true)
        self.sentCount = 0
    }

    /// Waits for input, signals, the caller's `wake` descriptor (-1 for none), or room for an unsent frame. Nil waits
    /// for ever.
    package func wait(timeout: Duration?, wake: Int32 = -1) throws(TerminalError) -> Readiness {
        let output = self.isDrained ? 0 : Int16(POLLOUT)
        var polled = [
            pollfd(fd: self.descriptor, events: Int16(POLLIN) | output, revents: 0),
            pollfd(fd: self.signals.readDescriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
        ]
        let milliseconds = timeout.map { Self.milliseconds($0) } ?? -1
        let count = unsafe poll(&polled, nfds_t(polled.count), milliseconds)
        guard count >= 0 || errno == EINTR else { throw TerminalError(.wait, code: errno) }
        guard count > 0 else { return [] }
        var readiness: Readiness = []
        if polled[0].revents & ~Int16(POLLOUT) != 0 { readiness.insert(.input) }
        if polled[0].revents & Int16(POLLOUT) != 0 { readiness.insert(.output) }
        if polled[1].revents != 0 { readiness.insert(.signals) }
        if polled[2].revents != 0 { readiness.insert(.wake) }
        return readiness
    }

    /// Takes the signals' news. After `.continued` the terminal is ours again: invalidate the display.
    package mutating func takeSignals() throws(TerminalError) -> SignalNews {
        let news = self.signals.takeNews().union(self.heldNews)
        self.heldNews = []
        if news.contains(.continued) {
            try self.enter()
        }
        return news
    }

    /// Gives the terminal to the shell and stops; returns when the process goes on, with the terminal taken again.
    package mutating func suspend() throws(TerminalError) {
        self.leave()
        self.signals.stop()
        // The SIGCONT that woke us is answered here.
        self.heldNews.formUnion(self.signals.takeNews().subtracting([.continued, .stopAsked]))
        try self.enter()
    }

    /// Restores the terminal and drops an unsent frame; `deinit` does it too. `enter` may follow.
    package mutating func leave() {
        self.unsent.removeAll()
        self.sentCount = 0
        guard self.signals.isActive else { return }
        self.signals.restore()
        self.signals.isActive = false
    }

    /// Takes the terminal (again): raw mode, then the modes. Where they may be on still (a stop that nobody could
    /// catch), they are switched off first, so that none is on twice.
    package mutating func enter() throws(TerminalError) {
        var raw = self.settings
        unsafe cfmakeraw(&raw)
        let mayBeOn = self.signals.isActive
        self.signals.isActive = true
        guard unsafe tcsetattr(self.descriptor, TCSANOW, &raw) == 0 else {
            throw TerminalError(.changeSettings, code: errno)
        }
        self.unsent = (mayBeOn ? self.modes.leave : []) + self.modes.enter
        self.sentCount = 0
        try self.flush()
    }

    /// Rounded up, so that a wait is never shorter than asked.
    private static func milliseconds(_ duration: Duration) -> Int32 {
        let (seconds, attoseconds) = duration.components
        let milliseconds =
            min(max(seconds, 0), 86_400) * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(clamping: max(milliseconds, 0))
    }
}
