import PageView
import Terminal
import Testing

@testable import RepConsole

@Suite struct PageOverlayTests {
    private let scale = PageScale(
        cellWidth: 8, cellHeight: 16, origin: ViewPoint(x: 0, y: 0), size: ScreenSize(columns: 20, rows: 4))

    @Test func theCursorAndItsNameStandOnBlankCells() {
        var screen = Screen(columns: 22, rows: 5)
        PageOverlay(cursor: ViewPoint(x: 20, y: 20), name: "Ana").draw(
            on: &screen, pane: Rectangle(column: 2, row: 1, columns: 20, rows: 4), scale: self.scale)
        #expect(screen.line(2) == "    ◤ Ana")
    }

    @Test func theNameNeverHidesInk() {
        var screen = Screen(columns: 20, rows: 4)
        for row in 0..<4 { screen.put("full of words here..", column: 0, row: row) }
        let before = screen
        PageOverlay(cursor: ViewPoint(x: 20, y: 20), name: "Ana").draw(
            on: &screen, pane: screen.bounds, scale: self.scale)
        #expect(screen[2, 1] != before[2, 1])
        #expect(screen.text().count { $0 == "◤" } == 1)
        #expect(!screen.text().contains("Ana"))
    }

    @Test func aCursorOutsideThePaneIsNotDrawn() {
        var screen = Screen(columns: 20, rows: 4)
        PageOverlay(cursor: ViewPoint(x: 170, y: 20), name: "Ana", press: ViewPoint(x: -3, y: 0)).draw(
            on: &screen, pane: screen.bounds, scale: self.scale)
        #expect(screen == Screen(columns: 20, rows: 4))
    }

    @Test func aPressIsARingRoundItsCell() {
        var screen = Screen(columns: 20, rows: 4)
        PageOverlay(cursor: nil, press: ViewPoint(x: 20, y: 20)).draw(
            on: &screen, pane: screen.bounds, scale: self.scale)
        #expect(screen.line(1) == " ( )")
    }
}
