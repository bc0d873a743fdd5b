import Terminal

/// The console's own colours. The page keeps its own: it is the only bright thing on the screen.
struct Theme: Sendable {
    let ground: Colour
    let panel: Colour
    let text: Colour
    let muted: Colour
    /// The rep's own things: the selected row, the shown tab.
    let accent: Colour
    /// The shopper's cursor.
    let shopper: Colour
    let warning: Colour
    let error: Colour
    let good: Colour

    static let dark = Theme(
        ground: Colour(rgb: 0x14171F, role: .black),
        panel: Colour(rgb: 0x1B1F2A, role: .black),
        text: Colour(rgb: 0xD8DEE9, role: .white),
        muted: Colour(rgb: 0x8791A8, role: .cyan),
        accent: Colour(rgb: 0x7CC4FF, role: .brightBlue),
        shopper: Colour(rgb: 0xFF4D9D, role: .brightMagenta),
        warning: Colour(rgb: 0xFFC35A, role: .brightYellow),
        error: Colour(rgb: 0xFF6B6B, role: .brightRed),
        good: Colour(rgb: 0x6FD68B, role: .brightGreen))

    func style(_ foreground: Colour, _ attributes: Attributes = []) -> Style {
        Style(foreground: foreground, background: nil, attributes: attributes)
    }
}
