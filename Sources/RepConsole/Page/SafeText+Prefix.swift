import Terminal

extension SafeText {
    /// The first whole letters that fit in `columns`, with no mark that something is missing.
    func prefix(columns limit: Int) -> SafeText {
        guard self.columns > limit else { return self }
        var kept = ""
        var used = 0
        for character in self.string {
            let width = SafeText(String(character)).columns
            guard used + width <= limit else { break }
            kept.append(character)
            used += width
        }
        return SafeText(kept)
    }
}
