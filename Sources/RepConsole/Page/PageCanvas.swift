import PageView
import Terminal

/// Draws what a paint collected: grounds, then lines, then ink.
struct PageCanvas {
    /// The least difference in luminance (of 255) between letters and their ground.
    static let contrastMin = 56

    let ink: PageInk
    var screen: Screen
    /// Cells that belong to a run, blanks between its words too: no border runs through them.
    private var inked: [Bool]
    private(set) var report = PageReport()

    init(ink: PageInk) {
        self.ink = ink
        self.screen = Screen(ink.scale.size)
        self.inked = [Bool](repeating: false, count: ink.scale.size.columns * ink.scale.size.rows)
    }

    /// Whether a run has the cell. False outside the pane.
    func isInked(column: Int, row: Int) -> Bool {
        self.screen.bounds.contains(column: column, row: row) && self.inked[row * self.screen.columns + column]
    }

    mutating func drawGround() {
        for row in 0..<self.screen.rows {
            for column in 0..<self.screen.columns {
                if let picture = self.ink.planes.picture(column: column, row: row) {
                    self.screen.setQuarters(
                        column: column, row: row, self.quarters(of: self.ink.pictures[picture], column, row))
                    continue
                }
                let (upper, lower) = self.ink.planes.halves(column: column, row: row)
                self.screen.setHalves(column: column, row: row, upper: upper, lower: lower)
            }
        }
    }

    /// What a picture shows in the quarters of a cell, under the translucent boxes painted later.
    private func quarters(of picture: PagePicture, _ column: Int, _ row: Int) -> Quarters {
        func colour(_ x: Double, _ y: Double) -> Colour {
            let own = picture.colour(
                x: self.ink.scale.x(column: Double(column) + x), y: self.ink.scale.y(row: Double(row) + y))
            return self.washed(Colour(rgb: own.rgb), column: column, row: row, after: picture.order)
        }
        return Quarters(
            upperLeft: colour(0.25, 0.25), upperRight: colour(0.75, 0.25), lowerLeft: colour(0.25, 0.75),
            lowerRight: colour(0.75, 0.75))
    }

    mutating func drawHatches() {
        let mark = SafeText("▒")
        for hatch in self.ink.hatches {
            let cells = hatch.cells.clipped(columns: self.screen.columns, rows: self.screen.rows)
            for row in cells.top..<max(cells.top, cells.bottom) {
                for column in cells.left..<max(cells.left, cells.right)
                where !self.ink.planes.isCovered(column: column, row: row, after: hatch.order) {
                    let ground = self.ink.planes.halves(column: column, row: row).upper
                    let grey = Colour(rgb: ground.luminance >= 110 ? 0x404850 : 0xC0C8D0)
                    let colour = grey.blended(over: ground, alpha: 70)
                    self.screen.put(
                        mark, column: column, row: row, style: Style(foreground: colour, background: ground))
                }
            }
        }
    }

    /// Puts all runs on the screen and counts their words.
    mutating func draw(_ placed: [PlacedRun]) {
        for run in placed {
            let isCut = run.columns < run.run.columns
            var endsAt = run.columns - (isCut ? 1 : 0)
            self.claim(run)
            self.blankGaps(of: run, until: endsAt)
            for piece in run.run.pieces {
                let room = endsAt - piece.offset
                let isWhole = piece.text.columns <= room
                if isWhole {
                    self.put(piece.text, piece, at: run)
                } else if room > 0 {
                    self.put(piece.text.prefix(columns: room), piece, at: run)
                    endsAt = piece.offset + room
                }
                self.count(piece, isWhole: isWhole, isPart: room > 0)
            }
            if isCut, let last = run.run.pieces.last {
                var mark = last
                mark.offset = run.columns - 1
                mark.colour = ViewColour(rgba: last.colour.rgb << 8 | 0x90)
                self.put(SafeText("…"), mark, at: run)
            }
        }
    }

    private mutating func claim(_ run: PlacedRun) {
        guard run.row >= 0, run.row < self.screen.rows else { return }
        let first = run.row * self.screen.columns
        for part in self.inkedParts(of: run) {
            for column in part.clamped(to: 0..<self.screen.columns) {
                self.inked[first + column] = true
            }
        }
    }

