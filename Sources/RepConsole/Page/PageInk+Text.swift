import PageView
import Terminal

extension ViewText.Flags {
    /// Not of the wire: the line ends where other lines of the page end, and not as many begin where it begins.
    fileprivate static let alignedByOthers = ViewText.Flags(rawValue: 1 << 31)
}

/// Where the page's lines begin and end: pages align prices by other means than `text-align`.
struct TextColumns {
    private var begins: [Int: Int] = [:]
    private var ends: [Int: Int] = [:]

    init(_ lines: [ViewRect]) {
        for line in lines {
            self.begins[Self.key(line.x), default: 0] += 1
            self.ends[Self.key(line.right), default: 0] += 1
        }
    }

    /// Whether at least two other lines end where this one ends, and fewer begin where it begins.
    func isRightAligned(_ line: ViewRect) -> Bool {
        let ends = self.ends[Self.key(line.right)] ?? 0
        return ends > 2 && (self.begins[Self.key(line.x)] ?? 0) < ends
    }

    /// Px rounded to pairs: senders round.
    private static func key(_ x: Double) -> Int { PageScale.whole((x / 2).rounded()) }
}

/// Lines of text and masked runs.
extension PageInk {
    /// Blanks between words grow where letters are wide, so that a word stays this near to its px: a column less than
    /// a word may be off, because both ends are rounded.
    private static let driftMax = 3
    /// Columns that a line may start before its px, so that its end is not too far behind them.
    private static let leanMax = 3
    /// How far the last word of a line may be behind its px for the line to be halved: less is leaned away, more is not
    /// mended by halves.
    private static let driftsOfHalves = (driftMax + leanMax + 1)...(2 * (driftMax + leanMax) + 3)
    /// Blanks added at one place at most: more tears the line apart.
    private static let extraBlanksMax = 2
    /// Blanks added at one place of a heading, whose letters are several cells wide: its box is that wide, too.
    private static let extraBlanksOfHeadingMax = 8
    /// From this size in px on a line is a heading: a letter takes two cells of the readable zoom.
    private static let headingSizeMin = 20.0

    /// Makes runs of all lines collected; called when every box is known.
    mutating func addLines() {
        var last: (block: Int, text: ViewRect, run: Int)?
        let columns = TextColumns(self.lines.map(\.placed.rect))
        for line in self.lines {
            let stretches = self.visibleWords(of: line.text, line.placed, order: line.order)
            for words in line.button == nil ? stretches.flatMap({ self.halves(of: $0, line.placed) }) : stretches {
                var run = self.run(of: line, words, columns)
                if let last, last.block == line.placed.block, Self.continues(last.text, line.placed.rect) {
                    run.row = self.runs[last.run].row
                    run.fraction = self.runs[last.run].fraction
                }
                self.alignMark(beside: line.placed, to: run)
                self.runs.append(run)
                last = (line.placed.block, line.placed.rect, self.runs.count - 1)
            }
        }
    }

    /// Puts the check box or radio button that stands beside a line on the line's row.
    private mutating func alignMark(beside line: PlacedItem, to run: PageRun) {
        guard
            let place = self.marks.lastIndex(where: { mark in
                mark.block == line.block && abs(mark.rect.midY - line.rect.midY) < line.rect.height
                    && (0..<24).contains(line.rect.x - mark.rect.right)
            })
        else { return }
        self.runs[self.marks[place].run].row = run.row
        self.runs[self.marks[place].run].fraction = run.fraction
        self.marks.remove(at: place)
    }

    /// Whether two pieces are painted side by side on one line of their block: then they share a row.
    private static func continues(_ left: ViewRect, _ right: ViewRect) -> Bool {
        abs(left.midY - right.midY) < min(left.height, right.height) * 0.4
            && right.x >= left.right - 2 && right.x - left.right < max(left.height, right.height)
    }

