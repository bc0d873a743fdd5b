/// Prints screens as lines of text where there is no terminal: a pipe, a log, `TERM=dumb`.
///
/// Pure; owned by the thread that prints. Text is as filtered as on a terminal, since it comes out of cells.
package struct PlainScreen: Sendable {
    private var shown: [String]?

    package init() {}

    /// The screen as UTF-8 lines, empty ones at its end cut, with one empty line after it; nil when its text has not
    /// changed.
    package mutating func text(of screen: Screen) -> [UInt8]? {
        var lines = screen.lines()
        while lines.last?.isEmpty == true {
            lines.removeLast()
        }
        guard lines != self.shown else { return nil }
        self.shown = lines
        return Array((lines.joined(separator: "\n") + "\n\n").utf8)
    }
}
