package import Terminal
package import Wire

/// Everything the rep's console knows: what the screen shows is a function of this value.
///
/// Pure: no clock, no IO, no randomness. Owned by the UI thread.
package struct Model: Sendable {
    /// Which tab is shown.
    package enum Focus: Equatable, Sendable {
        case queue
        case session(Int)
    }

    /// A question that the next key answers.
    enum Question: Equatable, Sendable {
        case leave(SessionID)
        case quit
    }

    /// A sentence for the status line, for a while.
    struct Notice: Equatable, Sendable {
        var text: String
        var isWarning: Bool
        var until: Instant
    }

    /// As many tabs as keys 1 to 9 reach.
    static let tabCountMax = 9
    /// How long a sentence stays on the status line.
    static let noticeDuration: Duration = .seconds(6)
    /// A second Ctrl-C within this quits.
    static let interruptDuration: Duration = .seconds(2)
    /// Attempts before a relay that never answered counts as unreachable: about four seconds.
    static let firstDialAttemptMax = 4

    /// The address dialled.
    package let relay: String
    package let principal: String
    /// Takes the first waiting ticket unasked (`--accept-next`).
    package let acceptsNext: Bool
    /// Whether seats are asked for with the shopper's cursor (not with `--no-cursor`).
    package let wantsCursor: Bool

    package internal(set) var link: LinkState = .dialling
    /// The rep's own name as the relay gives it; empty before the first login.
    package internal(set) var repName = ""
    package internal(set) var queue = QueueList()
    package internal(set) var sessions: [OpenSession] = []
    package internal(set) var focus: Focus = .queue
    package internal(set) var size: ScreenSize
    var question: Question?
    /// The page of the help that covers the screen; nil while none does.
    package internal(set) var helpPage: Int?
    /// The tab chosen in the list of the shopper's other tabs; nil while the list is closed.
    var chosenTab: Int?
    var notice: Notice?
    /// The first stroke of a two-stroke key.
    var pendingStroke: Stroke?
    var interruptedAt: Instant?
    /// Dials since the last login that worked.
    var dialAttempt = 0
    var hasBeenReady = false
    /// The token for the next link: spent with its use.
    var resumeToken: String?
    /// The challenge that was answered with a token; nil once the relay has accepted or refused that.
    var resumedChallenge: Challenge?
    var hasFocus = true
    /// The cell of the page's pane that the mouse is over; nil elsewhere, and after a key.
    var hover: Position?
    /// The same when the last keys came: the mouse rests there. Nil once it has left the page, or clicked.
    var pointed: Position?
    /// When `tick` last came: what counts seconds is due a second later, however many other messages come between.
    var lastTickAt: Instant
    /// Views of all sessions changed so often.
    var viewChangeCount: UInt64 = 0
    package internal(set) var now: Moment

    package init(
        relay: String, principal: String, acceptsNext: Bool = false, wantsCursor: Bool = true, size: ScreenSize,
        now: Moment
    ) {
        self.relay = relay
        self.principal = principal
        self.acceptsNext = acceptsNext
        self.wantsCursor = wantsCursor
        self.size = size
        self.now = now
        self.lastTickAt = now.instant
    }

    /// What to do when the program starts.
    package func start() -> [Effect] { [.dial(after: .zero)] }

    /// The session that is shown; nil while the queue is.
    package var shownIndex: Int? {
        switch self.focus {
        case .queue: nil
        case .session(let index): self.sessions.indices.contains(index) ? index : nil
        }
    }

    package var shown: OpenSession? { self.shownIndex.map { self.sessions[$0] } }

    func index(of session: SessionID) -> Int? { self.sessions.firstIndex { $0.id == session } }

    func index(ofNumber number: UInt32) -> Int? { self.sessions.firstIndex { $0.number == number } }

    /// Shows a sentence for a while.
    mutating func say(_ text: String, warning: Bool = false) {
        self.notice = Notice(text: text, isWarning: warning, until: self.now.instant + Self.noticeDuration)
    }

    /// When a `tick` is next needed to keep the screen true; nil when nothing on it depends on time.
    package var deadline: Instant? {
        var times: [Instant] = []
        if let notice = self.notice { times.append(notice.until) }
        let nextSecond = self.lastTickAt + .seconds(1)
        if case .pausing(let until, _) = self.link { times.append(min(until, nextSecond)) }
        let showsAge = self.shown.map { $0.staleSince != nil } ?? false
        let showsWaits = self.focus == .queue && !self.queue.rows.isEmpty
        if showsAge || showsWaits || self.isAwaitingKeyframe { times.append(nextSecond) }
        if let due = self.lookDeadline { times.append(due) }
        if let press = self.shown?.press { times.append(press.at + SessionMarks.pressDuration) }
        return times.min()
    }

    /// Whether a live session asked for a keyframe that has not come.
    var isAwaitingKeyframe: Bool {
        self.sessions.contains { session in
            guard session.presence == .live, case .missing(let asked) = session.base else { return false }
            return asked != nil
        }
    }
}

/// How long marks on the page are shown.
package enum SessionMarks {
    /// The ring round a press.
    package static let pressDuration: Duration = .milliseconds(300)
}
