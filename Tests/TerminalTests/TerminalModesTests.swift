import Testing

@testable import Terminal

@Suite struct TerminalModesTests {
    @Test func leavingUndoesEnteringInReverse() throws {
        var modes = TerminalModes()
        modes.graphemeClusters = true
        modes.themeReports = true
        modes.inBandResize = true
        let on = String(decoding: modes.enter, as: UTF8.self).split(separator: "\u{1B}[")
        let leave = String(decoding: modes.leave, as: UTF8.self)
        let preamble = "\u{18}\u{1B}\\\u{1B}[?2026l\u{1B}[r\u{1B}[m"
        #expect(leave.hasPrefix(preamble))
        let off = leave.dropFirst(preamble.count).split(separator: "\u{1B}[")
        let undone = on.reversed().map { mode -> String in
            mode == ">1u" ? "<u" : mode.dropLast() + (mode.hasSuffix("l") ? "h" : "l")
        }
        #expect(off.map(String.init) == undone)
    }

    @Test func whatIsNotWantedIsNotSwitched() {
        var modes = TerminalModes()
        modes.mouse = false
        modes.alternateScreen = false
        modes.kittyKeyboard = false
        #expect(String(decoding: modes.enter, as: UTF8.self) == "\u{1B}[?25l\u{1B}[?7l\u{1B}[?1004h\u{1B}[?2004h")
    }

    @Test func modesChangeWhileTheProgramRuns() {
        let modes = TerminalModes()
        var quiet = modes
        quiet.mouse = false
        quiet.alternateScreen = false
        #expect(
            String(decoding: modes.change(to: quiet), as: UTF8.self)
                == "\u{1B}[?1000l\u{1B}[?1002l\u{1B}[?1006l\u{1B}[?1003l")
        #expect(
            String(decoding: quiet.change(to: modes), as: UTF8.self)
                == "\u{1B}[?1000h\u{1B}[?1002h\u{1B}[?1006h\u{1B}[?1003h")
        var still = modes
        still.mouseMotion = false
        #expect(
            String(decoding: modes.change(to: still), as: UTF8.self)
                == "\u{1B}[?1003l\u{1B}[?1000h\u{1B}[?1002h\u{1B}[?1006h")
        #expect(modes.change(to: modes).isEmpty)
        var found = Capabilities()
        found.inBandResize = true
        #expect(String(decoding: modes.change(to: modes.adding(found)), as: UTF8.self) == "\u{1B}[?2048h")
    }

    @Test func whatIsAStackIsOnlyLeftWhenEntered() {
        var modes = TerminalModes()
        modes.alternateScreen = false
        modes.kittyKeyboard = false
        let leave = String(decoding: modes.leave, as: UTF8.self)
        #expect(!leave.contains("1049"))
        #expect(!leave.contains("<u"))
        #expect(leave.contains("?2048l"))
    }
}
