import PageView

/// Finding words on the page, and the reader view.
extension Model {
    /// Cells kept between a place found and the pane's edge.
    private static let findMargin = 2

    /// Whether the session's search takes a stroke: letters while it is typed, Esc to end it.
    mutating func findTakes(_ stroke: Stroke, at index: Int) -> Bool {
        guard let find = self.sessions[index].find else { return false }
        if stroke == Stroke(.escape) {
            self.sessions[index].find = nil
            return true
        }
        guard find.isTyping else { return false }
        switch stroke.key {
        case .enter:
            self.sessions[index].find?.isTyping = false
            if find.words.isEmpty { self.sessions[index].find = nil }
        case .backspace:
            self.type(String(find.words.dropLast()), at: index)
        case .character(let character):
            guard !stroke.isControl, !stroke.isAlt else { return false }
            self.type(find.words + String(character), at: index)
        case .down: self.goToMatch(by: 1, at: index)
        case .up: self.goToMatch(by: -1, at: index)
        case .escape, .tab, .backTab, .left, .right, .pageUp, .pageDown, .home, .end, .help: return false
        }
        return true
    }

    private mutating func type(_ words: String, at index: Int) {
        guard let view = self.sessions[index].shownView, words.count <= PageFind.letterCountMax else { return }
        let top = self.sessions[index].scale?.origin.y ?? 0
        self.sessions[index].find?.words = words
        self.sessions[index].find?.search(view)
        self.sessions[index].find?.goToFirst(below: top)
        self.showMatch(at: index)
    }

    mutating func find(_ command: Command) {
        guard let index = self.shownIndex, self.sessions[index].view != nil else { return }
        guard self.sessions[index].find != nil, command != .find else {
            self.sessions[index].find = PageFind()
            return
        }
        self.goToMatch(by: command == .findPrevious ? -1 : 1, at: index)
    }

    private mutating func goToMatch(by step: Int, at index: Int) {
        self.sessions[index].find?.go(by: step)
        self.showMatch(at: index)
    }

    /// Moves the pane so far that the place gone to is in it. Looking there ends following.
    private mutating func showMatch(at index: Int) {
        guard let match = self.sessions[index].find?.match, let scale = self.sessions[index].scale else { return }
        let middle = ViewPoint(x: match.rect.midX, y: match.rect.midY)
        self.lookFreely(at: scale.pan(scale.origin, showing: middle, margin: Self.findMargin), index: index)
    }

    /// The page as lines in reading order, or as it is drawn.
    mutating func toggleReader() {
        guard let index = self.shownIndex else { return }
        self.sessions[index].readerTop = self.sessions[index].readerTop == nil ? 0 : nil
    }
}
