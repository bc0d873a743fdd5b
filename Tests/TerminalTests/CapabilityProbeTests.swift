import Testing

@testable import Terminal

@Suite struct CapabilityProbeTests {
    /// Feeds a terminal's answer bytes through the parser into a probe.
    private func probe(_ environment: TerminalEnvironment, answers: String) -> CapabilityProbe {
        var parser = InputParser()
        var events: [InputEvent] = []
        parser.feed(answers.utf8, now: .zero, into: &events)
        var probe = CapabilityProbe(environment)
        for case .reply(let reply) in events {
            probe.replied(reply)
        }
        return probe
    }

    private let xterm = TerminalEnvironment(term: "xterm-256color")

    @Test func theFenceIsTheLastQuestion() {
        let request = String(decoding: CapabilityProbe(self.xterm).request, as: UTF8.self)
        #expect(request.hasSuffix("\u{1B}[c"))
        #expect(request.contains("\u{1B}[?2026$p"))
        #expect(CapabilityProbe(TerminalEnvironment(term: "dumb")).request.isEmpty)
        let linux = String(decoding: CapabilityProbe(TerminalEnvironment(term: "linux")).request, as: UTF8.self)
        #expect(!linux.contains("\u{1B}P"))
        #expect(linux.hasSuffix("\u{1B}[c"))
    }

    @Test func aModernTerminalIsFoundWhole() {
        let probe = self.probe(
            self.xterm,
            answers: "\u{1B}[?2026;2$y\u{1B}[?2027;0$y\u{1B}[?1016;2$y\u{1B}[?2031;2$y\u{1B}[?2048;2$y\u{1B}[?0u"
                + "\u{1B}P>|kitty(0.43.0)\u{1B}\\"
                + "\u{1B}]10;rgb:dddd/dddd/dddd\u{1B}\\\u{1B}]11;rgb:0000/0000/0000\u{1B}\\"
                + "\u{1B}P1+r524742=38\u{1B}\\\u{1B}P0+r5463\u{1B}\\\u{1B}P1$r48:2:1:2:3m\u{1B}\\"
                + "\u{1B}[2;2R\u{1B}[2;3R\u{1B}[2;3R\u{1B}[?62;4;52c")
        let found = probe.capabilities
        #expect(probe.isComplete)
        #expect(found.depth == .truecolour)
        #expect(found.synchronisedOutput && found.pixelMouse && found.themeReports && found.inBandResize)
        #expect(found.kittyKeyboard && found.sixel && !found.graphemeClusters)
        #expect(found.joinsEmoji && found.widensSelectedEmoji && !found.ambiguousIsWide)
        #expect(found.isDark == true)
        #expect(found.name == "kitty(0.43.0)")
        #expect(found.outputOptions.isSynchronised)
    }

    @Test func whatDidNotAnswerIsAbsent() {
        let probe = self.probe(self.xterm, answers: "\u{1B}P>|tmux 3.3a\u{1B}\\\u{1B}[?1;2c")
        #expect(probe.isComplete)
        var expected = Capabilities()
        expected.name = "tmux 3.3a"
        #expect(probe.capabilities == expected)
        #expect(probe.capabilities.isDark == nil)
    }

    @Test func noAnswerAtAllLeavesTheEnvironment() {
        let probe = CapabilityProbe(TerminalEnvironment(term: "xterm-256color", colourTerm: "truecolor"))
        #expect(!probe.isComplete)
        #expect(probe.capabilities.depth == .truecolour)
    }

    @Test func lateAnswersAreFoldedToo() {
        var probe = self.probe(self.xterm, answers: "\u{1B}[?1;2c")
        probe.replied(.mode(2026, state: 1))
        #expect(probe.capabilities.synchronisedOutput)
    }

    @Test(
        arguments: [
            ("xterm", "", "", nil, "", .indexed), ("xterm-direct", "", "", nil, "", .truecolour),
            ("linux", "", "", nil, "", .palette), ("dumb", "truecolor", "", nil, "", .none),
            ("", "", "", nil, "", .none),
            ("vt100", "", "", nil, "", .none), ("xterm", "24bit", "", nil, "", .truecolour),
            ("xterm", "truecolor", "1", nil, "", .none), ("xterm", "truecolor", "1", .palette, "", .palette),
            ("xterm", "", "", nil, "\u{1B}P>|WezTerm 2025\u{1B}\\", .truecolour),
            ("screen-256color", "", "", nil, "\u{1B}P>|tmux 3.4\u{1B}\\", .indexed),
            ("tmux-256color", "", "", nil, "\u{1B}P1+r5463\u{1B}\\", .truecolour),
            ("xterm", "", "", nil, "\u{1B}P1$r0;48;2;1;2;3m\u{1B}\\", .truecolour),
            ("xterm", "", "", nil, "\u{1B}P1$r0;48;5;16m\u{1B}\\", .indexed),
        ] as [(String, String, String, ColourDepth?, String, ColourDepth)])
    func theDepthIsChosenInOrder(
        term: String, colourTerm: String, noColour: String, chosen: ColourDepth?, answers: String, depth: ColourDepth
    ) {
        let environment = TerminalEnvironment(
            term: term, colourTerm: colourTerm, noColour: noColour, chosenDepth: chosen)
        #expect(self.probe(environment, answers: answers).capabilities.depth == depth)
    }

    @Test func theEnvironmentIsReadByName() {
        let variables = ["TERM": "foot", "COLORTERM": "truecolor", "NO_COLOR": "1"]
        #expect(
            TerminalEnvironment { variables[$0] }
                == TerminalEnvironment(term: "foot", colourTerm: "truecolor", noColour: "1"))
        #expect(TerminalEnvironment { _ in nil }.isDumb)
    }
}
