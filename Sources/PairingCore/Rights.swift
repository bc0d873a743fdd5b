/// What a seat may do in a session. Each right stands alone.
package struct Rights: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// See the page and the shopper's cursor.
    package static let view = Rights(rawValue: 1)
    /// Show a pointer on the shopper's page.
    package static let point = Rights(rawValue: 2)
    /// Put a frame around an element.
    package static let highlight = Rights(rawValue: 4)
    /// Draw on the page.
    package static let draw = Rights(rawValue: 8)
    /// Propose a value, a link or a press; the shopper decides.
    package static let propose = Rights(rawValue: 16)

    /// Every right there is, each with the word that the protocol and the configuration use.
    package static let words: [(right: Rights, word: String)] = [
        (.view, "view"), (.point, "point"), (.highlight, "highlight"), (.draw, "draw"), (.propose, "propose"),
    ]

    /// The right that `word` names, or nil.
    package init?(word: String) {
        guard let found = Self.words.first(where: { $0.word == word }) else { return nil }
        self = found.right
    }

    /// The words of these rights, in the order of `words`.
    package var words: [String] { Self.words.filter { self.contains($0.right) }.map(\.word) }

    /// What a seat gets: what the site's configuration allows and the shopper agreed to. Without `view` there is
    /// nothing to point at, so then there is nothing.
    package static func granted(site: Rights, consent: Rights) -> Rights {
        let both = site.intersection(consent)
        return both.contains(.view) ? both : []
    }
}
