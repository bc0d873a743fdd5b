import PageView

/// A picture of which colours are known, where one paint has it.
struct PagePicture {
    /// Pictures drawn in quarters at most; later ones are half cells.
    static let countMax = 255

    var colours: ViewColours
    /// In px of the viewport.
    var rect: ViewRect
    /// What of `rect` the page's clips leave.
    var visible: ViewRect
    /// When it was painted.
    var order: Int

    /// The colour at a viewport place, between the four nearest; outside the picture that of its edge.
    func colour(x: Double, y: Double) -> ViewColour {
        func near(_ place: Double, _ count: Int) -> (Int, Int, Double) {
            let at = min(max(place * Double(count) - 0.5, 0), Double(count - 1))
            let low = Int(at)
            return (low, min(low + 1, count - 1), at - Double(low))
        }
        let (left, right, xShare) = near((x - self.rect.x) / max(self.rect.width, 1), self.colours.columns)
        let (upper, lower, yShare) = near((y - self.rect.y) / max(self.rect.height, 1), self.colours.rows)
        func row(_ row: Int) -> ViewColour {
            let first = row * self.colours.columns
            return Self.mixed(self.colours.colours[first + left], self.colours.colours[first + right], xShare)
        }
        return Self.mixed(row(upper), row(lower), yShare)
    }

    /// A share of the second colour, 0 to 1, in the first.
    static func mixed(_ first: ViewColour, _ second: ViewColour, _ share: Double) -> ViewColour {
        guard first != second else { return first }
        var rgba: UInt32 = 0
        for shift: UInt32 in [24, 16, 8, 0] {
            let low = Double((first.rgba >> shift) & 0xFF)
            let high = Double((second.rgba >> shift) & 0xFF)
            rgba |= UInt32((low + (high - low) * share).rounded()) << shift
        }
        return ViewColour(rgba: rgba)
    }
}
