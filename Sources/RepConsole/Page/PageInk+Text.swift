import PageView
import Terminal

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

/// The rows that the page's lines stand on by their px.
struct LineRows {
    /// Lines looked at on one row; more is a page that nobody can read.
    private static let lineCountMax = 64

    private let scale: PageScale
    private var rows: [[ViewRect]]

    init(_ lines: [ViewRect], scale: PageScale) {
        self.scale = scale
        self.rows = [[ViewRect]](repeating: [], count: scale.size.rows)
        for line in lines {
            let row = scale.row(line.midY)
            guard self.rows.indices.contains(row), self.rows[row].count < Self.lineCountMax else { continue }
            self.rows[row].append(line)
        }
    }

    /// Whether the row below a line is in the pane and has no line where this one is.
    func isFree(below line: ViewRect) -> Bool {
        let row = self.scale.row(line.midY) + 1
        guard self.rows.indices.contains(row), self.rows[row].count < Self.lineCountMax else { return false }
        return !self.rows[row].contains { $0.x < line.right && $0.right > line.x }
    }
}

/// Lines of text and masked runs.
extension PageInk {
    /// How much longer in cells than in px a line may be and still hang on its right edge.
    private static let hangMax = 3
    /// Words of a line that is torn at most: past a pane of short words nobody reads it.
    private static let tornWordsMax = 200
    /// From this size in px on a line is a heading, and bold.
    fileprivate static let headingSizeMin = 20.0

    /// Makes runs of all lines collected; called when every box is known.
    mutating func addLines() {
        var last: LastLine?
        let columns = TextColumns(self.lines.map(\.placed.rect))
        let rows = LineRows(self.lines.map(\.placed.rect), scale: self.scale)
        for line in self.lines {
            for words in self.visibleWords(of: line.text, line.placed, order: line.order) {
                let made = self.runs(of: line, words, columns, rows)
                if let before = last, made.count == 1, before.isFollowed(by: line), self.glue(made[0], to: before) {
                    last = LastLine(line, run: before.run)
                    continue
                }
                for (place, made) in made.enumerated() {
                    var run = made
                    if let last, place == 0, last.block == line.placed.block,
                        Self.continues(last.rect, line.placed.rect)
                    {
                        run.row = self.runs[last.run].row
                        run.fraction = self.runs[last.run].fraction
                    }
                    if place == 0 { self.alignMark(beside: line.placed, to: run) }
                    self.runs.append(run)
                    last = LastLine(line, run: self.runs.count - 1)
                }
            }
        }
    }

    /// The line before, and the run that its end is in.
    private struct LastLine {
        let block: Int
        let rect: ViewRect
        let run: Int
        /// Whether its words begin at their px.
        let isPlain: Bool
        let isHeading: Bool

        init(_ line: InkLine, run: Int) {
            self.block = line.placed.block
            self.rect = line.placed.rect
            self.run = run
            self.isPlain = line.button == nil && line.text.flags.isDisjoint(with: [.centred, .rightAligned])
            self.isHeading = line.text.size >= PageInk.headingSizeMin
        }

        /// Whether a line goes on where this one ends, with no blank between them.
        func isFollowed(by line: InkLine) -> Bool {
            let next = LastLine(line, run: self.run)
            return self.block == next.block && self.isPlain && next.isPlain && PageInk.continues(self.rect, next.rect)
                && abs(next.rect.x - self.rect.right) < 1.5
        }
    }

