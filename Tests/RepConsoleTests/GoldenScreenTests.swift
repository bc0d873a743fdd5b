import Foundation
import Terminal
import Testing
import Wire

@testable import RepConsole

/// Whole screens as text files beside this one, in `Golden/`. `ALONGSIDE_GOLDEN=write` writes them anew.
@Suite struct GoldenScreenTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden")
    private static let sizes = [(200, 56), (120, 40), (80, 24), (46, 16)]

    private func check(_ screen: Screen, _ name: String) throws {
        let file = Self.folder.appendingPathComponent("\(name)-\(screen.columns)x\(screen.rows).txt")
        let text = screen.text() + "\n"
        if ProcessInfo.processInfo.environment["ALONGSIDE_GOLDEN"] == "write" {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(text == expected, "\(file.lastPathComponent)")
    }

    private func queueDesk(_ size: (Int, Int)) -> Desk {
        Desk.open(
            [
                .sample(1, waited: 252), .sample(2, waited: 65),
                .sample(3, state: .live, waited: 400, reps: ["Leo"]), .sample(4, state: .away, waited: 30, mine: true),
            ], columns: size.0, rows: size.1)
    }

    @Test(arguments: sizes) func theQueue(_ size: (Int, Int)) throws {
        var desk = self.queueDesk(size)
        try self.check(desk.screen(), "queue")
    }

    @Test(arguments: sizes) func anEmptyQueue(_ size: (Int, Int)) throws {
        var desk = Desk.open([], columns: size.0, rows: size.1)
        try self.check(desk.screen(), "queue-empty")
    }

    @Test(arguments: sizes) func aSession(_ size: (Int, Int)) throws {
        var desk = Desk.watching(columns: size.0, rows: size.1)
        desk.cursor(7, x: 200, y: 220)
        try self.check(desk.screen(), "session")
    }

    @Test(arguments: sizes) func aSessionWithoutItsLink(_ size: (Int, Int)) throws {
        var desk = Desk.watching(columns: size.0, rows: size.1)
        desk.hear(.linkClosed(code: 4000, entropy: .max))
        desk.pass(.seconds(4))
        desk.hear(.dialFailed(why: "The relay cannot be reached (connection refused).", entropy: .max))
        try self.check(desk.screen(), "session-lost")
    }

    @Test(arguments: sizes) func theKeys(_ size: (Int, Int)) throws {
        var desk = Desk.watching(columns: size.0, rows: size.1)
        desk.type("?")
        try self.check(desk.screen(), "keys")
    }

    @Test func aWindowTooSmallSaysSo() throws {
        var desk = Desk.watching(columns: 45, rows: 16)
        try self.check(desk.screen(), "small")
    }

    @Test func noSizeOfWindowTraps() {
        for columns in stride(from: 1, through: 210, by: 11) {
            for rows in stride(from: 1, through: 60, by: 7) {
                var desk = Desk.watching(columns: columns, rows: rows)
                desk.cursor(7, x: 1_000_000, y: -1_000_000)
                _ = desk.screen()
                desk.type("?")
                _ = desk.screen()
                desk.type(" g")
                desk.press(.escape)
                _ = desk.screen()
            }
        }
    }
}
