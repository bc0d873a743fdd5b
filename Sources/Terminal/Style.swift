/// How a cell's text looks besides its colours.
package struct Attributes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let bold = Attributes(rawValue: 1 << 0)
    package static let dim = Attributes(rawValue: 1 << 1)
    package static let italic = Attributes(rawValue: 1 << 2)
    package static let underline = Attributes(rawValue: 1 << 3)
    package static let strike = Attributes(rawValue: 1 << 4)
    package static let reverse = Attributes(rawValue: 1 << 5)

    /// Those that show on a blank cell.
    static let visibleOnBlank: Attributes = [.underline, .strike, .reverse]
}

/// The colours and attributes that text is put with.
package struct Style: Equatable, Sendable {
    package var foreground: Colour
    /// Nil keeps what is painted below (the mean of both halves where a cell shows two colours).
    package var background: Colour?
    package var attributes: Attributes

    package init(
        foreground: Colour = .terminalDefault, background: Colour? = nil, attributes: Attributes = []
    ) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }

    /// The terminal's own colours, over whatever is painted.
    package static let plain = Style()
}
