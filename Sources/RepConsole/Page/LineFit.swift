/// Where the words of one painted line stand in its row: letters of proportional text share cells of one width.
///
/// All places are in columns of the pane. A word is in place when its first letter or its end is within `errorMax` of
/// where its px are. What is tried, in this order: the words as they come, with blanks spread where letters are wide;
/// a start some columns off; no blanks round separators; then the line in pieces on two rows, in turn.
struct LineFit {
    /// A word of the line: its cells, and where its px begin and end.
    struct Word {
        var columns: Int
        var begin: Double
        var end: Double
        /// A mark between words, as `·` or `›`: blanks round it may go.
        var isSeparator: Bool
        /// A line may go on elsewhere after it.
        var endsClause: Bool
        /// Whether it goes on where the word before ends: no blank is between them.
        var isGlued = false
    }

    /// Words that follow one another on one row.
    struct Piece: Equatable {
        /// Which of the line's words.
        var words: Range<Int>
        /// The column of the first.
        var start: Int
        /// Columns of all of them from `start`.
        var offsets: [Int]
        var columns: Int
    }

    /// How far a word may stand from its px, with room for the estimate of where they are.
    static let errorMax = 3.6
    /// A word further from its px than this is out of place.
    static let placeErrorMax = 3.9
    /// A line keeps its left edge where no word is further from its px and most are in place: columns of text that lean
    /// look broken.
    static let keptErrorMax = 5.2
    /// Of so many words one may be out of place in a line that keeps its left edge.
    static let keptShare = 8
    /// Blanks are not spread for the sake of a word that is nearer than this.
    static let spreadErrorMin = 4.6
    /// Totals of blanks tried when they are spread evenly.
    private static let evenTriesMax = 6
    /// A line is not torn for the sake of words that are this near.
    static let tornErrorMax = 6.2
    /// Pieces shorter than this say nothing by themselves.
    static let pieceWordsMin = 3

    let words: [Word]
    /// Columns of the innermost box round the line: it leans out of it on no side without need.
    let bounds: Range<Int>
    /// How many columns off its px the line begins, where the lines above and below begin so too; nil: as suits it.
    var lean: Int?

    /// How many columns off its px a line may begin.
    static let leans = [0, -1, -2, -3, -4]

    /// How many columns off its px a piece of it begins.
    func lean(of piece: Piece) -> Int { piece.start - self.start(of: piece.words) }

    /// How many words are out of place on one row where the line begins so many columns off its px; nil where it would
    /// lean out of its box.
    func misplaced(leaning lean: Int) -> Int? {
        var fit = self
        fit.lean = lean
        let all = self.words.indices
        guard self.start(of: all) + lean >= min(self.bounds.lowerBound, self.start(of: all)) else { return nil }
        return fit.candidates(all).map { fit.misplaced(in: $0) }.min()
    }

    /// The line on one row, or in pieces for two rows in turn where `mayTear` and nothing else keeps its words near
    /// their place. `words` is not empty.
    func pieces(mayTear: Bool) -> [Piece] {
        let all = self.words.indices
        let plain = self.piece(all, isTight: false, start: self.start(of: all))
        if (self.lean ?? 0) == 0, self.isInBounds(plain), self.isGood(plain) { return [plain] }
        let candidates = self.candidates(all)
        if let good = candidates.first(where: { self.isGood($0) }) {
            return [good]
        }
        let misplaced = candidates.map { self.misplaced(in: $0) }
        let least = misplaced.min() ?? 0
        let best = zip(candidates, misplaced).first { $0.1 == least }?.0
        if let best, self.error(of: best) <= Self.tornErrorMax || !mayTear {
            return [best]
        }
        let torn = self.torn()
        return torn.count > 1 ? torn : [best ?? self.piece(all, isTight: true, start: self.start(of: all))]
    }

    /// The line on one row with one blank between its words, wherever their px are.
    var closed: Piece {
        let all = self.words.indices
        var offsets: [Int] = []
        var end = 0
        for (place, word) in self.words.enumerated() {
            end += place > 0 && !word.isGlued ? 1 : 0
            offsets.append(end)
            end += word.columns
        }
        return Piece(words: all, start: self.start(of: all), offsets: offsets, columns: end)
    }

    /// Whether all words are in place, or the line begins at its px and they are near it.
    private func isGood(_ piece: Piece) -> Bool {
        let error = self.error(of: piece)
        return error <= Self.errorMax
            || error <= Self.keptErrorMax && piece.start == self.start(of: piece.words)
                && self.misplaced(in: piece) <= max(piece.words.count / Self.keptShare, 1)
    }

