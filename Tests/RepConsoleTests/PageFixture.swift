import Foundation
import PageView
import Terminal
import Wire

@testable import RepConsole

/// A page that Chromium laid out: its view, and where the browser itself says each painted word is.
struct PageFixture {
    static let names = ["basket", "listing", "account"]
    /// The demo shop's pages, some scrolled to their foot.
    static let shop = [
        "shop-listing", "shop-listing-foot", "shop-product", "shop-product-dialog", "shop-basket-foot",
        "shop-delivery", "shop-order-done",
    ]

    let name: String
    let view: View
    let words: [ViewWord]

    init(_ name: String) throws {
        self.name = name
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name).json")
        let value = try JSONValue(parsing: [UInt8](Data(contentsOf: path)))
        self.view = try View(keyframe: value["view"] ?? .null)
        self.words = (value["words"]?.array ?? []).compactMap { element in
            guard let parts = element.array, parts.count == 5, let text = parts[0].string else { return nil }
            let numbers = parts.dropFirst().compactMap(\.number)
            return ViewWord(
                text: text, rect: ViewRect(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3]))
        }
    }

    /// Px from which on a word is of a heading (letters of 20 px): a heading's words stand together, from where the
    /// first one's px are.
    private static let headingHeightMin = 22.0

    /// The words that do not stand whole within `rows` rows of where the browser painted them, with their first letter
    /// or their end within `columns` columns.
    func missingWords(in paint: PagePaint, rows: Int = 2, columns: Double = 4) -> [ViewWord] {
        let lines = (0..<paint.screen.rows).map { row in
            (0..<paint.screen.columns).map { Self.character(paint.screen, $0, row) }
        }
        return self.words.filter { word in
            // Signs between words are no words: where room is short they stand close to them.
            guard word.text.contains(where: { $0.isLetter || $0.isNumber }) else { return false }
            let text = Array(SafeText(word.text).string)
            let row = paint.scale.row(word.rect.midY)
            for line in lines.indices where abs(line - row) <= rows {
                for start in lines[line].indices
                where Self.stands(text, in: lines[line], at: start) {
                    let begin = abs(Double(start) - paint.scale.columnPlace(word.rect.x))
                    let end = abs(Double(start + text.count) - paint.scale.columnPlace(word.rect.right))
                    guard min(begin, end) <= columns || word.rect.height >= Self.headingHeightMin else { continue }
                    return false
                }
            }
            return true
        }
    }

    /// The words whose middle is in the pane.
    func words(in paint: PagePaint) -> [ViewWord] {
        self.words.filter { paint.scale.region.contains(ViewPoint(x: $0.rect.midX, y: $0.rect.midY)) }
    }

    private static func character(_ screen: Screen, _ column: Int, _ row: Int) -> Character {
        let cell = screen[column, row]
        if cell.isBlank || cell.isPixelPair { return " " }
        var single = Screen(columns: 1, rows: 1)
        single.copy(
            Rectangle(column: column, row: row, columns: 1, rows: 1), of: screen, to: Position(column: 0, row: 0))
        return single.line(0).first ?? " "
    }

    /// Whether the word stands there whole: letters before and after it would make it another word.
    private static func stands(_ word: [Character], in line: [Character], at start: Int) -> Bool {
        guard start + word.count <= line.count, line[start..<(start + word.count)].elementsEqual(word) else {
            return false
        }
        let before = start > 0 ? line[start - 1] : " "
        let after = start + word.count < line.count ? line[start + word.count] : " "
        return !before.isLetter && !before.isNumber && !after.isLetter && !after.isNumber
    }
}
