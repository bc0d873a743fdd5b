package import Terminal

/// The colours of what the console adds to a page.
package struct PageTheme: Equatable, Sendable {
    /// Behind and beside the page, where nothing of it is.
    package var outside: Colour
    /// A refused control's border.
    package var invalid: Colour
    /// A focused control's border.
    package var focus: Colour
    /// The shopper's cursor and presses.
    package var shopper: Colour

    package init(outside: Colour, invalid: Colour, focus: Colour, shopper: Colour) {
        self.outside = outside
        self.invalid = invalid
        self.focus = focus
        self.shopper = shopper
    }

    /// For dark terminals.
    package static let dark = PageTheme(
        outside: Colour(rgb: 0x14171F, role: .black), invalid: Colour(rgb: 0xD92D20, role: .red),
        focus: Colour(rgb: 0x1F7AE0, role: .blue), shopper: Colour(rgb: 0xE0187C, role: .magenta))
}
