/// Which keys do what, where: one table that the dispatch, the help and the hint line read.
struct KeyMap: Sendable {
    /// Where a binding holds.
    enum Place: Sendable {
        case everywhere, queue, session
    }

    /// One line of the help. The first stroke of `keys` is the one shown in hints.
    struct Binding: Sendable {
        let place: Place
        /// Sequences of one or two strokes.
        let keys: [[Stroke]]
        let command: Command
        /// For the help.
        let words: String
        /// For the last line; nil where it would only crowd it.
        let hint: String?
    }

    let bindings: [Binding]

    /// What a stroke means after the stroke before it.
    enum Match: Equatable {
        case command(Command)
        /// The first stroke of a sequence.
        case pending
        case nothing
    }

    /// Looks up `stroke`, typed after `pending` (nil when no sequence is under way). The place's own binding goes
    /// first.
    func match(_ stroke: Stroke, after pending: Stroke?, in place: Place) -> Match {
        let sequence = pending.map { [$0, stroke] } ?? [stroke]
        let usable = self.bindings.filter { $0.place == place } + self.bindings.filter { $0.place == .everywhere }
        if let binding = usable.first(where: { $0.keys.contains(sequence) }) {
            return .command(binding.command)
        }
        guard pending == nil else { return .nothing }
        return usable.contains { $0.keys.contains { $0.count == 2 && $0.first == stroke } } ? .pending : .nothing
    }

    /// The bindings with a hint that hold in `place`, most useful first: the way to all keys, then the place's own.
    func hints(in place: Place) -> [Binding] {
        let usable = self.bindings.filter { $0.hint != nil && ($0.place == place || $0.place == .everywhere) }
        return usable.filter { $0.command == .help } + usable.filter { $0.command != .help }
    }

    private static func binding(
        _ place: Place, _ keys: [[Stroke]], _ command: Command, _ words: String, hint: String? = nil
    ) -> Binding {
        Binding(place: place, keys: keys, command: command, words: words, hint: hint)
    }

    /// The keys of `field` conventions: vi's letters, arrows beside them, nothing that needs AltGr.
    static let standard = KeyMap(bindings: Self.queue + Self.session + Self.everywhere)

    private static let queue = [
        Self.binding(
            .queue, [[Stroke(.enter)]], .accept, "accept, or join again", hint: "accept"),
        Self.binding(.queue, [[.character("j")], [Stroke(.down)]], .moveDown, "next ticket", hint: "down"),
        Self.binding(.queue, [[.character("k")], [Stroke(.up)]], .moveUp, "ticket before", hint: "up"),
        Self.binding(
            .queue, [[.character("g"), .character("g")], [Stroke(.home)]], .moveFirst, "first ticket"),
        Self.binding(.queue, [[.character("G")], [Stroke(.end)]], .moveLast, "last ticket"),
        Self.binding(.queue, [[Stroke(.pageDown)], [.control("d")]], .movePageDown, "a page of tickets down"),
        Self.binding(.queue, [[Stroke(.pageUp)], [.control("u")]], .movePageUp, "a page of tickets up"),
    ]

    private static let session = [
        Self.binding(.session, [[.character("0")]], .fit, "whole width of the page", hint: "fit"),
        Self.binding(.session, [[.character("=")]], .readable, "readable size", hint: "readable"),
        Self.binding(.session, [[.character("z")]], .zoomOut, "smaller", hint: "smaller"),
        Self.binding(.session, [[.character("Z")]], .zoomIn, "larger", hint: "larger"),
        Self.binding(.session, [[.character("F")]], .follow, "follow the cursor, or not", hint: "follow"),
        Self.binding(.session, [[.character("/")]], .find, "find words on the page", hint: "find"),
        Self.binding(.session, [[.character("n")]], .findNext, "next place found"),
        Self.binding(.session, [[.character("N")]], .findPrevious, "place found before"),
        Self.binding(
            .session, [[.character("r")], [.character("v")]], .read, "the page as lines, or drawn", hint: "read"),
        Self.binding(.session, [[.character("H")], [Stroke(.left)]], .panLeft, "look left"),
        Self.binding(.session, [[.character("J")], [Stroke(.down)]], .panDown, "look down"),
        Self.binding(.session, [[.character("K")], [Stroke(.up)]], .panUp, "look up"),
        Self.binding(.session, [[.character("L")], [Stroke(.right)]], .panRight, "look right"),
        Self.binding(.session, [[Stroke(.pageDown)]], .panPageDown, "a pane down"),
        Self.binding(.session, [[Stroke(.pageUp)]], .panPageUp, "a pane up"),
        Self.binding(.session, [[Stroke(.home)]], .panTop, "top of the page"),
        Self.binding(.session, [[Stroke(.end)]], .panBottom, "bottom of the page"),
        Self.binding(.session, [[.character("t")]], .tabs, "the shopper's other tabs"),
        Self.binding(.session, [[.character("i")]], .finer, "finer picture under mouse"),
        Self.binding(.session, [[.character("e")]], .lookInside, "look inside what scrolls"),
        Self.binding(.session, [[.character("x")]], .leave, "leave the session", hint: "leave"),
    ]

    private static let everywhere =
        [
            Self.binding(.everywhere, [[.character("?")], [Stroke(.help)]], .help, "these keys", hint: "keys"),
            Self.binding(
                .everywhere, [[Stroke(.tab)], [.character("g"), .character("t")]], .nextTab, "next tab",
                hint: "next tab"),
            Self.binding(
                .everywhere, [[Stroke(.backTab)], [.character("g"), .character("T")]], .previousTab, "tab before"),
            Self.binding(.everywhere, [[.control("g")], [Stroke(.escape)]], .showQueue, "the queue"),
            Self.binding(.everywhere, [[.control("l")]], .redraw, "draw the screen again"),
            Self.binding(.everywhere, [[.control("z")]], .suspend, "back to the shell until fg"),
            Self.binding(.everywhere, [[.character("q")]], .quit, "quit", hint: "quit"),
            Self.binding(.everywhere, [[.control("c")]], .interrupt, "quit, when typed twice"),
        ]
        + (1...Model.tabCountMax).map { number in
            let digit = Character(String(number))
            return Self.binding(
                .everywhere, [[.character(digit)], [.alt(digit)]], .tab(number - 1), "session \(number)")
        }
}
