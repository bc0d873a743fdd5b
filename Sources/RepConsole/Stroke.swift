/// One key as the key map names it: what it is and what was held with it.
package struct Stroke: Hashable, Sendable {
    /// The keys that the console knows.
    package enum Key: Hashable, Sendable {
        /// A printable character as typed, Shift included: `G` is `g` with Shift.
        case character(Character)
        case enter, escape, tab, backTab, backspace, up, down, left, right, pageUp, pageDown, home, end, help
    }

    package var key: Key
    package var isControl: Bool
    package var isAlt: Bool

    package init(_ key: Key, control: Bool = false, alt: Bool = false) {
        self.key = key
        self.isControl = control
        self.isAlt = alt
    }

    /// A printable character alone.
    static func character(_ character: Character) -> Stroke { Stroke(.character(character)) }

    /// A letter with Control.
    static func control(_ character: Character) -> Stroke { Stroke(.character(character), control: true) }

    /// A character with Alt.
    static func alt(_ character: Character) -> Stroke { Stroke(.character(character), alt: true) }

    /// As the help names it: `Ctrl-L`, `Alt-1`, `PgUp`.
    var name: String {
        (self.isControl ? "Ctrl-" : "") + (self.isAlt ? "Alt-" : "") + self.keyName
    }

    private var keyName: String {
        switch self.key {
        case .character(" "): "Space"
        case .character(let character): self.isControl ? character.uppercased() : String(character)
        case .enter: "Enter"
        case .escape: "Esc"
        case .tab: "Tab"
        case .backTab: "Shift-Tab"
        case .backspace: "Backspace"
        case .up: "↑"
        case .down: "↓"
        case .left: "←"
        case .right: "→"
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        case .home: "Home"
        case .end: "End"
        case .help: "F1"
        }
    }
}
