import PageView
import Terminal

/// The page as lines in reading order, wrapped to the window: for narrow terminals and screen readers, which follow
/// the terminal's own cursor.
enum ReaderScreen {
    /// Lines kept of one page.
    static let lineCountMax = 20_000
    private static let columnsMax = 100

    /// A line of the screen.
    struct Line {
        var text: SafeText
        var role: ReadingLine.Role
        /// Whether the shopper is typing there.
        var hasFocus: Bool
    }

    /// The page's lines, wrapped to `columns`; a blank line before headings.
    static func lines(of view: View, columns: Int) -> [Line] {
        var lines: [Line] = []
        for line in view.readingLines() where lines.count < self.lineCountMax {
            if line.role == .heading, !lines.isEmpty {
                lines.append(Line(text: SafeText(""), role: .text, hasFocus: false))
            }
            let hasFocus = line.role == .control && line.text.hasSuffix("focused)")
            for text in self.wrapped(SafeText(line.text), columns: min(columns, self.columnsMax)) {
                let shown = SafeText(RightToLeft.line(text.string))
                lines.append(Line(text: shown, role: line.role, hasFocus: hasFocus))
            }
        }
        return lines
    }

    static func draw(
        _ lines: [Line], from top: Int, into screen: inout Screen, pane: Rectangle, theme: Theme
    ) {
        screen.fill(pane, with: theme.ground)
        let first = min(top, max(lines.count - pane.rows, 0))
        for (row, line) in lines.dropFirst(first).prefix(pane.rows).enumerated() {
            screen.put(
                line.text, column: pane.column + 2, row: pane.row + row, style: self.style(line, theme), clip: pane)
            if line.hasFocus, screen.cursor == nil {
                screen.cursor = Position(column: pane.column + 2, row: pane.row + row)
            }
        }
        screen.cursor = screen.cursor ?? Position(column: pane.column + 2, row: pane.row)
    }

    private static func style(_ line: Line, _ theme: Theme) -> Style {
        switch line.role {
        case .text: theme.style(theme.text)
        case .heading: theme.style(theme.accent, .bold)
        case .button: theme.style(theme.good, .bold)
        case .control: theme.style(line.hasFocus ? theme.warning : theme.text, line.hasFocus ? .bold : [])
        case .image, .hidden: theme.style(theme.muted)
        }
    }

    /// Words in lines of at most `columns`; a word longer than a line is cut over several.
    private static func wrapped(_ text: SafeText, columns: Int) -> [SafeText] {
        let room = max(columns - 4, 8)
        guard text.columns > room else { return [text] }
        var lines: [SafeText] = []
        var line = ""
        var used = 0
        for word in text.string.split(separator: " ") {
            var rest = SafeText(String(word))
            if used > 0, used + 1 + rest.columns > room {
                lines.append(SafeText(line))
                (line, used) = ("", 0)
            }
            while rest.columns > room {
                let part = rest.prefix(columns: room)
                lines.append(part)
                rest = SafeText(String(rest.string.dropFirst(max(part.string.count, 1))))
            }
            line += (used > 0 ? " " : "") + rest.string
            used += (used > 0 ? 1 : 0) + rest.columns
        }
        return lines + [SafeText(line)]
    }
}
