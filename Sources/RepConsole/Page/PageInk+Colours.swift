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
            return PagePicture.mixed(gradient.first, gradient.last, min(max(along, 0), 1))
        }
    }

    /// Paints a picture's colours over its half cells, each as the colours round its middle are. The cells that show
    /// nothing but the picture are drawn in quarters in the end.
    mutating func addColours(_ colours: ViewColours, _ placed: PlacedItem, order: Int) {
        let picture = PagePicture(colours: colours, rect: placed.rect, visible: placed.visible, order: order)
        let scale = self.scale
        let area = self.halves(placed.rect).intersection(self.halves(placed.clip))
        self.planes.fill(area, opacity: placed.opacity) { column, halfRow in
            let (x, y) = Self.point(column, halfRow, scale)
            return picture.colour(x: x, y: y)
        }
        guard placed.opacity >= 0.99, self.pictures.count < PagePicture.countMax,
            colours.colours.allSatisfy(\.isOpaque)
        else { return }
        self.planes.mark(area, picture: self.pictures.count)
        self.pictures.append(picture)
    }

    /// The viewport px in the middle of a half cell.
    private static func point(_ column: Int, _ halfRow: Int, _ scale: PageScale) -> (Double, Double) {
        (
            scale.origin.x + (Double(column) + 0.5) * scale.cellWidth,
            scale.origin.y + (Double(halfRow) + 0.5) * scale.cellHeight / 2
        )
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
