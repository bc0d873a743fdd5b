package import PageView

/// Words that the rep looks for on a page, and where they are.
package struct PageFind: Equatable, Sendable {
    /// Letters kept of what is typed: longer than any line that a rep reads for.
    static let letterCountMax = 80

    /// What is looked for; letter case does not matter.
    package internal(set) var words = ""
    /// Whether keys go to `words`.
    package internal(set) var isTyping = true
    /// The places, in paint order.
    package internal(set) var matches: [ViewMatch] = []
    /// Which of `matches` was gone to.
    package internal(set) var index = 0

    /// The place gone to; nil where there is none.
    package var match: ViewMatch? { self.matches.indices.contains(self.index) ? self.matches[self.index] : nil }

    /// Looks again in a view that changed; stays at the place that is nearest to the one before.
    mutating func search(_ view: View) {
        let before = self.match?.rect
        self.matches = view.matches(of: self.words)
        guard let before else {
            self.index = 0
            return
        }
        func distance(_ index: Int) -> Double {
            let rect = self.matches[index].rect
            return abs(rect.y - before.y) + abs(rect.x - before.x)
        }
        self.index = self.matches.indices.min { distance($0) < distance($1) } ?? 0
    }

    /// Goes to the first place at or below `y`, a viewport px; to the first of all where there is none.
    mutating func goToFirst(below y: Double) {
        let below = self.matches.indices.filter { self.matches[$0].rect.bottom > y }
        self.index = below.min { self.matches[$0].rect.y < self.matches[$1].rect.y } ?? 0
    }

    /// Goes `step` places on, round and round.
    mutating func go(by step: Int) {
        guard !self.matches.isEmpty else { return }
        self.index = (self.index + step + self.matches.count) % self.matches.count
    }
}
