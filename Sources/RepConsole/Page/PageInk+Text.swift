import PageView
import Terminal

/// Lines of text and masked runs.
extension PageInk {
    /// How much longer in cells than in px a line may be and still hang on its right edge.
    private static let hangMax = 3
    /// Words of a line that is torn at most: past a pane of short words nobody reads it.
    private static let tornWordsMax = 200
    /// Lines that make up one sentence at most: a page of one-letter lines must not stall the console.
    private static let sentenceLinesMax = 40
    /// A blank between two lines of a sentence is narrower than this share of the letters' size.
    private static let blankShareMax = 0.6
    /// Px between a check box or radio button and its label are fewer.
    private static let markGapMax = 24.0
    /// Px between two lines that touch: no blank is between them.
    private static let touchMax = 1.5
    /// From this size in px on a line is a heading, and bold.
    static let headingSizeMin = 20.0

    /// Makes runs of all lines collected; called when every box is known.
    mutating func addLines() {
        self.turnLines()
        let columns = TextColumns(self.lines.map(\.placed.rect))
        let rows = LineRows(self.lines.map(\.placed.rect), scale: self.scale)
        let sentences = self.sentences(rows)
        self.straighten(sentences, columns, rows)
        var last: LastLine?
        for sentence in sentences {
            let line = self.lines[sentence.lowerBound]
            for words in self.stretches(of: sentence) {
                for (place, made) in self.runs(of: line, words, columns, rows).enumerated() {
                    var run = made
                    if let last, place == 0, last.block == line.placed.block,
                        Self.continues(last.rect, line.placed.rect)
                    {
                        run.row = self.runs[last.run].row
                        run.fraction = self.runs[last.run].fraction
                    }
                    if place == 0 { self.alignMark(beside: line.placed, to: run) }
                    self.runs.append(run)
                    last = LastLine(
                        block: line.placed.block, rect: self.lines[sentence.upperBound - 1].placed.rect,
                        run: self.runs.count - 1)
                }
            }
        }
    }

    /// All lines, in sentences.
    private func sentences(_ rows: LineRows) -> [Range<Int>] {
        var sentences: [Range<Int>] = []
        while sentences.last?.upperBound ?? 0 < self.lines.count {
            sentences.append(self.sentence(from: sentences.last?.upperBound ?? 0, rows))
        }
        return sentences
    }

    /// The line before, and the run that its end is in.
    private struct LastLine {
        let block: Int
        let rect: ViewRect
        let run: Int
    }

    /// A word with what it takes from its line.
    struct InkWord {
        var word: ViewWord
        var ink: InkPiece
        var isGlued: Bool
    }

    /// The lines from `first` on that are painted as one: the same row, no more than a blank between them. Words of
    /// other looks inside a sentence are lines of their own in the view.
    private func sentence(from first: Int, _ rows: LineRows) -> Range<Int> {
        var end = first + 1
        while end < self.lines.count, end - first < Self.sentenceLinesMax,
            Self.goesOn(self.lines[end - 1], in: self.lines[end])
        {
            end += 1
        }
        guard end - first > 1 else { return first..<end }
        let apart = (first..<end).reduce(0) { $0 + self.misplacedWords(of: $1..<($1 + 1), rows) }
        return self.misplacedWords(of: first..<end, rows) <= apart ? first..<end : first..<(first + 1)
    }

    /// How many words are out of place where the lines are painted as one.
    private func misplacedWords(of sentence: Range<Int>, _ rows: LineRows) -> Int {
        let line = self.lines[sentence.lowerBound]
        return self.stretches(of: sentence).reduce(0) { count, words in
            let fit = self.fit(words, of: line)
            return self.pieces(fit, of: line, words, rows).reduce(count) { $0 + fit.misplaced(in: $1) }
        }
    }

    func fit(_ words: [InkWord], of line: InkLine) -> LineFit {
        LineFit(words: words.map { self.fitted($0) }, bounds: line.room, lean: self.leans[line.order])
    }

