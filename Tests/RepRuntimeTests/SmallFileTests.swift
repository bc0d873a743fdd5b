import Foundation
import Testing

@testable import RepRuntime

@Suite struct SmallFileTests {
    @Test func aFileThatIsTooLargeOrNotThereIsRefusedInWords() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "small-\(UUID().uuidString)").path
        #expect(throws: RepError.self) { _ = try SmallFile.read(path, bytesMax: 4) }
        try Data([1, 2, 3, 4]).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try SmallFile.read(path, bytesMax: 4) == [1, 2, 3, 4])
        #expect(throws: RepError.self) { _ = try SmallFile.read(path, bytesMax: 3) }
    }
}
