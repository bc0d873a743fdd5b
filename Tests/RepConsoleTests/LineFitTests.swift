import PageView
import Terminal
import Testing

@testable import RepConsole

@Suite struct LineFitTests {
    /// The words of `text`, whose letters are each `share` columns wide, from column `begin` on.
    private func fit(_ text: String, begin: Double, share: Double, bounds: Range<Int> = 0..<200) -> LineFit {
        var place = begin
        let words = text.split(separator: " ").map { word -> LineFit.Word in
            let start = place
            place += Double(word.count + 1) * share
            return LineFit.Word(
                columns: word.count, begin: start, end: start + Double(word.count) * share, isSeparator: word == "·",
                endsClause: word == "·" || word.hasSuffix("."))
        }
        return LineFit(words: words, bounds: bounds)
    }

    private func text(_ piece: LineFit.Piece, of text: String) -> String {
        let words = text.split(separator: " ")[piece.words]
        var line = ""
        for (word, offset) in zip(words, piece.offsets) {
            line += String(repeating: " ", count: offset - line.count) + word
        }
        return line
    }

    @Test func aLineOfLettersAsWideAsCellsStandsAsItIs() {
        let line = "one two three"
        let pieces = self.fit(line, begin: 10, share: 1).pieces(mayTear: true)
        #expect(pieces.map(\.start) == [10])
        #expect(pieces.map { self.text($0, of: line) } == [line])
    }

    @Test func smallPrintLeansAndClosesUpAtSeparatorsBeforeItIsTorn() {
        let line = "Free returns within 30 days · Click and collect from Kendal"
        let pieces = self.fit(line, begin: 3.75, share: 0.82).pieces(mayTear: true)
        #expect(pieces.map { self.text($0, of: line) } == ["Free returns within 30 days·Click and collect from Kendal"])
        #expect(pieces.map(\.start) == [0])
    }

    /// A line that fits only when it leans, with one above and one below that would not lean by themselves.
    @Test func linesOfAColumnBeginInOneColumn() throws {
        let lines = [("short words", 88), (String(repeating: "word ", count: 10) + "end", 318), ("the end", 56)]
        let items = lines.enumerated().map { row, line in
            "[\"t\",64,\(row * 16),\(line.1),16,\"\(line.0)\",255,0,14]"
        }
        let body = """
            {"page":{"id":1,"url":"","title":""},"viewport":[640,160],"size":[640,160],"ground":4294967295,
            "layers":[[0,0,0,0,0,640,160,0,0]],"blocks":[[1,0,0,0,[\(items.joined(separator: ","))]]]}
            """
        let scale = PageScale(
            cellWidth: 7, cellHeight: 16, origin: ViewPoint(x: 0, y: 0), size: ScreenSize(columns: 80, rows: 10))
        let screen = PagePainter.paint(try View(keyframe: Array(body.utf8)), scale: scale).screen
        let begins = (0..<3).map { screen.line($0).prefix { $0 == " " }.count }
        #expect(Set(begins).count == 1 && begins[0] < 9, "\(screen.lines())")
    }

    @Test func aLineLeansOutOfItsBoxOnNoSide() {
        let line = "One thing needs another look before you can order."
        let pieces = self.fit(line, begin: 12, share: 0.86, bounds: 11..<140).pieces(mayTear: false)
        #expect(pieces.map(\.start) == [11])
    }

    @Test func aLongLineOfSmallPrintTakesTurnsOnTwoRowsWithItsWordsInPlace() {
        let line =
            "Prices include VAT where it applies. Offers cannot be combined unless we say so. Northwick Ltd is "
            + "registered in England no. 01234567, 14 Mill Lane, Kendal LA9 4XX."
        let fit = self.fit(line, begin: 10, share: 0.78)
        let pieces = fit.pieces(mayTear: true)
        #expect(pieces.count > 2)
        #expect(pieces.flatMap { Array($0.words) } == Array(fit.words.indices))
        #expect(self.text(pieces[0], of: line) == "Prices include VAT where it applies.")
        for piece in pieces {
            for (index, offset) in zip(piece.words, piece.offsets) {
                let begin = abs(Double(piece.start + offset) - fit.words[index].begin)
                let end = abs(Double(piece.start + offset + fit.words[index].columns) - fit.words[index].end)
                #expect(min(begin, end) <= LineFit.errorMax)
            }
        }
        for (piece, next) in zip(pieces, pieces.dropFirst(2)) {
            #expect(piece.start + piece.columns < next.start)
        }
        #expect(fit.pieces(mayTear: false).count == 1)
    }

    @Test func wordsOfWideLettersAreSpreadToTheirPlaces() {
        let line = "Fellside trail running shoe"
        let fit = self.fit(line, begin: 0, share: 2)
        let pieces = fit.pieces(mayTear: true)
        #expect(pieces.count == 1)
        for (index, offset) in pieces[0].offsets.enumerated() {
            #expect(abs(Double(offset) - fit.words[index].begin) <= 4)
        }
    }

    @Test func aLineWithoutEndIsPlacedInItsOrder() {
        let line = Array(repeating: "a", count: 2000).joined(separator: " ")
        let pieces = self.fit(line, begin: 0, share: 0.1).pieces(mayTear: false)
        #expect(pieces.count == 1 && zip(pieces[0].offsets, pieces[0].offsets.dropFirst()).allSatisfy { $0 < $1 })
    }
}