    /// Puts a run at the end of the one before, where that moves it little, or the one before is a heading: `£129` and
    /// `.99` are one price. Returns false where it may not be.
    private mutating func glue(_ run: PageRun, to last: LastLine) -> Bool {
        let before = self.runs[last.run]
        let shift = abs(before.column + before.columns - run.column)
        guard before.claim == .movable, last.isHeading || shift <= RunPlacer.shiftMax else { return false }
        for piece in run.pieces {
            var moved = piece
            moved.offset += before.columns
            self.runs[last.run].pieces.append(moved)
        }
        self.runs[last.run].columns += run.columns
        self.runs[last.run].right = run.right
        self.runs[last.run].order = max(before.order, run.order)
        return true
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
    fileprivate static func continues(_ left: ViewRect, _ right: ViewRect) -> Bool {
        abs(left.midY - right.midY) < min(left.height, right.height) * 0.4
            && right.x >= left.right - 2 && right.x - left.right < max(left.height, right.height)
    }

    /// The words of one stretch of a line as runs: one, or several that take turns on two rows.
    private func runs(
        of line: InkLine, _ words: [ViewWord], _ columns: TextColumns, _ rows: LineRows
    ) -> [PageRun] {
        let pieces = self.inkPieces(of: line, words)
        let (cells, px) = (Self.columns(of: pieces), self.columns(of: words))
        let isNearlyAsWide = abs(cells - px) <= Self.hangMax
        let isHung =
            line.text.flags.contains(.rightAligned) || columns.isRightAligned(line.placed.rect) && isNearlyAsWide
        let isCentred = line.text.flags.contains(.centred) && (cells > px || isNearlyAsWide)
        guard line.button == nil, !isHung, !isCentred else {
            return [self.anchored(pieces, words, line: line, isHung: isHung)]
        }
        let fit = LineFit(words: zip(words, pieces).map { self.fitted($0, $1.text) }, bounds: line.room)
        let mayTear = words.count <= Self.tornWordsMax && rows.isFree(below: line.placed.rect)
        // Words of large letters are far apart in cells: what is read as one line stands together.
        let isHeading = line.text.size >= Self.headingSizeMin && cells < px
        return (isHeading ? [fit.closed] : fit.pieces(mayTear: mayTear)).enumerated().map { place, piece in
            var run = self.run(Array(pieces[piece.words]), line.placed, order: line.order)
            for (index, offset) in piece.offsets.enumerated() { run.pieces[index].offset = offset }
            run.columns = piece.columns
            run.column = piece.start
            run.left = words[piece.words.lowerBound].rect.x
            run.right = words[piece.words.upperBound - 1].rect.right
            if place % 2 == 1 { (run.row, run.fraction) = (run.row + 1, 0) }
            return run
        }
    }

    private func inkPieces(of line: InkLine, _ words: [ViewWord]) -> [InkPiece] {
        let flags = line.text.flags
        var attributes: Attributes = []
        if flags.contains(.bold) || line.text.size >= Self.headingSizeMin { attributes.insert(.bold) }
        if flags.contains(.italic) { attributes.insert(.italic) }
        if flags.contains(.underline) { attributes.insert(.underline) }
        if flags.contains(.struck) { attributes.insert(.strike) }
        let colour = ViewColour(
            rgba: line.text.colour.rgb << 8 | UInt32(Self.alpha(line.text.colour, line.placed.opacity)))
        let isCut = flags.contains(.cutByPage) && words.last.map { line.text.text.hasSuffix($0.text) } ?? false
        return words.enumerated().map { place, word in
            // The view has letters in reading order; cells run from left to right.
            let letters = flags.contains(.rightToLeft) ? RightToLeft.visual(word.text) : word.text
            let text = SafeText(isCut && place == words.count - 1 ? letters + "…" : letters)
            let shown = text.columns > 0 ? text : SafeText("◇")
            return InkPiece(text: shown, offset: 0, colour: colour, attributes: attributes, isWord: true)
        }
    }

    private func fitted(_ word: ViewWord, _ text: SafeText) -> LineFit.Word {
        let isSeparator = text.columns == 1 && word.text.allSatisfy { "·•|›»/".contains($0) }
        return LineFit.Word(
            columns: text.columns, begin: self.scale.columnPlace(word.rect.x),
            end: self.scale.columnPlace(word.rect.right), isSeparator: isSeparator,
            endsClause: isSeparator || word.text.last.map { ".,;:!?)".contains($0) } ?? false)
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

    /// A run that hangs on its right edge, stands in the middle of its px, or in the middle of its button.
    private func anchored(_ pieces: [InkPiece], _ words: [ViewWord], line: InkLine, isHung: Bool) -> PageRun {
        var run = self.run(pieces, line.placed, order: line.order)
        guard let first = words.first, let last = words.last else { return run }
        var offset = 0
        for index in run.pieces.indices {
            run.pieces[index].offset = offset
            offset += run.pieces[index].text.columns + 1
        }
        run.columns = max(offset - 1, 0)
        run.left = first.rect.x
        run.right = last.rect.right
        if isHung {
            run.column = self.scale.column(last.rect.right) - run.columns
        } else if let button = line.button {
            run.column = button.left + (button.width - run.columns) / 2
        } else {
            let middle = (first.rect.x + last.rect.right) / 2
            run.column = PageScale.whole((self.scale.columnPlace(middle) - Double(run.columns) / 2).rounded())
        }
        return run
    }

    /// Columns of the words with one blank between them.
    private static func columns(of pieces: [InkPiece]) -> Int {
        pieces.reduce(pieces.count - 1) { $0 + $1.text.columns }
    }

    /// Columns of the words' px.
    private func columns(of words: [ViewWord]) -> Int {
        guard let first = words.first, let last = words.last else { return 0 }
        return self.scale.column(last.rect.right) - self.scale.column(first.rect.x)
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
