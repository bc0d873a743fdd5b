package import AuditReplay
internal import PageReading
internal import PageView
internal import RepConsole
internal import Wire

/// What happens on a stage, and when.
package struct StageTimeline: Sendable {
    /// One event.
    package struct Event: Equatable, Sendable {
        /// Microseconds since 1970.
        package let at: UInt64
        package let what: What
    }

    /// What happened.
    package enum What: Equatable, Sendable {
        /// Another page, or another viewport: everything anew. `url` and `title` are the page's words.
        case page(url: String, title: String, width: Int, height: Int, StageNode)
        case changes([StageChange])
        /// In px of the viewport; nil when it left the page.
        case cursor(x: Int, y: Int)
        case cursorGone
        /// `down`, `up` or `tap`.
        case press(x: Int, y: Int, String)
    }

    /// In order.
    package private(set) var events: [Event] = []

    private var stage = Stage()
    private var view: View?
    /// The sequence of the last page frame that was applied; nil while a keyframe is waited for.
    private var base: UInt32?

    /// The timeline of what a track shows, with the rules of a rep's client.
    package init(_ track: ReplayTrack) {
        for step in track.steps {
            guard let frame = try? Frame.all(in: step.bytes).first,
                let meaning = try? FrameReading.meaning(of: frame)
            else { continue }
            switch meaning {
            case .page(let arrival, _): self.take(arrival, at: step.at)
            case .cursor(let point?):
                self.add(.cursor(x: Self.whole(point.x), y: Self.whole(point.y)), at: step.at)
            case .cursor(nil): self.add(.cursorGone, at: step.at)
            case .control, .nothing: break
            }
        }
    }

    private mutating func add(_ what: What, at: UInt64) { self.events.append(Event(at: at, what: what)) }

    private mutating func take(_ arrival: PageArrival, at: UInt64) {
        let follows = self.base.map { $0 &+ 1 == arrival.sequence } ?? false
        guard arrival.isKeyframe || follows, case .success(let frame) = arrival.content else {
            self.base = nil
            return
        }
        self.base = arrival.sequence
        switch frame {
        case .keyframe(let view): self.show(view, at: at)
        case .delta(let delta):
            guard var view = self.view, (try? view.apply(delta)) != nil else {
                self.base = nil
                return
            }
            self.show(view, at: at)
        case .scroll(let scroll):
            guard var view = self.view else { return }
            view.apply(scroll)
            self.show(view, at: at)
        case .press(let press):
            self.add(
                .press(x: Self.whole(press.point.x), y: Self.whole(press.point.y), press.what.rawValue), at: at)
        }
    }

    private mutating func show(_ view: View, at: UInt64) {
        let isSame = self.view.map { $0.page == view.page && $0.viewport == view.viewport && $0.ground == view.ground }
        self.view = view
        guard isSame ?? false else {
            let node = self.stage.begin(view)
            let (width, height) = (Self.whole(view.viewport.width), Self.whole(view.viewport.height))
            return self.add(
                .page(url: view.page.url, title: view.page.title, width: width, height: height, node), at: at)
        }
        let changes = self.stage.change(to: view)
        if !changes.isEmpty { self.add(.changes(changes), at: at) }
    }

    private static func whole(_ value: Double) -> Int { Int(min(max(value, -1e7), 1e7).rounded()) }
}