    /// Words of large letters are far apart in cells: what is read as one line stands together.
    private func pieces(_ fit: LineFit, of line: InkLine, _ words: [InkWord], _ rows: LineRows) -> [LineFit.Piece] {
        let isWide = Self.columns(of: words) < self.columns(of: words.map(\.word))
        if line.text.size >= Self.headingSizeMin, isWide { return [fit.closed] }
        let mayTear = words.count <= Self.tornWordsMax && rows.isFree(below: line.placed.rect)
        return fit.pieces(mayTear: mayTear)
    }

    private static func goesOn(_ line: InkLine, in next: InkLine) -> Bool {
        let isPlain = [line, next].allSatisfy {
            $0.button == nil && $0.text.flags.isDisjoint(with: [.centred, .rightAligned, .rightToLeft])
        }
        let gap = next.placed.rect.x - line.placed.rect.right
        return isPlain && line.placed.block == next.placed.block && self.continues(line.placed.rect, next.placed.rect)
            && gap < min(line.text.size, next.text.size) * self.blankShareMax
    }

    /// The words of a sentence that are to be seen: in stretches with nothing hidden between them.
    func stretches(of sentence: Range<Int>) -> [[InkWord]] {
        var stretches: [[InkWord]] = []
        var isAfterHidden = true
        var end: Double?
        for index in sentence {
            let line = self.lines[index]
            let words = line.text.words(in: line.placed.rect)
            let seen = self.visible(words, of: line)
            let lastPlace = line.text.flags.contains(.rightToLeft) ? 0 : words.count - 1
            for (place, word) in words.enumerated() {
                defer { isAfterHidden = !seen[place] }
                guard seen[place] else { continue }
                let isGlued = place == 0 && end.map { line.placed.rect.x - $0 < Self.touchMax } ?? false
                let made = InkWord(
                    word: word, ink: self.inkPiece(word, isLast: place == lastPlace, of: line), isGlued: isGlued)
                if isAfterHidden {
                    stretches.append([made])
                } else {
                    stretches[stretches.count - 1].append(made)
                }
            }
            end = line.placed.rect.right
        }
        return stretches
    }

    /// Puts the check box or radio button that stands beside a line on the line's row.
    private mutating func alignMark(beside line: PlacedItem, to run: PageRun) {
        let beside = self.marks.indices.filter { place in
            let mark = self.marks[place]
            let gap = max(line.rect.x - mark.rect.right, mark.rect.x - line.rect.right)
            return mark.layer == line.layer && abs(mark.rect.midY - line.rect.midY) < line.rect.height
                && (0..<Self.markGapMax).contains(gap)
        }
        let nearest = beside.min {
            abs(self.marks[$0].rect.midY - line.rect.midY) < abs(self.marks[$1].rect.midY - line.rect.midY)
        }
        guard let place = nearest else { return }
        let label = self.runs.count
        self.runs[self.marks[place].run].beside = label
        self.runs[self.marks[place].run].row = run.row
        self.runs[self.marks[place].run].fraction = run.fraction
        self.marks.remove(at: place)
    }

    /// Whether two pieces are painted side by side on one line of their block: then they share a row.
    fileprivate static func continues(_ left: ViewRect, _ right: ViewRect) -> Bool {
        abs(left.midY - right.midY) < min(left.height, right.height) * 0.4
            && right.x >= left.right - 2 && right.x - left.right < max(left.height, right.height)
    }

    /// The words of one stretch of a sentence as runs: one, or several that take turns on two rows. `line` is its
    /// first.
    private func runs(
        of line: InkLine, _ words: [InkWord], _ columns: TextColumns, _ rows: LineRows
    ) -> [PageRun] {
        let pieces = words.map(\.ink)
        if let isHung = self.isHung(words, of: line, columns) {
            return [self.anchored(words, line: line, isHung: isHung)]
        }
        let fit = self.fit(words, of: line)
        return self.pieces(fit, of: line, words, rows).enumerated().map { place, piece in
            var run = self.run(Array(pieces[piece.words]), line.placed, order: line.order)
            for (index, offset) in piece.offsets.enumerated() { run.pieces[index].offset = offset }
            run.columns = piece.columns
            run.column = piece.start
            run.left = words[piece.words.lowerBound].word.rect.x
            run.right = words[piece.words.upperBound - 1].word.rect.right
            if place % 2 == 1 { (run.row, run.fraction) = (run.row + 1, 0) }
            return run
        }
    }

