/// A word of a painted line and where its pixels are.
package struct ViewWord: Equatable, Sendable {
    package var text: String
    /// In the same px as the line's rectangle; the width is estimated from letter shares.
    package var rect: ViewRect

    package init(text: String, rect: ViewRect) {
        self.text = text
        self.rect = rect
    }
}

extension ViewText {
    /// The line's words, left to right, with places in the px of `rect` (the line's own, or where it is placed).
    package func words(in rect: ViewRect) -> [ViewWord] {
        var spans: [(text: String.UnicodeScalarView, start: Double, end: Double)] = []
        var position = 0.0
        var isInWord = false
        for scalar in self.text.unicodeScalars {
            let advance = TextAdvance.advance(of: scalar)
            if scalar.properties.isWhitespace && scalar != "\u{A0}" {
                isInWord = false
            } else if isInWord {
                spans[spans.count - 1].text.append(scalar)
                spans[spans.count - 1].end = position + advance
            } else {
                spans.append((String.UnicodeScalarView([scalar]), position, position + advance))
                isInWord = true
            }
            position += advance
        }
        let scale = position > 0 ? rect.width / position : 0
        return spans.map { span in
            ViewWord(
                text: String(span.text),
                rect: ViewRect(
                    x: rect.x + span.start * scale, y: rect.y, width: (span.end - span.start) * scale,
                    height: rect.height))
        }
    }
}
