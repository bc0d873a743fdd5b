/// Asks the terminal what it can do, in one write, and folds the answers.
///
/// Pure. DA1 comes last and every terminal answers it, in order: what has not answered before it is absent. Late
/// answers are folded too; `capabilities` may be read at any time and is good from `isComplete` on or once the
/// deadline has passed.
package struct CapabilityProbe: Sendable {
    /// How long to wait for DA1: a slow link's round trip; a local terminal answers within a few milliseconds.
    package static let answerDelay = Duration.milliseconds(300)

    /// The number that the question for kitty graphics carries, and its answer.
    static let graphicsNumber = 31

    /// Glyphs that are measured by the cursor's place after them, in this order.
    private enum Sample: Int, CaseIterable {
        case ambiguous, selectedEmoji, joinedEmoji
    }

    private let environment: TerminalEnvironment
    private var found = Capabilities()
    private var hasTruecolour = false
    private var samplesAnswered = 0
    /// True from the fence's answer on.
    package private(set) var isComplete = false

    package init(_ environment: TerminalEnvironment) {
        self.environment = environment
    }

    /// The bytes to write, once, after the alternate screen is on: it is written to and erased. Nothing for a dumb
    /// terminal.
    ///
    /// Row 2 is measured, since an answer from row 1 could be F3.
    package var request: [UInt8] {
        guard !self.environment.isDumb else { return [] }
        var out: [UInt8] = []
        // The Linux console prints DCS and OSC bodies.
        if self.environment.term != "linux" {
            for mode in [2026, 2027, 1016, 2031, 2048] {
                out += Array("\u{1B}[?\(mode)$p".utf8)
            }
            out.append(ascii: "\u{1B}[?u\u{1B}[>0q\u{1B}]10;?\u{1B}\\\u{1B}]11;?\u{1B}\\")
            // XTGETTCAP of "RGB" and "Tc", then a truecolour SGR and the question what was understood (DECRQSS).
            out.append(ascii: "\u{1B}P+q524742;5463\u{1B}\\")
            out.append(ascii: "\u{1B}[48;2;1;2;3m\u{1B}P$qm\u{1B}\\\u{1B}[m")
            if !self.environment.isMultiplexed { Self.appendGraphicsQuestions(to: &out) }
        }
        for sample in Sample.allCases {
            out.append(ascii: "\u{1B}[2H")
            switch sample {
            case .ambiguous: out.append(ascii: "\u{25B2}")
            case .selectedEmoji: out.append(ascii: "\u{2764}\u{FE0F}")
            case .joinedEmoji: out.append(ascii: "\u{1F469}\u{200D}\u{1F467}")
            }
            out.append(ascii: "\u{1B}[6n")
        }
        out.append(ascii: "\u{1B}[2H\u{1B}[2K\u{1B}[H\u{1B}[c")
        return out
    }

    /// One pixel that is not to be shown (kitty), the sixel colours (XTSMGRAPHICS), the size of a cell.
    private static func appendGraphicsQuestions(to out: inout [UInt8]) {
        out.append(ascii: "\u{1B}_Gi=")
        out.append(decimal: Self.graphicsNumber)
        out.append(ascii: ",s=1,v=1,a=q,t=d,f=24;AAAA\u{1B}\\\u{1B}[?1;1;0S\u{1B}[16t")
    }

    /// Folds one answer. Answers to other questions are left alone.
    package mutating func replied(_ reply: TerminalReply) {
        switch reply {
        case .deviceAttributes(let features):
            self.found.sixel = features.dropFirst().contains(4)
            self.isComplete = true
        case .mode(let mode, let state): self.fold(mode: mode, isKnown: state != 0 && state != 4)
        case .version(let name): self.found.name = name
        case .foreground(let colour): self.found.foreground = colour
        case .background(let colour): self.found.background = colour
        case .capability(let name, let value):
            if value != nil, name == "RGB" || name == "Tc" || name.hasPrefix("RGB;") {
                self.hasTruecolour = true
            }
        case .renditions(let parameters):
            // As sent, or in the colon form with an empty colour space.
            if let parameters,
                parameters.contains("2:1:2:3") || parameters.contains("2::1:2:3")
                    || parameters.contains("2;1;2;3")
            {
                self.hasTruecolour = true
            }
        case .cursor(let place): self.fold(sampleEnd: place)
        case .keyboardFlags: self.found.kittyKeyboard = true
        case .size: break
        case .kittyGraphics(let isKnown): self.found.kittyGraphics = isKnown
        case .cellPixels(let cell): self.found.cellPixels = cell
        case .colourRegisters(let count): self.found.colourRegisters = count
        case .theme: self.found.themeReports = true
        }
    }

    /// What is known so far.
    package var capabilities: Capabilities {
        var result = self.found
        result.depth = self.depth
        result.isMultiplexed =
            self.environment.isMultiplexed
            || ["tmux", "screen"].contains { self.found.name?.hasPrefix($0) ?? false }
        return result
    }

    private mutating func fold(mode: Int, isKnown: Bool) {
        switch mode {
        case 2026: self.found.synchronisedOutput = isKnown
        case 2027: self.found.graphemeClusters = isKnown
        case 1016: self.found.pixelMouse = isKnown
        case 2031: self.found.themeReports = isKnown
        case 2048: self.found.inBandResize = isKnown
        default: break
        }
    }

    private mutating func fold(sampleEnd place: Position) {
        guard let sample = Sample(rawValue: self.samplesAnswered) else { return }
        self.samplesAnswered += 1
        switch sample {
        case .ambiguous: self.found.ambiguousIsWide = place.column == 2
        case .selectedEmoji: self.found.widensSelectedEmoji = place.column == 2
        case .joinedEmoji: self.found.joinsEmoji = place.column == 2
        }
    }

    /// Config, `NO_COLOR`, `COLORTERM`, the terminal's own answers, its name, the suffix of `TERM`, else 256.
    private var depth: ColourDepth {
        if let chosen = self.environment.chosenDepth {
            return chosen
        }
        let term = self.environment.term
        if !self.environment.noColour.isEmpty || self.environment.isDumb || term.hasPrefix("vt") {
            return .none
        }
        if ["truecolor", "24bit"].contains(self.environment.colourTerm) || self.hasTruecolour {
            return .truecolour
        }
        if let name = self.found.name, Self.truecolourTerminals.contains(where: { name.hasPrefix($0) }) {
            return .truecolour
        }
        if term.hasSuffix("-direct") || term.hasSuffix("-truecolor") {
            return .truecolour
        }
        return ["linux", "cons25", "ansi"].contains(term) ? .palette : .indexed
    }

    /// How terminals that have 24-bit colours by default begin their XTVERSION answer. tmux and screen are not among
    /// them: it depends on the terminal outside.
    private static let truecolourTerminals = [
        "kitty", "ghostty", "foot", "WezTerm", "iTerm2", "contour", "Konsole", "VTE", "alacritty", "Alacritty",
        "XTerm(",
        "mintty", "WindowsTerminal", "xterm.js", "rio", "mlterm",
    ]
}
