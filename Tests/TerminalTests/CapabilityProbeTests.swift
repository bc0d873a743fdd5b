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
        #expect(found.outputOptions().isSynchronised)
    }

    @Test func whatDidNotAnswerIsAbsent() {
        let probe = self.probe(self.xterm, answers: "\u{1B}P>|tmux 3.3a\u{1B}\\\u{1B}[?1;2c")
        #expect(probe.isComplete)
        var expected = Capabilities()
        expected.name = "tmux 3.3a"
        expected.isMultiplexed = true
        #expect(probe.capabilities == expected)
        #expect(probe.capabilities.isDark == nil)
    }

    @Test func picturesArePixelsOnlyWhereTheTerminalSaidSo() throws {
        let cell = try #require(CellPixels(width: 8, height: 17))
        func graphics(_ answers: String, term: String = "xterm-256color", window: CellPixels? = nil) -> TerminalGraphics
        {
            self.probe(TerminalEnvironment(term: term), answers: answers).capabilities.outputOptions(window: window)
                .graphics
        }
        let kitty = "\u{1B}_Gi=31;OK\u{1B}\\\u{1B}[?62;4c"
        #expect(graphics(kitty) == .kitty)
        #expect(graphics("\u{1B}_Gi=31;ENOTSUPP:no\u{1B}\\\u{1B}[?62c") == .blocks)
        #expect(graphics("\u{1B}_Gi=32;OK\u{1B}\\\u{1B}[?62c") == .blocks)
        // Sixels need the size of a cell: as the system has it, else as the terminal told it.
        #expect(graphics("\u{1B}[?62;4c") == .blocks)
        #expect(graphics("\u{1B}[?62;4c", window: cell) == .sixel(cell, registers: 16))
        #expect(graphics("\u{1B}[?1;0;256S\u{1B}[6;17;8t\u{1B}[?62;4c") == .sixel(cell, registers: 256))
        #expect(graphics("\u{1B}[6;0;0t\u{1B}[?62;4c") == .blocks)
        #expect(graphics("\u{1B}[?62;22c", window: cell) == .blocks)
        // A multiplexer draws cells, whatever the terminal round it can do.
        #expect(graphics(kitty, term: "tmux-256color") == .blocks)
        #expect(graphics("\u{1B}P>|tmux 3.6\u{1B}\\" + kitty) == .blocks)
        let wanted = self.probe(self.xterm, answers: kitty).capabilities
        #expect(wanted.outputOptions(pixels: false).graphics == .blocks)
        let question = "\u{1B}_Gi=31"
        #expect(String(decoding: CapabilityProbe(self.xterm).request, as: UTF8.self).contains(question))
        for term in ["tmux-256color", "screen", "linux"] {
            let request = CapabilityProbe(TerminalEnvironment(term: term)).request
            #expect(!String(decoding: request, as: UTF8.self).contains(question))
        }
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