    private func run(
        of line: (placed: PlacedItem, text: ViewText, order: Int, button: GridRect?), _ words: [ViewWord],
        _ columns: TextColumns
    ) -> PageRun {
        var flags = line.text.flags
        if columns.isRightAligned(line.placed.rect) { flags.insert(.alignedByOthers) }
        var attributes: Attributes = []
        if flags.contains(.bold) || line.text.size >= Self.headingSizeMin { attributes.insert(.bold) }
        if flags.contains(.italic) { attributes.insert(.italic) }
        if flags.contains(.underline) { attributes.insert(.underline) }
        if flags.contains(.struck) { attributes.insert(.strike) }
        let colour = ViewColour(
            rgba: line.text.colour.rgb << 8 | UInt32(Self.alpha(line.text.colour, line.placed.opacity)))
        var pieces: [InkPiece] = []
        for word in words {
            let text = SafeText(word.text)
            let shown = text.columns > 0 ? text : SafeText("◇")
            pieces.append(InkPiece(text: shown, offset: 0, colour: colour, attributes: attributes, isWord: true))
        }
        var run = self.run(pieces, line.placed, order: line.order)
        run.left = words.first?.rect.x ?? run.left
        run.right = words.last?.rect.right ?? run.right
        self.space(
            &run, words: words, flags: flags, isHeading: line.text.size >= Self.headingSizeMin, button: line.button)
        return run
    }

    private func run(_ pieces: [InkPiece], _ placed: PlacedItem, order: Int) -> PageRun {
        let middle = self.scale.rowPlace(placed.rect.midY)
        let columns = self.scale.size.columns
        let right = placed.rect.right > placed.clip.right + 1 ? self.scale.column(placed.clip.right) : columns
        let left = placed.rect.x < placed.clip.x - 1 ? self.scale.column(placed.clip.x) : 0
        let bounds = min(max(left, 0), columns)..<max(min(max(left, 0), columns), min(right, columns))
        return PageRun(
            pieces: pieces, columns: 0, column: 0, row: PageScale.whole(middle.rounded(.down)),
            fraction: middle - middle.rounded(.down), order: order, claim: .movable, bounds: bounds,
            left: placed.rect.x, right: placed.rect.right)
    }

    /// Sets the pieces' offsets and the run's place: anchored left, right or in the middle, words near their px.
    private func space(
        _ run: inout PageRun, words: [ViewWord], flags: ViewText.Flags, isHeading: Bool, button: GridRect?
    ) {
        guard let first = words.first, let last = words.last else { return }
        let isAnchoredLeft = flags.isDisjoint(with: [.centred, .rightAligned]) && button == nil
        let start = self.scale.column(first.rect.x)
        let extraMax = isHeading ? Self.extraBlanksOfHeadingMax : Self.extraBlanksMax
        var offset = 0
        for index in run.pieces.indices {
            if index > 0 {
                let ideal = self.scale.column(words[index].rect.x) - start
                let extra = isAnchoredLeft ? ideal - Self.driftMax - offset : 0
                offset += min(max(extra, 0), extraMax)
            }
            run.pieces[index].offset = offset
            offset += run.pieces[index].text.columns + 1
        }
        run.columns = max(offset - 1, 0)
        if let button {
            run.column = button.left + (button.width - run.columns) / 2
        } else if flags.contains(.rightAligned) || self.leansRight(run, words, flags) {
            run.column = self.scale.column(last.rect.right) - run.columns
        } else if flags.contains(.centred) {
            let middle = (first.rect.x + last.rect.right) / 2
            run.column = PageScale.whole((self.scale.columnPlace(middle) - Double(run.columns) / 2).rounded())
        } else {
            run.column = start + self.lean(run, words: words, start: start)
        }
    }

    /// A short line that ends where others end, and hardly longer in cells than in px: a price in a column of prices.
    private func leansRight(_ run: PageRun, _ words: [ViewWord], _ flags: ViewText.Flags) -> Bool {
        guard flags.contains(.alignedByOthers), let first = words.first, let last = words.last else { return false }
        let cells = self.scale.column(last.rect.right) - self.scale.column(first.rect.x)
        return abs(cells - run.columns) <= Self.driftMax
    }

