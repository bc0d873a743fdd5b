/// What became of the words that the page paints in the pane's part of the viewport. Values of controls are not
/// counted.
package struct PageReport: Equatable, Sendable {
    /// Words on the screen whole.
    package var placed = 0
    /// Words of which only a part, or only `…`, is on the screen.
    package var cut = 0
    /// Words with no room at all.
    package var dropped = 0
    /// Where whole lines had no room, from the top; at most `lostCountMax`.
    package var lost: [LostLines] = []

    /// Rows with a mark at most: as many as a large terminal has.
    static let lostCountMax = 256

    /// All words that should be on the screen.
    package var words: Int { self.placed + self.cut + self.dropped }

    /// `312 words: 308 whole, 3 cut, 1 dropped`
    package var sentence: String {
        "\(self.words) words: \(self.placed) whole, \(self.cut) cut, \(self.dropped) dropped"
    }
}
