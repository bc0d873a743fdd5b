/// The size of one cell in the terminal's pixels.
package struct CellPixels: Equatable, Sendable {
    /// Larger cells are no terminal's.
    private static let sideMax = 128

    package let width: Int
    package let height: Int

    /// Nil for a size that no cell has: terminals report 0 where they do not know.
    package init?(width: Int, height: Int) {
        guard (1...Self.sideMax).contains(width), (1...Self.sideMax).contains(height) else { return nil }
        self.width = width
        self.height = height
    }
}

/// How pictures are shown.
package enum TerminalGraphics: Equatable, Sendable {
    /// As characters, four quarters and two colours a cell: everywhere.
    case blocks
    /// The kitty graphics protocol: the terminal scales.
    case kitty
    /// DEC sixel, for cells of this size, with so many colours a picture.
    case sixel(CellPixels, registers: Int)
}

/// A picture over the cells of a screen, for terminals that show pixels. The cells show it too, coarser.
package struct ScreenPicture: Equatable, Sendable {
    /// Pictures of one screen at most: xterm keeps 16 and forgets the oldest.
    package static let countMax = 12
    /// Colours of one at most, past any thumbnail.
    package static let colourCountMax = 65_536

    /// The cells that it fills.
    package var area: Rectangle
    /// What it shows, row by row, `columns` to a row.
    package let colours: [Colour]
    package let columns: Int
    /// The part that is to be seen, in shares of the whole: `left` before `right`, `top` before `bottom`, 0 to 1.
    package let left: Double
    package let top: Double
    package let right: Double
    package let bottom: Double
    /// What the cells are while nothing lies over it; 0 until `Screen.addPicture`.
    var signature: UInt64 = 0

    /// Nil for colours that make no rectangle, or too many.
    package init?(
        area: Rectangle, colours: [Colour], columns: Int, left: Double = 0, top: Double = 0, right: Double = 1,
        bottom: Double = 1
    ) {
        guard columns > 0, !colours.isEmpty, colours.count.isMultiple(of: columns), !area.isEmpty,
            colours.count <= Self.colourCountMax
        else { return nil }
        self.area = area
        self.colours = colours
        self.columns = columns
        self.left = min(max(left, 0), 1)
        self.top = min(max(top, 0), 1)
        self.right = min(max(right, self.left), 1)
        self.bottom = min(max(bottom, self.top), 1)
    }

    private var rows: Int { self.colours.count / self.columns }

    /// Columns of `colours` in the part that is to be seen.
    var seenColumns: Int { Int((Double(self.columns) * (self.right - self.left)).rounded(.up)) }

    /// The colour at a share of the part that is seen, between the four nearest.
    func colour(x: Double, y: Double) -> (red: Int, green: Int, blue: Int) {
        func near(_ share: Double, _ count: Int) -> (Int, Int, Int) {
            let at = min(max(share * Double(count) - 0.5, 0), Double(count - 1))
            let low = Int(at)
            return (low, min(low + 1, count - 1), Int((at - Double(low)) * 256))
        }
        let (left, right, across) = near(self.left + x * (self.right - self.left), self.columns)
        let (upper, lower, down) = near(self.top + y * (self.bottom - self.top), self.rows)
        func mixed(_ first: Int, _ second: Int, _ share: Int) -> Int { first + (second - first) * share / 256 }
        func row(_ row: Int) -> (Int, Int, Int) {
            let one = self.colours[row * self.columns + left].channels
            let other = self.colours[row * self.columns + right].channels
            return (
                mixed(one.red, other.red, across), mixed(one.green, other.green, across),
                mixed(one.blue, other.blue, across)
            )
        }
        let (one, other) = (row(upper), row(lower))
        return (mixed(one.0, other.0, down), mixed(one.1, other.1, down), mixed(one.2, other.2, down))
    }
}

extension Screen {
    /// Says that cells of the screen, as they are now, show a picture. Ignored where it is not on the screen whole, and
    /// past `ScreenPicture.countMax`.
    package mutating func addPicture(_ picture: ScreenPicture) {
        guard picture.area.intersection(self.bounds) == picture.area,
            self.pictures.count < ScreenPicture.countMax
        else { return }
        var picture = picture
        picture.signature = self.signature(of: picture.area)
        self.pictures.append(picture)
    }

    /// FNV-1a over an area's cells: tells whether anything was drawn there since.
    func signature(of area: Rectangle) -> UInt64 {
        var hash: UInt64 = 14_695_981_039_346_656_037
        let visible = area.intersection(self.bounds)
        for row in visible.row..<visible.endRow {
            for index in (row * self.columns + visible.column)..<(row * self.columns + visible.endColumn) {
                let cell = self.cells[index]
                for part in [
                    cell.glyph.code, cell.foreground.code, cell.background.code, UInt32(cell.attributes.rawValue),
                ] {
                    hash = (hash ^ UInt64(part)) &* 1_099_511_628_211
                }
            }
        }
        return hash
    }
}
