package import Terminal

/// What the command line asked for.
package struct RepOptions: Sendable {
    /// The relay's address, `ws://host:port` or `wss://host`, without the path.
    package var relay: String
    package var principal: String
    package var key: KeySource = .sshAgent
    /// Nil lets the terminal's answers decide.
    package var depth: ColourDepth?
    /// Whether pictures may be pixels where the terminal can show them.
    package var showsPixels = true
    /// Prints the screen as text whenever it changes, in place of drawing on a terminal.
    package var printsScreen = false
    package var acceptsNext = false
    /// Whether the shopper's cursor is asked for.
    package var wantsCursor = true
    /// Ends the program, with exit code 0, after this long.
    package var duration: Duration?
    /// The screen's size where there is no terminal.
    package var size = ScreenSize(columns: 200, rows: 56)
    /// A PEM file of authorities for `wss`; nil trusts the system's.
    package var authorities: String?
    /// A file that gets a line for every cursor frame shown.
    package var timingFile: String?

    package init(relay: String, principal: String) {
        self.relay = relay
        self.principal = principal
    }
}
