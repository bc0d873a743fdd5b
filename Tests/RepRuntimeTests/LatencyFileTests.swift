import Foundation
import Testing

@testable import RepRuntime

@Suite struct LatencyFileTests {
    /// The lines that `body` leaves in a fresh file.
    private func lines(_ body: (inout LatencyFile) -> Void) throws -> [String] {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        var file = try LatencyFile(path: path)
        body(&file)
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    @Test func aCursorThatReachedTheTerminalHasALine() throws {
        let lines = try self.lines { file in
            file.cursorArrived(captureTime: 10)
            file.frameDrawn(changesScreen: true)
            file.frameWritten(wall: 25)
            file.frameWritten(wall: 30)
        }
        #expect(lines == ["10,25"])
    }

    @Test func anOvertakenCursorHasNone() throws {
        let lines = try self.lines { file in
            file.cursorArrived(captureTime: 10)
            file.cursorArrived(captureTime: 11)
            file.frameDrawn(changesScreen: true)
            file.cursorArrived(captureTime: 12)
            file.frameWritten(wall: 25)
        }
        #expect(lines == ["11,25"])
    }

    @Test func aCursorThatChangesNoCellHasNone() throws {
        let lines = try self.lines { file in
            file.cursorArrived(captureTime: 10)
            file.frameDrawn(changesScreen: false)
            file.frameWritten(wall: 25)
        }
        #expect(lines == [])
    }

    @Test func aFileThatCannotBeWrittenIsToldByName() {
        #expect(throws: RepError("/nowhere/timing cannot be written (No such file or directory).")) {
            _ = try LatencyFile(path: "/nowhere/timing")
        }
    }
}
