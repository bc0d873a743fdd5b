import Testing

@testable import Terminal

@Suite struct PlainScreenTests {
    @Test func aScreenIsPrintedOnlyWhenItsTextChanged() {
        var plain = PlainScreen()
        var screen = Screen(columns: 20, rows: 5)
        screen.put("Queue: 7 waiting", column: 0, row: 0)
        screen.put("\u{1B}[2Jred", column: 2, row: 2)
        let first = plain.text(of: screen)
        #expect(first == Array("Queue: 7 waiting\n\n  [2Jred\n\n".utf8))
        screen.tint(screen.bounds, with: Colour(rgb: 0xFF))
        screen.cursor = Position(column: 1, row: 1)
        let same = plain.text(of: screen)
        #expect(same == nil)
        screen.put("8", column: 7, row: 0)
        let next = plain.text(of: screen)
        #expect(next == Array("Queue: 8 waiting\n\n  [2Jred\n\n".utf8))
    }
}
