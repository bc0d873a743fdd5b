/// What the terminal can do, as far as it is known.
package struct Capabilities: Equatable, Sendable {
    package var depth: ColourDepth = .indexed
    /// Mode 2026: frames shown whole.
    package var synchronisedOutput = false
    /// Mode 1016: mouse reports in pixels.
    package var pixelMouse = false
    /// Mode 2027: width by grapheme cluster, to be switched on.
    package var graphemeClusters = false
    /// Mode 2031: reports of the rep's theme.
    package var themeReports = false
    /// Mode 2048: resizes in the input.
    package var inBandResize = false
    /// The kitty keyboard protocol.
    package var kittyKeyboard = false
    /// DA1 feature 4.
    package var sixel = false
    /// The kitty graphics protocol.
    package var kittyGraphics = false
    /// Colours of one sixel picture, as XTSMGRAPHICS tells; nil when it did not.
    package var colourRegisters: Int?
    /// As the terminal told it; nil when it did not.
    package var cellPixels: CellPixels?
    /// Whether a multiplexer stands between: it draws cells and does not pass on pictures.
    package var isMultiplexed = false
    /// Measured; false where nothing was measured.
    package var ambiguousIsWide = false
    /// Measured; false where nothing was measured, which is right for most terminals.
    package var joinsEmoji = false
    /// Measured; false where nothing was measured.
    package var widensSelectedEmoji = false
    /// XTVERSION, filtered; nil when it did not answer.
    package var name: String?
    package var foreground: Colour?
    package var background: Colour?

    package init() {}

    /// Whether the terminal's ground is dark; nil when it did not say.
    package var isDark: Bool? { self.background.map { $0.luminance < 128 } }

    /// What the differ may use. `window` is the cell's size as the system has it, which is newer than the terminal's
    /// own word; nil where it has none. `pixels` is false where the rep wants none.
    package func outputOptions(window: CellPixels? = nil, pixels: Bool = true) -> OutputOptions {
        OutputOptions(
            depth: self.depth, isSynchronised: self.synchronisedOutput, joinsEmoji: self.joinsEmoji,
            widensSelectedEmoji: self.widensSelectedEmoji, ambiguousIsWide: self.ambiguousIsWide,
            graphics: pixels ? self.graphics(window: window) : .blocks)
    }

    /// Registers of a terminal that has sixels and does not say how many: a VT340's.
    private static let registersMin = 16

    private func graphics(window: CellPixels?) -> TerminalGraphics {
        guard !self.isMultiplexed else { return .blocks }
        switch self.depth {
        case .palette, .none: return .blocks
        case .truecolour, .indexed: break
        }
        if self.kittyGraphics { return .kitty }
        guard self.sixel, let cell = window ?? self.cellPixels else { return .blocks }
        return .sixel(cell, registers: max(self.colourRegisters ?? Self.registersMin, 2))
    }
}

/// The environment variables that say something of the terminal, as the caller found them.
package struct TerminalEnvironment: Equatable, Sendable {
    package var term: String
    package var colourTerm: String
    package var noColour: String
    /// The depth that the rep's config or command line asks for; wins over everything.
    package var chosenDepth: ColourDepth?

    package init(term: String = "", colourTerm: String = "", noColour: String = "", chosenDepth: ColourDepth? = nil) {
        self.term = term
        self.colourTerm = colourTerm
        self.noColour = noColour
        self.chosenDepth = chosenDepth
    }

    /// From a variable's value by its name.
    package init(chosenDepth: ColourDepth? = nil, variable: (String) -> String?) {
        self.init(
            term: variable("TERM") ?? "", colourTerm: variable("COLORTERM") ?? "",
            noColour: variable("NO_COLOR") ?? "", chosenDepth: chosenDepth)
    }

    /// Terminals that cannot address the cursor: use plain output.
    package var isDumb: Bool { self.term == "dumb" || self.term.isEmpty }

    /// tmux and screen: they take for a title what asks for pictures.
    var isMultiplexed: Bool { self.term.hasPrefix("tmux") || self.term.hasPrefix("screen") }
}