    /// The columns where no border may run: all of a line, but of a field only its words and marks.
    private func inkedParts(of run: PlacedRun) -> [Range<Int>] {
        guard run.run.claim == .fixed else { return [run.column..<(run.column + run.columns)] }
        return run.run.pieces.compactMap { piece in
            let start = run.column + piece.offset
            return piece.text.string == " " ? nil : start..<(start + piece.text.columns)
        }
    }

    /// Blanks between the words of a line belong to it: no border shows through, and an underline goes on.
    private mutating func blankGaps(of run: PlacedRun, until end: Int) {
        for (left, right) in zip(run.run.pieces, run.run.pieces.dropFirst()) where left.isWord && right.isWord {
            let start = left.offset + left.text.columns
            guard right.offset > start, right.offset <= end else { continue }
            var gap = right
            gap.offset = start
            gap.attributes.formIntersection(left.attributes)
            self.put(SafeText(String(repeating: " ", count: right.offset - start)), gap, at: run)
        }
    }

    /// Whether a cell of the pane has neither words nor a line: colour only.
    func isPlain(column: Int, row: Int) -> Bool {
        guard self.screen.bounds.contains(column: column, row: row), !self.isInked(column: column, row: row) else {
            return false
        }
        let cell = self.screen[column, row]
        return cell.isBlank || cell.isPixelPair
    }

    /// Puts a word of the console's own over the page, in a colour that can be read there.
    mutating func putNote(_ text: SafeText, column: Int, row: Int) {
        for cell in column..<(column + text.columns) {
            let ground = self.ink.planes.halves(column: cell, row: row).upper
            self.screen.setHalves(column: cell, row: row, upper: ground, lower: ground)
        }
        let ground = self.screen[column, row].background
        self.screen.put(
            text, column: column, row: row,
            style: Style(
                foreground: Self.readable(self.ink.theme.focus, on: ground), background: ground, attributes: .bold))
    }

    mutating func note(_ lines: LostLines) {
        self.report.lost.append(lines)
    }

    mutating func count(dropped: [PageRun]) {
        for run in dropped {
            self.report.dropped += run.pieces.count { $0.isWord }
        }
    }

    private mutating func count(_ piece: InkPiece, isWhole: Bool, isPart: Bool) {
        guard piece.isWord else { return }
        if isWhole {
            self.report.placed += 1
        } else if isPart {
            self.report.cut += 1
        } else {
            self.report.dropped += 1
        }
    }

    private mutating func put(_ text: SafeText, _ piece: InkPiece, at placed: PlacedRun) {
        let column = placed.column + piece.offset
        let row = placed.row
        let usesUpper = placed.row == placed.run.row ? placed.run.fraction < 0.5 : placed.row > placed.run.row
        for cell in max(column, 0)..<max(min(column + text.columns, self.screen.columns), max(column, 0)) {
            let (upper, lower) = self.ink.planes.halves(column: cell, row: row)
            let ground = usesUpper ? upper : lower
            self.screen.setHalves(column: cell, row: row, upper: ground, lower: ground)
        }
        let ground = self.screen[min(max(column, 0), self.screen.columns - 1), row].background
        let own = Colour(rgb: piece.colour.rgb).blended(over: ground, alpha: piece.colour.alpha)
        let colour = self.washed(own, column: column, row: row, after: placed.run.order)
        self.screen.put(
            text, column: column, row: row,
            style: Style(
                foreground: piece.isWord || placed.run.claim == .optional ? Self.readable(colour, on: ground) : colour,
                attributes: piece.attributes))
    }

    /// The colour under the translucent boxes painted later.
    func washed(_ colour: Colour, column: Int, row: Int, after order: Int) -> Colour {
        var result = colour
        for wash in self.ink.washes where wash.order > order {
            let area = wash.halves
            if column >= area.left, column < area.right, row * 2 + 1 >= area.top, row * 2 < area.bottom {
                result = wash.colour.blended(over: result, alpha: wash.alpha)
            }
        }
        return result
    }

    /// The colour, pushed towards black or white until it can be read on `ground`.
    static func readable(_ colour: Colour, on ground: Colour) -> Colour {
        let difference = abs(colour.luminance - ground.luminance)
        guard difference < Self.contrastMin else { return colour }
        let goal = Colour(rgb: ground.luminance >= 128 ? 0x000000 : 0xFFFFFF)
        let reach = max(abs(goal.luminance - colour.luminance), 1)
        let missing = Self.contrastMin - difference
        return goal.blended(over: colour, alpha: UInt8(min(255 * missing / reach + 24, 255)))
    }
}