    /// A line whose last words stand more than `driftMax` from their px starts up to as much nearer to them. Long
    /// lines of small print are past help, and keep their left edge.
    private func lean(_ run: PageRun, words: [ViewWord], start: Int) -> Int {
        guard let offset = run.pieces.last?.offset, let word = words.last else { return 0 }
        let drift = self.scale.column(word.rect.x) - (start + offset)
        let excess = abs(drift) - Self.driftMax
        guard excess > 0, excess <= Self.leanMax * 2 + 1 else { return 0 }
        return drift < 0 ? -min(excess, Self.leanMax) : min(excess, 2)
    }

    /// The words whose middle is in the pane, in the clip, and not under a later opaque box: in stretches with nothing
    /// hidden between them.
    private func visibleWords(of text: ViewText, _ placed: PlacedItem, order: Int) -> [[ViewWord]] {
        let halfRow = PageScale.whole((self.scale.rowPlace(placed.rect.midY) * 2).rounded(.down))
        let region = self.scale.region
        guard !text.colour.isClear, placed.rect.midY >= region.y, placed.rect.midY < region.bottom else { return [] }
        var stretches: [[ViewWord]] = []
        var isAfterHidden = true
        for word in text.words(in: placed.rect) {
            let middle = ViewPoint(x: word.rect.midX, y: word.rect.midY)
            let column = PageScale.whole(self.scale.columnPlace(middle.x).rounded(.down))
            let isHidden =
                !region.contains(middle) || !placed.clip.contains(middle)
                || self.planes.isHidden(column: column, halfRow: halfRow, after: order)
            if !isHidden, isAfterHidden {
                stretches.append([word])
            } else if !isHidden {
                stretches[stretches.count - 1].append(word)
            }
            isAfterHidden = isHidden
        }
        return stretches
    }

    /// Whether no other line stands on the row below a line, so that a half of it may.
    private func isRoomBelow(_ placed: PlacedItem) -> Bool {
        !self.lines.contains { other in
            let below = other.placed.rect.midY - placed.rect.midY
            return below > 1 && below < 1.5 * self.scale.cellHeight && other.placed.rect.x < placed.rect.right
                && other.placed.rect.right > placed.rect.x
        }
    }

    /// A line somewhat longer in cells than in px, as two halves: the second may then stand on a free row beside the
    /// first, below its own px. Long lines of small print would be torn into many, and stay whole.
    private func halves(of words: [ViewWord], _ placed: PlacedItem) -> [[ViewWord]] {
        guard let first = words.first else { return [words] }
        let start = self.scale.column(first.rect.x)
        var offset = 0
        var drifts: [Int] = []
        for word in words {
            drifts.append(start + offset - self.scale.column(word.rect.x))
            offset += SafeText(word.text).columns + 1
        }
        guard let last = drifts.last, Self.driftsOfHalves.contains(last),
            let middle = drifts.firstIndex(where: { $0 * 2 > last }), self.isRoomBelow(placed)
        else { return [words] }
        return [Array(words[..<middle]), Array(words[middle...])]
    }

    /// A masked run: as wide as the text it stands for, to the nearest cell.
    mutating func add(_ masked: ViewMasked, _ placed: PlacedItem, order: Int) {
        let visible = placed.visible
        guard !visible.isEmpty else { return }
        let middle = self.scale.rowPlace(visible.midY)
        let columns = max(self.scale.column(visible.right) - self.scale.column(visible.x), 1)
        let text = SafeText(String(repeating: "▒", count: min(columns, self.scale.size.columns)))
        self.runs.append(
            PageRun(
                pieces: [InkPiece(text: text, offset: 0, colour: masked.colour, attributes: [], isWord: false)],
                columns: text.columns, column: self.scale.column(visible.x),
                row: PageScale.whole(middle.rounded(.down)), fraction: middle - middle.rounded(.down), order: order,
                claim: .movable, bounds: 0..<self.scale.size.columns, left: visible.x, right: visible.right))
    }
}
