import RepConsole
import Terminal
import Wire

/// The console on a terminal: one thread that waits for keys, signals, the mailbox and room for output.
struct TerminalFront: ~Copyable {
    /// At most 60 frames a second; the first after a pause is drawn at once.
    private static let frameInterval: Duration = .microseconds(16_700)

    private var shell: RepShell
    private var device: TerminalDevice
    private var parser = InputParser()
    private var probe: CapabilityProbe
    private var display: Display
    /// Whether pictures may be pixels.
    private let showsPixels: Bool
    private var mayHaveChanged = true
    /// The first frame waits until then for the terminal to say what it can do.
    private var probeEndsAt: Instant
    private var lastFrameAt = Instant(nanoseconds: 0)
    private var input: [UInt8] = []
    private var events: [InputEvent] = []

    init(
        _ shell: consuming RepShell, device: consuming TerminalDevice, environment: TerminalEnvironment,
        showsPixels: Bool
    ) {
        self.shell = shell
        self.device = device
        self.probe = CapabilityProbe(environment)
        self.display = Display(options: self.probe.capabilities.outputOptions())
        self.showsPixels = showsPixels
        self.probeEndsAt = SystemClock.moment.instant + CapabilityProbe.answerDelay
    }

    /// Runs until the console ends; the terminal is as it was when this returns.
    consuming func run() -> Ending {
        do throws(TerminalError) {
            self.shell.take(.resized(self.device.size), at: SystemClock.moment)
            _ = try self.device.send(self.probe.request)
            while self.shell.ending == nil {
                try self.turn()
            }
        } catch {
            self.shell.end(.failed(why: "The terminal failed: \(error)."))
        }
        // Best effort: a terminal that is gone has no pictures.
        _ = try? self.device.send(self.display.farewell)
        self.device.leave()
        let ending = self.shell.ending ?? .done
        self.shell.finish()
        return ending
    }

    private mutating func turn() throws(TerminalError) {
        let now = SystemClock.moment.instant
        if self.isFrameDue(at: now) {
            try self.draw(at: now)
        }
        let timeout = self.nextDeadline(at: now).map { $0.duration(since: SystemClock.moment.instant) }
        let readiness = try self.device.wait(timeout: timeout, wake: self.shell.mailboxDescriptor)
        let then = SystemClock.moment
        if readiness.contains(.output) {
            try self.device.flush()
            self.noteWritten()
        }
        if readiness.contains(.signals) { try self.takeSignals(at: then) }
        if readiness.contains(.input) { try self.readInput(at: then) }
        self.parser.flush(now: Self.sinceStart(then.instant), into: &self.events)
        self.takeEvents(at: then)
        if readiness.contains(.wake), self.shell.takeMail(at: then) { self.mayHaveChanged = true }
        if self.shell.passTime(at: then) { self.mayHaveChanged = true }
        try self.fulfil(self.shell.takeWishes(), at: then)
    }

    private func isFrameDue(at now: Instant) -> Bool {
        self.mayHaveChanged && self.device.isDrained && now >= self.frameSlot
            && (self.probe.isComplete || now >= self.probeEndsAt)
    }

    private var frameSlot: Instant { self.lastFrameAt + Self.frameInterval }

    private func nextDeadline(at now: Instant) -> Instant? {
        var times: [Instant] = []
        if let deadline = self.shell.deadline { times.append(deadline) }
        if let held = self.parser.deadline { times.append(Instant(nanoseconds: 0) + held) }
        if self.mayHaveChanged, self.device.isDrained {
            times.append(self.probe.isComplete ? self.frameSlot : max(self.frameSlot, self.probeEndsAt))
        }
        return times.min()
    }

    private mutating func draw(at now: Instant) throws(TerminalError) {
        self.mayHaveChanged = false
        self.lastFrameAt = now
        self.display.options = self.probe.capabilities.outputOptions(
            window: self.device.cellPixels, pixels: self.showsPixels)
        var frame: [UInt8] = []
        self.display.append(self.shell.screen(), into: &frame)
        self.shell.latency?.frameDrawn(changesScreen: !frame.isEmpty)
        guard !frame.isEmpty else { return }
        _ = try self.device.send(frame)
        self.noteWritten()
    }

    private mutating func noteWritten() {
        guard self.device.isDrained, self.shell.latency != nil else { return }
        self.shell.latency?.frameWritten(wall: SystemClock.wallMicroseconds)
    }

    private mutating func takeSignals(at now: Moment) throws(TerminalError) {
        let news = try self.device.takeSignals()
        if news.contains(.stopAsked) { try self.suspend(at: now) }
        if !news.isDisjoint(with: [.resized, .continued]) { self.resized(at: now) }
    }

    private mutating func readInput(at now: Moment) throws(TerminalError) {
        switch try self.device.read(into: &self.input) {
        case .bytes: self.parser.feed(self.input, now: Self.sinceStart(now.instant), into: &self.events)
        case .nothing: break
        case .ended: self.shell.end(.failed(why: "The terminal is gone."))
        }
    }

    private mutating func takeEvents(at now: Moment) {
        guard !self.events.isEmpty else { return }
        let events = self.events
        self.events.removeAll(keepingCapacity: true)
        for event in events {
            if case .reply(let reply) = event {
                self.replied(reply, at: now)
            } else if let message = InputMeaning.message(for: event) {
                self.shell.take(message, at: now)
            }
        }
        self.mayHaveChanged = true
    }

    private mutating func replied(_ reply: TerminalReply, at now: Moment) {
        self.probe.replied(reply)
        if case .size(let size) = reply {
            self.shell.take(.resized(size), at: now)
            self.display.invalidate()
        }
    }

    private mutating func fulfil(_ wishes: RepShell.TerminalWishes, at now: Moment) throws(TerminalError) {
        if wishes.contains(.redraw) { self.resized(at: now) }
        if wishes.contains(.suspend) { try self.suspend(at: now) }
        if wishes.contains(.bell) { _ = try self.device.send([0x07]) }
    }

    private mutating func suspend(at now: Moment) throws(TerminalError) {
        try self.device.suspend()
        self.resized(at: SystemClock.moment)
    }

    /// Whatever the terminal shows now, all of it is drawn again, in its present size.
    private mutating func resized(at now: Moment) {
        self.shell.take(.resized(self.device.size), at: now)
        self.display.invalidate()
        self.mayHaveChanged = true
    }

    /// The parser counts time from any start; the monotonic clock's is as good as another.
    private static func sinceStart(_ instant: Instant) -> Duration {
        .nanoseconds(Int64(clamping: instant.nanoseconds))
    }
}
