import PageView
import Terminal
import Testing

@testable import RepConsole

@Suite struct PageScaleTests {
    @Test func readableIsHalfTheCommonTextAndUsesSpareColumns() throws {
        let view = try PageFixture("account").view
        #expect(PageScale(zoom: .readable, view: view, size: ScreenSize(columns: 120, rows: 40)).cellWidth == 8)
        let wide = PageScale(zoom: .readable, view: view, size: ScreenSize(columns: 200, rows: 53))
        #expect(wide.cellWidth == 6.4)
        #expect(abs(wide.region.bottom - view.viewport.height) < 0.001)
    }

    @Test func fitShowsTheWholeWidthAndAStepKeepsItsCell() throws {
        let view = try PageFixture("account").view
        let fit = PageScale(zoom: .fit, view: view, size: ScreenSize(columns: 80, rows: 24))
        #expect(fit.cellWidth == 16)
        let step = PageScale(zoom: .cell(width: 9), view: view, size: ScreenSize(columns: 80, rows: 24))
        #expect(step.cellWidth == 9 && step.cellHeight == 18)
    }

    @Test func aCellAndItsMiddleAnswerToEachOther() {
        let scale = PageScale(
            cellWidth: 7, cellHeight: 14, origin: ViewPoint(x: 100, y: 30), size: ScreenSize(columns: 40, rows: 10))
        for (column, row) in [(0, 0), (39, 9), (12, 4)] {
            let cell = Position(column: column, row: row)
            #expect(scale.cell(at: scale.point(at: cell)) == cell)
        }
        #expect(scale.cell(at: ViewPoint(x: 99, y: 40)) == nil)
        #expect(scale.cell(at: ViewPoint(x: 100, y: 170)) == nil)
    }
}
