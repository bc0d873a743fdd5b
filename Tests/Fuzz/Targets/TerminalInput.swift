import Terminal

extension FuzzTarget {
    /// `k` and what a terminal sends, or `t`, a place, and text to be shown.
    static func input(_ input: [UInt8]) throws(BrokenPromise) {
        let rest = Array(input.dropFirst())
        switch input.first {
        case UInt8(ascii: "k"): try Self.keys(rest)
        case UInt8(ascii: "t"): try Self.text(rest)
        case .some, nil: break
        }
    }

    /// The events of all bytes at once and of the bytes one by one.
    private static func keys(_ bytes: [UInt8]) throws(BrokenPromise) {
        let now = Duration.seconds(1)
        var whole = InputParser()
        var events: [InputEvent] = []
        whole.feed(bytes, now: now, into: &events)
        var split = InputParser()
        var splitEvents: [InputEvent] = []
        for byte in bytes {
            split.feed([byte], now: now, into: &splitEvents)
        }
        try promise("any split gives the same deadline", whole.deadline == split.deadline)
        whole.flush(now: whole.deadline ?? now, into: &events)
        split.flush(now: split.deadline ?? now, into: &splitEvents)
        try promise("any split gives the same events", events == splitEvents)
        try promise("nothing is held back after its deadline", whole.deadline == nil && split.deadline == nil)
        for event in events {
            try Self.check(event)
        }
    }

    private static func check(_ event: InputEvent) throws(BrokenPromise) {
        switch event {
        case .key(let press):
            guard case .character(let scalar) = press.key else { return }
            try promise("a typed scalar is no control", !Self.isControl(scalar))
        case .mouse(let mouse):
            try promise("a mouse is on the screen", mouse.column >= 0 && mouse.row >= 0)
        case .paste(let text, _):
            let kept = text.unicodeScalars.filter { $0 != "\n" && $0 != "\t" }
            try promise("a paste holds no controls", !kept.contains(where: Self.isControl))
        case .reply(let reply): try Self.check(reply)
        case .focus: break
        }
    }

    private static func check(_ reply: TerminalReply) throws(BrokenPromise) {
        switch reply {
        case .version(let text), .renditions(.some(let text)):
            try promise("a reply's text holds no controls", !text.unicodeScalars.contains(where: Self.isControl))
        case .capability(let name, let value):
            let text = name + (value ?? "")
            try promise("a reply's text holds no controls", !text.unicodeScalars.contains(where: Self.isControl))
        case .cursor(let place):
            try promise("a cursor is on the screen", place.column >= 0 && place.row >= 0)
        case .cellPixels(let cell): try promise("a cell has a size", cell.width > 0 && cell.height > 0)
        case .deviceAttributes, .mode, .foreground, .background, .renditions(nil), .size, .keyboardFlags, .theme,
            .kittyGraphics, .colourRegisters:
            break
        }
    }

    /// The first four bytes are the place, the clip and the terminal's abilities; the rest is text.
    private static func text(_ input: [UInt8]) throws(BrokenPromise) {
        guard input.count > 4 else { return }
        let text = SafeText(String(decoding: input[4...], as: UTF8.self))
        try promise("safe text holds no controls", !text.string.unicodeScalars.contains(where: Self.isControl))
        let limit = Int(input[2])
        try promise("text is cut to its limit", text.truncated(toColumns: limit).columns <= max(limit, 0))
        var screen = Screen(columns: 40, rows: 4)
        let (column, row) = (Int(Int8(bitPattern: input[0])), Int(Int8(bitPattern: input[1])) % 6)
        let end = screen.put(text, column: column, row: row)
        try promise("text ends where its columns end", end == column + text.columns)
        let clip = Rectangle(column: Int(input[1]) % 40, row: 0, columns: limit % 40, rows: 4)
        screen.put(text, column: column, row: 1, clip: clip)
        var copy = Screen(columns: 30, rows: 5)
        copy.copy(clip, of: screen, to: Position(column: column, row: row))
        try Self.show(screen, then: copy, abilities: input[3])
        try Self.show(copy, then: screen, abilities: input[3])
    }

    private static func show(_ first: Screen, then second: Screen, abilities: UInt8) throws(BrokenPromise) {
        var display = Display(
            options: OutputOptions(
                isSynchronised: abilities & 1 != 0, joinsEmoji: abilities & 2 != 0,
                widensSelectedEmoji: abilities & 4 != 0, ambiguousIsWide: abilities & 8 != 0))
        for screen in [first, second] {
            var out: [UInt8] = []
            display.append(screen, into: &out)
            guard let written = String(validating: out, as: UTF8.self) else {
                throw BrokenPromise(description: "a terminal is sent UTF-8")
            }
            let controls = written.unicodeScalars.filter(Self.isControl)
            try promise("a terminal is sent no control but our own", controls.allSatisfy { $0 == "\u{1B}" })
            var again: [UInt8] = []
            display.append(screen, into: &again)
            try promise("what is shown is not sent again", again.isEmpty)
            try promise("a screen's rows are its lines", screen.lines().count == screen.rows)
            let isSafe = !screen.lines().contains { $0.unicodeScalars.contains(where: Self.isControl) }
            try promise("a screen holds no controls", isSafe)
        }
    }
}
