internal import PageReading
package import RepConsole
package import Terminal
internal import Wire

/// A rep's console that is fed from a recording: the same model, the same painter, so the same cells.
package struct ReplayConsole: Sendable {
    /// The rows that show the page as the rep's client would: not the tabs above nor the two lines below.
    package static func pageRows(in size: ScreenSize) -> Range<Int> { 2..<max(size.rows - 2, 2) }

    private let story: SessionStory
    private let track: ReplayTrack
    private var model: Model
    private var memo = PageMemo()
    /// How many steps were taken.
    package private(set) var position = 0
    /// The clock of the replay, microseconds since 1970.
    package private(set) var now: UInt64

    /// A console before the first frame.
    package init(_ story: SessionStory, _ track: ReplayTrack, size: ScreenSize) {
        self.story = story
        self.track = track
        self.now = track.seat?.joined ?? story.opened
        self.model = Self.seated(story, track, size: size, at: self.now)
    }

    /// The page frames' session number: whatever the relay gave, a recording holds one session.
    private static func number(_ track: ReplayTrack) -> UInt32 {
        track.steps.first.flatMap { try? Frame.all(in: $0.bytes).first?.header.session } ?? 1
    }

    private static func moment(_ wall: UInt64) -> Moment {
        Moment(instant: Instant(nanoseconds: wall &* 1_000), wall: wall)
    }

    private static func seated(_ story: SessionStory, _ track: ReplayTrack, size: ScreenSize, at wall: UInt64) -> Model
    {
        let moment = Self.moment(wall)
        let rep = track.seat?.rep ?? ""
        let page = PageFacts(url: story.address, title: "", language: "")
        var model = Model(relay: "", principal: rep, acceptsNext: true, size: size, now: moment)
        let ticket = QueueEntry(
            session: story.session, site: story.site, state: .waiting, waited: 0, page: page, reason: nil, reps: [],
            mine: false, continues: nil)
        let seated = Seated(
            session: story.session, number: Self.number(track), rights: ["view"], page: page, state: .live)
        for message: Message in [
            .linkOpened, .control(.ready(Ready(principal: rep, name: rep))),
            .control(.queue(Queue(tickets: [ticket]))), .control(.seated(seated)),
        ] {
            _ = model.update(message, at: moment)
        }
        return model
    }

    /// Shows the window in another size from now on.
    package mutating func resize(_ size: ScreenSize) {
        _ = self.model.update(.resized(size), at: Self.moment(self.now))
    }

    /// A key for the page's pane: panning and zooming.
    package mutating func press(_ stroke: Stroke) { _ = self.model.update(.key(stroke), at: Self.moment(self.now)) }

    /// Takes every step up to `time`, or begins anew where that lies before now.
    package mutating func show(at time: UInt64) {
        if time < self.now { self.rewind() }
        while self.position < self.track.steps.count, self.track.steps[self.position].at <= time { self.step() }
        self.now = max(self.now, time)
        _ = self.model.update(.tick, at: Self.moment(self.now))
    }

    /// Takes steps until `count` are taken, or begins anew where more were.
    package mutating func show(steps count: Int) {
        if count < self.position { self.rewind() }
        while self.position < min(count, self.track.steps.count) { self.step() }
    }

    private mutating func rewind() {
        self.model = Self.seated(self.story, self.track, size: self.model.size, at: self.story.opened)
        (self.position, self.now) = (0, self.track.seat?.joined ?? self.story.opened)
    }

    private mutating func step() {
        let step = self.track.steps[self.position]
        self.position += 1
        self.now = max(self.now, step.at)
        guard let frame = try? Frame.all(in: step.bytes).first, let meaning = try? FrameReading.meaning(of: frame)
        else {
            return
        }
        switch meaning {
        case .page(let arrival, _): _ = self.model.update(.page(arrival), at: Self.moment(self.now))
        case .cursor(let point):
            let message = Message.cursor(
                number: frame.header.session, captureTime: frame.header.captureTime, point: point)
            _ = self.model.update(message, at: Self.moment(self.now))
        case .control, .nothing: break
        }
    }

    /// The screen as the rep's client would have drawn it, tabs and status included.
    package mutating func screen() -> Screen { ConsoleView.draw(self.model, memo: &self.memo) }
}