    /// Whether a line hangs on its right edge, or else stands in the middle; nil for one that begins at its px.
    func isHung(_ words: [InkWord], of line: InkLine, _ columns: TextColumns) -> Bool? {
        let (cells, px) = (Self.columns(of: words), self.columns(of: words.map(\.word)))
        let isNearlyAsWide = abs(cells - px) <= Self.hangMax
        let isHung =
            line.text.flags.contains(.rightAligned) || columns.isRightAligned(line.placed.rect) && isNearlyAsWide
        let isCentred = line.text.flags.contains(.centred) && (cells > px || isNearlyAsWide)
        return line.button != nil || isHung || isCentred ? isHung : nil
    }

    private func inkPiece(_ word: ViewWord, isLast: Bool, of line: InkLine) -> InkPiece {
        let flags = line.text.flags
        var attributes: Attributes = []
        if flags.contains(.bold) || line.text.size >= Self.headingSizeMin { attributes.insert(.bold) }
        if flags.contains(.italic) { attributes.insert(.italic) }
        if flags.contains(.underline) { attributes.insert(.underline) }
        if flags.contains(.struck) { attributes.insert(.strike) }
        let colour = ViewColour(
            rgba: line.text.colour.rgb << 8 | UInt32(Self.alpha(line.text.colour, line.placed.opacity)))
        var letters = word.text
        if flags.contains(.cutByPage), isLast {
            letters = flags.contains(.rightToLeft) ? "…" + letters : letters + "…"
        }
        let text = SafeText(letters)
        return InkPiece(
            text: text.columns > 0 ? text : SafeText("◇"), offset: 0, colour: colour, attributes: attributes,
            isWord: true)
    }

    private func fitted(_ ink: InkWord) -> LineFit.Word {
        let (word, columns) = (ink.word, ink.ink.text.columns)
        let isSeparator = columns == 1 && word.text.allSatisfy { "·•|›»/".contains($0) }
        return LineFit.Word(
            columns: columns, begin: self.scale.columnPlace(word.rect.x),
            end: self.scale.columnPlace(word.rect.right), isSeparator: isSeparator,
            endsClause: isSeparator || word.text.last.map { ".,;:!?)".contains($0) } ?? false, isGlued: ink.isGlued)
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
    private func anchored(_ inks: [InkWord], line: InkLine, isHung: Bool) -> PageRun {
        let words = inks.map(\.word)
        var run = self.run(inks.map(\.ink), line.placed, order: line.order)
        guard let first = words.first, let last = words.last else { return run }
        var offset = 0
        for index in run.pieces.indices {
            offset += index > 0 && !inks[index].isGlued ? 1 : 0
            run.pieces[index].offset = offset
            offset += run.pieces[index].text.columns
        }
        run.columns = offset
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
    private static func columns(of words: [InkWord]) -> Int {
        words.dropFirst().reduce(words.first?.ink.text.columns ?? 0) {
            $0 + $1.ink.text.columns + ($1.isGlued ? 0 : 1)
        }
    }

    /// Columns of the words' px.
    private func columns(of words: [ViewWord]) -> Int {
        guard let first = words.first, let last = words.last else { return 0 }
        return self.scale.column(last.rect.right) - self.scale.column(first.rect.x)
    }

    /// Which of a line's words are to be seen: their middle is in the pane, in the clip, and not under a later opaque
    /// box.
    private func visible(_ words: [ViewWord], of line: InkLine) -> [Bool] {
        let (region, placed) = (self.scale.region, line.placed)
        let halfRow = PageScale.whole((self.scale.rowPlace(placed.rect.midY) * 2).rounded(.down))
        let isShown = !line.text.colour.isClear && placed.rect.midY >= region.y && placed.rect.midY < region.bottom
        return words.map { word in
            let middle = ViewPoint(x: word.rect.midX, y: word.rect.midY)
            let column = PageScale.whole(self.scale.columnPlace(middle.x).rounded(.down))
            return isShown && region.contains(middle) && placed.clip.contains(middle)
                && !self.planes.isHidden(column: column, halfRow: halfRow, after: line.order)
        }
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
