/// The modes that the terminal client switches on, and off again in reverse.
package struct TerminalModes: Equatable, Sendable {
    /// 1049: a screen of our own; the shell's comes back.
    package var alternateScreen = true
    /// 1000, 1002 and 1006: clicks, drags and the wheel.
    package var mouse = true
    /// 1003: motion without a button too.
    package var mouseMotion = true
    /// 1004.
    package var focusReports = true
    /// 2004.
    package var bracketedPaste = true
    /// The kitty keyboard protocol, "disambiguate": ignored by terminals without it.
    package var kittyKeyboard = true
    /// 2027, only where the probe found it.
    package var graphemeClusters = false
    /// 2031, only where the probe found it.
    package var themeReports = false
    /// 2048, only where the probe found it.
    package var inBandResize = false

    package init() {}

    /// These modes and those that the probe found and that cost nothing: 2027, 2031, 2048.
    package func adding(_ capabilities: Capabilities) -> TerminalModes {
        var modes = self
        modes.graphemeClusters = capabilities.graphemeClusters
        modes.themeReports = capabilities.themeReports
        modes.inBandResize = capabilities.inBandResize
        return modes
    }

    private static let mouseSwitches = ["\u{1B}[?1000h", "\u{1B}[?1002h", "\u{1B}[?1006h"]

    private typealias Switch = (isWanted: Bool, on: StaticString, off: StaticString)

    /// All switches, in the order of switching on.
    private var switches: [Switch] {
        [
            (self.alternateScreen, "\u{1B}[?1049h", "\u{1B}[?1049l"),
            (true, "\u{1B}[?25l", "\u{1B}[?25h"),
            // A letter that the terminal takes for wider than it was meant must not go on in the next row.
            (true, "\u{1B}[?7l", "\u{1B}[?7h"),
            (self.mouse, "\u{1B}[?1000h", "\u{1B}[?1000l"),
            (self.mouse, "\u{1B}[?1002h", "\u{1B}[?1002l"),
            (self.mouse, "\u{1B}[?1006h", "\u{1B}[?1006l"),
            (self.mouse && self.mouseMotion, "\u{1B}[?1003h", "\u{1B}[?1003l"),
            (self.focusReports, "\u{1B}[?1004h", "\u{1B}[?1004l"),
            (self.bracketedPaste, "\u{1B}[?2004h", "\u{1B}[?2004l"),
            (self.kittyKeyboard, "\u{1B}[>1u", "\u{1B}[<u"),
            (self.graphemeClusters, "\u{1B}[?2027h", "\u{1B}[?2027l"),
            (self.themeReports, "\u{1B}[?2031h", "\u{1B}[?2031l"),
            (self.inBandResize, "\u{1B}[?2048h", "\u{1B}[?2048l"),
        ]
    }

    /// Switches on what is wanted.
    package var enter: [UInt8] {
        self.switches.reduce(into: []) { if $1.isWanted { $0.append(ascii: $1.on) } }
    }

    /// Switches what differs while the program runs: the mouse key, what the probe found. The alternate screen and
    /// the keyboard protocol are stacks and stay as they were opened.
    package func change(to next: TerminalModes) -> [UInt8] {
        var next = next
        next.alternateScreen = self.alternateScreen
        next.kittyKeyboard = self.kittyKeyboard
        var out: [UInt8] = []
        for (before, after) in zip(self.switches, next.switches) where before.isWanted && !after.isWanted {
            out.append(ascii: after.off)
        }
        // The mouse modes share one state in many terminals: what stays wanted is said again.
        let isMouseChanged = self.mouse != next.mouse || self.mouseMotion != next.mouseMotion
        for (before, after) in zip(self.switches, next.switches) where after.isWanted {
            let isMouse = isMouseChanged && Self.mouseSwitches.contains(after.on.description)
            if !before.isWanted || isMouse {
                out.append(ascii: after.on)
            }
        }
        return out
    }

    /// Switches everything off in reverse. It may follow a frame cut anywhere: CAN and ST end an open sequence first,
    /// then the synchronised frame, the margins and the pen. Modes that may have been switched on later are switched
    /// off too; only what is a stack depends on having been entered.
    package var leave: [UInt8] {
        var out: [UInt8] = [0x18]
        out.append(ascii: "\u{1B}\\\u{1B}[?2026l\u{1B}[r\u{1B}[m")
        var all = TerminalModes()
        all.alternateScreen = self.alternateScreen
        all.kittyKeyboard = self.kittyKeyboard
        all.graphemeClusters = true
        all.themeReports = true
        all.inBandResize = true
        return all.switches.reversed().reduce(into: out) { if $1.isWanted { $0.append(ascii: $1.off) } }
    }
}
