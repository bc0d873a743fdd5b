internal import Glibc
internal import RepConsole
package import Terminal
internal import Wire

/// A replay on a terminal: one thread that waits for keys, signals and the next frame.
package struct ReplayFront: ~Copyable {
    private var player: ReplayPlayer
    private var device: TerminalDevice
    private var parser = InputParser()
    private var probe: CapabilityProbe
    private var display: Display
    private var input: [UInt8] = []
    private var events: [InputEvent] = []
    private var mayHaveChanged = true
    private var probeEndsAt: Duration

    /// A front on `device` that shows `player`.
    package init(_ player: ReplayPlayer, device: consuming TerminalDevice, environment: TerminalEnvironment) {
        self.player = player
        self.device = device
        self.probe = CapabilityProbe(environment)
        self.display = Display(options: self.probe.capabilities.outputOptions(pixels: false))
        self.probeEndsAt = Self.now + CapabilityProbe.answerDelay
    }

    /// Runs until the person leaves; the terminal is as it was when this returns.
    package consuming func run() throws(TerminalError) {
        self.player.resize(self.device.size)
        _ = try self.device.send(self.probe.request)
        var last = Self.now
        while !self.player.isDone {
            try self.draw()
            let due = self.player.due.map { Duration.microseconds(Int64(clamping: max($0, 10_000))) }
            let untilProbed = self.probe.isComplete ? nil : max(self.probeEndsAt - Self.now, .milliseconds(1))
            let wait = [due, self.mayHaveChanged ? untilProbed : nil, self.parser.deadline.map { $0 - Self.now }]
                .compactMap { $0 }.min()
            let readiness = try self.device.wait(timeout: wait.map { max($0, .zero) })
            let now = Self.now
            if readiness.contains(.output) { try self.device.flush() }
            if readiness.contains(.signals) { try self.takeSignals() }
            if readiness.contains(.input) { try self.readInput(at: now) }
            self.parser.flush(now: now, into: &self.events)
            self.takeEvents()
            if self.player.isPlaying {
                self.player.advance(by: UInt64(clamping: (now - last).nanosecondsClamped / 1_000))
                self.mayHaveChanged = true
            }
            last = now
        }
        self.device.leave()
    }

    private mutating func draw() throws(TerminalError) {
        guard self.mayHaveChanged, self.device.isDrained, self.probe.isComplete || Self.now >= self.probeEndsAt else {
            return
        }
        self.mayHaveChanged = false
        self.display.options = self.probe.capabilities.outputOptions(pixels: false)
        var frame: [UInt8] = []
        self.display.append(self.player.screen(), into: &frame)
        if !frame.isEmpty { _ = try self.device.send(frame) }
    }

    private mutating func takeSignals() throws(TerminalError) {
        let news = try self.device.takeSignals()
        if news.contains(.stopAsked) { try self.device.suspend() }
        if !news.isDisjoint(with: [.resized, .continued, .stopAsked]) { self.resized() }
    }

    private mutating func resized() {
        self.player.resize(self.device.size)
        self.display.invalidate()
        self.mayHaveChanged = true
    }

    private mutating func readInput(at now: Duration) throws(TerminalError) {
        switch try self.device.read(into: &self.input) {
        case .bytes: self.parser.feed(self.input, now: now, into: &self.events)
        case .nothing: break
        case .ended: self.player.press(Stroke(.escape))
        }
    }

    private mutating func takeEvents() {
        guard !self.events.isEmpty else { return }
        let events = self.events
        self.events.removeAll(keepingCapacity: true)
        for event in events {
            if case .reply(let reply) = event {
                self.probe.replied(reply)
            } else if case .key(let stroke)? = InputMeaning.message(for: event) {
                self.player.press(stroke)
            }
        }
        self.mayHaveChanged = true
    }

    /// The monotonic clock.
    private static var now: Duration {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
