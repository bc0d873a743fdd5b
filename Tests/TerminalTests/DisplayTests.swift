import Testing

@testable import Terminal

@Suite struct DisplayTests {
    private func rows(_ count: Int, from first: Int) -> Screen {
        var screen = Screen(columns: 40, rows: count)
        for row in 0..<count {
            screen.put("row number \(first + row) of a long page", column: 0, row: row)
        }
        return screen
    }

    @Test func aScrollHintMovesRowsInsteadOfWritingThem() throws {
        var display = Display(options: OutputOptions(isSynchronised: true))
        var out: [UInt8] = []
        display.append(self.rows(20, from: 0), into: &out)
        let terminal = try #require(VirtualTerminal(ScreenSize(columns: 40, rows: 20)))
        terminal.write(out)
        out = []
        let next = self.rows(20, from: 1)
        var plain = display
        plain.append(next, into: &out)
        let plainCount = out.count
        out = []
        display.append(next, scroll: ScrollHint(rows: 0..<20, distance: 1), into: &out)
        #expect(out.count < plainCount / 2)
        terminal.write(out)
        #expect(terminal.mismatch(with: next, depth: .truecolour) == nil)
    }

    @Test func aWrongScrollHintIsHarmless() throws {
        let hints = [(0..<99, 1), (-3..<5, 1), (0..<10, 10), (0..<10, 0), (3..<3, 1), (0..<10, -4)]
        for (rows, distance) in hints {
            var display = Display(options: OutputOptions())
            let terminal = try #require(VirtualTerminal(ScreenSize(columns: 40, rows: 10)))
            var out: [UInt8] = []
            display.append(self.rows(10, from: 0), into: &out)
            display.append(self.rows(10, from: 3), scroll: ScrollHint(rows: rows, distance: distance), into: &out)
            terminal.write(out)
            #expect(terminal.mismatch(with: self.rows(10, from: 3), depth: .truecolour) == nil)
        }
    }

    @Test func afterInvalidationEverythingIsPainted() {
        var display = Display(options: OutputOptions())
        var out: [UInt8] = []
        display.append(self.rows(3, from: 0), into: &out)
        let first = out
        out = []
        display.append(self.rows(3, from: 0), into: &out)
        #expect(out.isEmpty)
        display.invalidate()
        display.append(self.rows(3, from: 0), into: &out)
        #expect(out == first)
        out = []
        display.options.depth = .none
        display.append(self.rows(3, from: 0), into: &out)
        #expect(!out.isEmpty)
    }
}
