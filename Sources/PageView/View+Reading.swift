/// One line of a page read from top to bottom, for the reader view and for plain output.
package struct ReadingLine: Equatable, Sendable {
    /// What the line is.
    package enum Role: Equatable, Sendable {
        case text
        /// Larger than the page's common text.
        case heading
        case button
        case control
        case image
        /// A frame or a blocked region: nothing in it is sent.
        case hidden
    }

    package var role: Role
    package var text: String
    /// In px of the viewport; it may lie outside the viewport.
    package var rect: ViewRect
    /// The block it begins in.
    package var block: Int
}

extension View {
    /// The font size, in px, that most letters of the page have; 16 on a page without text.
    package var commonTextSize: Double {
        var lettersOfSize: [Int: Int] = [:]
        for block in self.blocks {
            for case .text(let text) in block.items {
                lettersOfSize[Int((min(text.size, 1000) * 2).rounded()), default: 0] += text.text.utf8.count
            }
        }
        let common = lettersOfSize.max { ($0.value, $1.key) < ($1.value, $0.key) }
        return common.map { Double($0.key) / 2 } ?? 16
    }

    /// The page as lines in reading order: dialogs first, then layer by layer in document order. Pieces that stand
    /// side by side on one visual line of a block become one line.
    package func readingLines() -> [ReadingLine] {
        let headingSize = self.commonTextSize * 1.25
        let top = Set(self.layers.filter { $0.kind == .top }.map(\.id))
        let items = self.placedItems(in: .everything)
        var lines: [ReadingLine] = []
        for placed in items.filter({ top.contains($0.layer) }) + items.filter({ !top.contains($0.layer) }) {
            guard let line = Self.line(of: placed, headingSize: headingSize) else { continue }
            if let last = lines.last, Self.continues(last, line) {
                lines[lines.count - 1].text += (line.rect.x - last.rect.right < 1 ? "" : " ") + line.text
                lines[lines.count - 1].rect.width = max(last.rect.right, line.rect.right) - last.rect.x
            } else {
                lines.append(line)
            }
        }
        return lines
    }

    /// The page's text in reading order, one line each.
    package func plainText() -> String {
        self.readingLines().map(\.text).joined(separator: "\n")
    }

    private static func continues(_ last: ReadingLine, _ next: ReadingLine) -> Bool {
        let isWords = last.role == .text || last.role == .heading
        guard isWords, next.role == last.role, next.block == last.block else { return false }
        return abs(next.rect.midY - last.rect.midY) < min(last.rect.height, next.rect.height) / 2
            && next.rect.x >= last.rect.right - 2
    }

    private static func line(of placed: PlacedItem, headingSize: Double) -> ReadingLine? {
        let role: ReadingLine.Role
        let words: String
        switch placed.item {
        case .box(let box):
            guard box.isHatched else { return nil }
            (role, words) = (.hidden, "[hidden by the site]")
        case .text(let text):
            role = text.flags.contains(.label) ? .button : text.size >= headingSize ? .heading : .text
            words = text.flags.contains(.label) ? "[ \(text.text) ]" : text.text
        case .masked:
            (role, words) = (.text, "▒▒▒▒")
        case .image(let image):
            guard image.kind == .frame || !image.alternative.isEmpty else { return nil }
            role = image.kind == .frame ? .hidden : .image
            words = image.kind == .frame ? "[frame: \(image.alternative)]" : "[picture: \(image.alternative)]"
        case .control(let control):
            (role, words) = (.control, control.reading)
        }
        return ReadingLine(role: role, text: words, rect: placed.rect, block: placed.block)
    }
}

extension ViewControl {
    /// The control in words: `[x] Remember me`, `Postcode: SW1A 1A (refused)`.
    var reading: String {
        let notes = [
            self.state.contains(.invalid) ? "refused" : nil, self.state.contains(.disabled) ? "disabled" : nil,
            self.state.contains(.focused) ? "focused" : nil,
        ].compactMap { $0 }
        let ending = notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))"
        switch self.kind {
        case .check:
            let mark = self.state.contains(.indeterminate) ? "-" : self.state.contains(.checked) ? "x" : " "
            return "[\(mark)] \(self.name)\(ending)"
        case .radio:
            return "(\(self.state.contains(.checked) ? "•" : " ")) \(self.name)\(ending)"
        case .text, .password, .area, .select, .range, .file, .colour, .date:
            let name = self.name.isEmpty ? self.hint : self.name
            let shown = self.hidesValue ? "▒▒▒▒ masked" : self.value.isEmpty ? "____" : self.value
            return name.isEmpty ? "\(shown)\(ending)" : "\(name): \(shown)\(ending)"
        }
    }
}
