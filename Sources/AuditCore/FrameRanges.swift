/// A set of frame indices kept as ascending ranges with a hole between each two.
package struct FrameRanges: Equatable, Sendable {
    /// The ranges, ascending.
    package private(set) var ranges: [FrameRange] = []

    /// The empty set.
    package init() {}

    /// Adds `range`. Appending at the end, the usual case, costs nothing more than a comparison.
    package mutating func insert(_ range: FrameRange) {
        guard let end = self.ranges.last, range.first <= end.last + 1 else {
            self.ranges.append(range)
            return
        }
        if range.first >= end.first {
            self.ranges[self.ranges.count - 1].last = max(end.last, range.last)
            return
        }
        var merged = range
        let before = self.ranges.prefix { $0.last + 1 < range.first }
        let after = self.ranges.dropFirst(before.count).drop { other in
            guard other.first <= merged.last + 1 else { return false }
            merged = FrameRange(min(merged.first, other.first), max(merged.last, other.last))
            return true
        }
        self.ranges = before + [merged] + after
    }

    /// Takes the first `countMax` ranges out.
    mutating func take(_ countMax: Int) -> [FrameRange] {
        let taken = Array(self.ranges.prefix(countMax))
        self.ranges.removeFirst(taken.count)
        return taken
    }
}
