import Foundation
import PageView
import Terminal
import Testing

@testable import RepConsole

/// Whole pages as text, one file a size. A change here is meant or it is a fault: look at the difference.
/// `ALONGSIDE_RECORD=1` writes the files anew.
@Suite struct PageGoldenTests {
    @Test(arguments: ["basket", "listing"], [(200, 56), (120, 40), (80, 24), (46, 16)])
    func aPageLooksAsRecorded(name: String, size: (columns: Int, rows: Int)) throws {
        let paint = PagePainter.paint(
            try PageFixture(name).view, zoom: size.columns < 100 ? .cell(width: 9) : .readable,
            pan: ViewPoint(x: size.columns < 60 ? 60 : 0, y: size.columns < 100 ? 100 : 0),
            size: ScreenSize(columns: size.columns, rows: size.rows))
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/\(name)-\(size.columns)x\(size.rows).txt")
        if ProcessInfo.processInfo.environment["ALONGSIDE_RECORD"] == "1" {
            try Data((paint.screen.text() + "\n").utf8).write(to: file)
        }
        let recorded = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        #expect(paint.screen.text() + "\n" == recorded)
    }
}
