package import RepConsole
package import Terminal
internal import Wire

/// A replay that runs: its clock, its keys and its screen. Pure; told how much time has passed.
package struct ReplayPlayer: Sendable {
    /// Longer pauses of a session are shortened to this while idle time is skipped, in microseconds.
    static let idleMax: UInt64 = 2_000_000
    /// Speeds that the keys step through.
    static let speeds: [Double] = [0.25, 0.5, 1, 2, 4, 8, 16]
    /// How far the arrow keys go, in microseconds.
    static let leap: UInt64 = 5_000_000

    private let story: SessionStory
    private let track: ReplayTrack
    private let isProved: Bool
    private var console: ReplayConsole
    private var time: UInt64
    /// Whether the clock runs.
    package private(set) var isPlaying: Bool
    /// Whether the person has asked to leave.
    package private(set) var isDone = false
    private var speed: Double
    private var skipsIdle = true
    private var showsEvents = false

    /// A replay that starts before the first frame. `isProved`: the recording is whole and as the log says.
    package init(
        _ story: SessionStory, _ track: ReplayTrack, isProved: Bool, size: ScreenSize, speed: Double = 1,
        isPlaying: Bool = true
    ) {
        self.story = story
        self.track = track
        self.isProved = isProved
        self.console = ReplayConsole(story, track, size: size)
        self.time = self.console.now
        self.speed = speed
        self.isPlaying = isPlaying
    }

    private var start: UInt64 { self.track.seat?.joined ?? self.story.opened }
    private var end: UInt64 { max(self.track.steps.last?.at ?? self.start, self.start) }

    /// Microseconds of real time until something changes; nil while the clock stands.
    package var due: UInt64? {
        guard self.isPlaying else { return nil }
        guard let next = self.nextStep else { return nil }
        let wait = next > self.time ? next - self.time : 0
        let shown = self.skipsIdle ? min(wait, Self.idleMax) : wait
        // At least ten times a second, for the clock on the screen.
        return min(UInt64(Double(shown) / self.speed), 100_000)
    }

    private var nextStep: UInt64? {
        self.console.position < self.track.steps.count ? self.track.steps[self.console.position].at : nil
    }

    /// Real time has passed, in microseconds.
    package mutating func advance(by passed: UInt64) {
        guard self.isPlaying else { return }
        guard let next = self.nextStep else {
            self.isPlaying = false
            return
        }
        if self.skipsIdle, next > self.time, next - self.time > Self.idleMax { self.time = next - Self.idleMax }
        self.time = min(self.time + UInt64(Double(passed) * self.speed), self.end)
        self.console.show(at: self.time)
    }

    /// Goes to a moment of the session and shows it.
    package mutating func seek(to time: UInt64) {
        self.time = min(max(time, self.start), self.end)
        self.console.show(at: self.time)
    }

    /// Goes to the moment at which the seat had been sent `count` frames, and shows that.
    package mutating func seek(steps count: Int) {
        self.console.show(steps: count)
        self.time = self.console.now
    }

    /// Goes to the moment at which the seat had been sent everything up to the session's frame `index`.
    package mutating func seek(frame index: UInt64) {
        self.seek(steps: (self.track.steps.lastIndex { $0.index <= index } ?? -1) + 1)
    }

    /// The window has another size.
    package mutating func resize(_ size: ScreenSize) { self.console.resize(size) }

    /// A key was pressed.
    package mutating func press(_ stroke: Stroke) {
        switch stroke.key {
        case .character("q"), .escape: self.isDone = true
        case .character("c") where stroke.isControl: self.isDone = true
        case .character(" "): self.isPlaying.toggle()
        case .character("+"), .character("="): self.changeSpeed(by: 1)
        case .character("-"): self.changeSpeed(by: -1)
        case .character("i"): self.skipsIdle.toggle()
        case .character("e"): self.showsEvents.toggle()
        case .right: self.seek(to: self.time + Self.leap)
        case .left: self.seek(to: self.time > Self.leap ? self.time - Self.leap : 0)
        case .character("."): self.stepOnce(1)
        case .character(","): self.stepOnce(-1)
        case .home: self.seek(to: self.start)
        case .end: self.seek(to: self.end)
        case .character("n"): self.seekEvent(later: true)
        case .character("p"): self.seekEvent(later: false)
        // What remains pans and zooms the page as in the rep's client.
        case .character("z"), .character("h"), .character("j"), .character("k"), .character("l"), .up, .down, .pageUp,
            .pageDown:
            self.console.press(stroke)
        case .character, .enter, .tab, .backTab, .backspace, .help: break
        }
    }

    private mutating func stepOnce(_ change: Int) {
        self.isPlaying = false
        self.seek(steps: max(self.console.position + change, 0))
    }

    private mutating func changeSpeed(by change: Int) {
        let at = Self.speeds.firstIndex { $0 >= self.speed } ?? Self.speeds.count - 1
        self.speed = Self.speeds[min(max(at + change, 0), Self.speeds.count - 1)]
    }

    private mutating func seekEvent(later: Bool) {
        let events = self.story.events.map(\.at)
        let wanted = later ? events.first { $0 > self.time } : events.last { $0 + 1_000_000 < self.time }
        if let wanted { self.seek(to: wanted) }
    }

    /// The page as the rep saw it, between the replay's own lines.
    package mutating func screen() -> Screen {
        var screen = self.console.screen()
        guard screen.rows > 4 else { return screen }
        let lines = ReplayLines(width: screen.columns)
        lines.draw(self.head, row: 0, on: &screen)
        lines.draw(self.status, row: screen.rows - 2, on: &screen)
        lines.draw(Self.keys, row: screen.rows - 1, on: &screen)
        if self.showsEvents { lines.draw(self.events(count: screen.rows / 3), over: &screen) }
        return screen
    }

    private static let keys =
        "Space play  ← → 5 s  , . frame  n p event  + - speed  i idle  e events  z zoom  q quit"

    private var head: String {
        let who = self.track.seat.map { "seat \($0.number): \($0.rep)" } ?? "all frames"
        let proof = self.isProved ? "as the log says" : "a part of what the log says"
        return "Replay of \(self.story.session.text)  \(self.story.site)  \(who)  \(proof)"
    }

    private var status: String {
        let frame = self.console.position > 0 ? self.track.steps[self.console.position - 1].index : 0
        let last = self.story.events.last { $0.at <= self.time }?.name ?? ""
        let (at, whole) = (Self.clock(self.time - self.start), Self.clock(self.end - self.start))
        let speed = self.speed == self.speed.rounded() ? "\(Int(self.speed))" : "\(self.speed)"
        return "\(self.isPlaying ? "▶" : "‖") \(at) of \(whole)  ×\(speed)\(self.skipsIdle ? "  idle skipped" : "")"
            + "  frame \(frame), \(self.console.position) of \(self.track.steps.count)  \(last)"
    }

    private func events(count: Int) -> [String] {
        let past = self.story.events.filter { $0.at <= self.time }
        return past.suffix(count).map { "\(Self.clock($0.at > self.start ? $0.at - self.start : 0))  \($0.name)" }
    }

    /// `1:02:03.4`, `2:03.4`.
    static func clock(_ microseconds: UInt64) -> String {
        func two(_ value: UInt64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let tenths = microseconds / 100_000
        let (hours, minutes, seconds) = (tenths / 36_000, tenths / 600 % 60, tenths / 10 % 60)
        return (hours > 0 ? "\(hours):\(two(minutes))" : "\(minutes)") + ":\(two(seconds)).\(tenths % 10)"
    }
}
