import PageView
import Terminal

/// Fills of more than one colour: gradients, and what pictures show.
extension PageInk {
    /// Paints a gradient over half cells that were filled with its middle before.
    mutating func addGradient(_ gradient: ViewGradient, halves: GridRect, _ placed: PlacedItem) {
        let angle = gradient.turn * .pi / 180
        let (across, down) = (Self.sine(angle), -Self.sine(angle + .pi / 2))
        let rect = placed.rect
        // The length of the gradient line, as CSS Images 3 (3.1.1) has it: its ends' normals touch the corners.
        let length = max(abs(rect.width * across) + abs(rect.height * down), 1)
        let scale = self.scale
        self.planes.fill(halves.intersection(self.halves(placed.clip)), opacity: placed.opacity) { column, halfRow in
            let (x, y) = Self.point(column, halfRow, scale)
            let along = ((x - rect.midX) * across + (y - rect.midY) * down) / length + 0.5
            return Self.mixed(gradient.first, gradient.last, min(max(along, 0), 1))
        }
    }

    /// Paints a picture's colours over its half cells, each as the colours round its middle are.
    mutating func addColours(_ colours: ViewColours, _ placed: PlacedItem) {
        let rect = placed.rect
        let scale = self.scale
        let area = self.halves(rect).intersection(self.halves(placed.clip))
        self.planes.fill(area, opacity: placed.opacity) { column, halfRow in
            let (x, y) = Self.point(column, halfRow, scale)
            return Self.sample(
                colours, x: (x - rect.x) / max(rect.width, 1), y: (y - rect.y) / max(rect.height, 1))
        }
    }

    /// The viewport px in the middle of a half cell.
    private static func point(_ column: Int, _ halfRow: Int, _ scale: PageScale) -> (Double, Double) {
        (
            scale.origin.x + (Double(column) + 0.5) * scale.cellWidth,
            scale.origin.y + (Double(halfRow) + 0.5) * scale.cellHeight / 2
        )
    }

    /// The colour at a place of the picture, 0 to 1 each way, between the four nearest.
    private static func sample(_ colours: ViewColours, x: Double, y: Double) -> ViewColour {
        func near(_ place: Double, _ count: Int) -> (Int, Int, Double) {
            let at = min(max(place * Double(count) - 0.5, 0), Double(count - 1))
            let low = Int(at)
            return (low, min(low + 1, count - 1), at - Double(low))
        }
        let (left, right, xShare) = near(x, colours.columns)
        let (upper, lower, yShare) = near(y, colours.rows)
        func row(_ row: Int) -> ViewColour {
            Self.mixed(
                colours.colours[row * colours.columns + left], colours.colours[row * colours.columns + right], xShare)
        }
        return Self.mixed(row(upper), row(lower), yShare)
    }

    /// A share of the second colour, 0 to 1, in the first.
    private static func mixed(_ first: ViewColour, _ second: ViewColour, _ share: Double) -> ViewColour {
        var rgba: UInt32 = 0
        for shift: UInt32 in [24, 16, 8, 0] {
            let low = Double((first.rgba >> shift) & 0xFF)
            let high = Double((second.rgba >> shift) & 0xFF)
            rgba |= UInt32((low + (high - low) * share).rounded()) << shift
        }
        return ViewColour(rgba: rgba)
    }

    /// The sine, by Bhaskara's formula: within 0.2 %, and the core needs no library for it.
    private static func sine(_ angle: Double) -> Double {
        var rest = angle.truncatingRemainder(dividingBy: 2 * .pi)
        let sign: Double = rest < 0 ? -1 : 1
        rest = abs(rest)
        let (half, isLower) = rest > .pi ? (rest - .pi, true) : (rest, false)
        let part = half * (.pi - half)
        return sign * (isLower ? -1 : 1) * 16 * part / (5 * .pi * .pi - 4 * part)
    }
}