    /// The ways for the words of `range` on one row, the best-looking first.
    private func candidates(_ range: Range<Int>) -> [Piece] {
        let start = self.start(of: range)
        let least = min(self.bounds.lowerBound, start)
        let leans = self.lean.flatMap { range.lowerBound == 0 ? [$0] : nil } ?? Self.leans
        let starts = leans.map { start + $0 }.filter { $0 >= least }
        let all = starts.flatMap { start in
            [false, true].map { self.piece(range, isTight: $0, start: start) }
        }
        return all.filter(self.isInBounds) + all.filter { !self.isInBounds($0) }
    }

    private func isInBounds(_ piece: Piece) -> Bool { piece.start + piece.columns <= self.bounds.upperBound }

    /// How many words are out of place.
    func misplaced(in piece: Piece) -> Int {
        zip(piece.words, piece.offsets).count { self.error(of: $0, at: piece.start + $1) > Self.placeErrorMax }
    }

    private func start(of range: Range<Int>) -> Int { PageScale.whole(self.words[range.lowerBound].begin.rounded()) }

    /// The words of `range` from column `start` on: one blank between them, more where their px are far apart.
    private func piece(_ range: Range<Int>, isTight: Bool, start: Int) -> Piece {
        let first = self.words[range.lowerBound].begin
        var natural: [Int] = []
        var offset = 0
        for index in range {
            if index > range.lowerBound, !self.words[index].isGlued {
                let isGlued = isTight && (self.words[index].isSeparator || self.words[index - 1].isSeparator)
                offset += isGlued ? 0 : 1
            }
            natural.append(offset)
            offset += self.words[index].columns
        }
        let slacks = zip(range, natural).map { self.words[$0].begin - first - Double($1) }
        let most = slacks.max() ?? 0
        guard most > Self.spreadErrorMin else {
            return Piece(words: range, start: start, offsets: natural, columns: offset)
        }
        let extras = self.even(range, natural, start: start, most: most) ?? Self.ownExtras(slacks, most: most)
        return Piece(
            words: range, start: start, offsets: zip(natural, extras).map { $0 + $1 },
            columns: offset + (extras.last ?? 0))
    }

    /// Blanks added before each word, as many between any two as between others, as few as keep all words in place;
    /// nil where that is not possible.
    private func even(_ range: Range<Int>, _ natural: [Int], start: Int, most: Double) -> [Int]? {
        let gaps = max(range.dropFirst().count { !self.words[$0].isGlued }, 1)
        let least = max(PageScale.whole((most - Self.errorMax).rounded(.up)), 1)
        for total in least...(least + Self.evenTriesMax) {
            var gap = 0
            let extras = range.map { index in
                if index > range.lowerBound, !self.words[index].isGlued { gap += 1 }
                return total * gap / gaps
            }
            let isInPlace = zip(range, zip(natural, extras)).allSatisfy { index, offset in
                self.error(of: index, at: start + offset.0 + offset.1) <= Self.placeErrorMax
            }
            if isInPlace { return extras }
        }
        return nil
    }

    /// Blanks added before each word by its own px.
    private static func ownExtras(_ slacks: [Double], most: Double) -> [Int] {
        let share = 1 - Self.errorMax / most
        var extra = 0
        return slacks.map { slack in
            extra = max(extra, PageScale.whole((slack * share).rounded()))
            return extra
        }
    }

    /// How far the word furthest from its px is.
    private func error(of piece: Piece) -> Double {
        zip(piece.words, piece.offsets).reduce(0) { max($0, self.error(of: $1.0, at: piece.start + $1.1)) }
    }

    private func error(of index: Int, at column: Int) -> Double {
        let word = self.words[index]
        return min(abs(Double(column) - word.begin), abs(Double(column + word.columns) - word.end))
    }

    /// The line in pieces that each keep their words in place, broken after clauses where that is possible.
    private func torn() -> [Piece] {
        var pieces: [Piece] = []
        var next = 0
        while next < self.words.count {
            guard let piece = self.longest(from: next) else { return [] }
            pieces.append(piece)
            next = piece.words.upperBound
        }
        return pieces
    }

    private func longest(from first: Int) -> Piece? {
        var whole: Piece?
        var clause: Piece?
        for end in (first + 1)...self.words.count {
            let range = first..<end
            guard let piece = self.candidates(range).first(where: { self.error(of: $0) <= Self.errorMax }) else {
                break
            }
            whole = piece
            if self.words[end - 1].endsClause { clause = piece }
        }
        guard let whole, whole.words.upperBound < self.words.count else { return whole }
        if let clause, clause.words.count * 2 > whole.words.count, clause.words.count >= Self.pieceWordsMin {
            return clause
        }
        return whole.words.count >= Self.pieceWordsMin ? whole : nil
    }
}
