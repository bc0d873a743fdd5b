import Glibc
import Testing

@testable import Terminal

@Suite struct ScalarClassTests {
    @Test(
        arguments: [
            (0x41, ScalarClass.narrow), (0x20, .space), (0x3000, .wide), (0x6F22, .wide), (0xD55C, .wide),
            (0xFF41, .wide),
            (0x1F600, .wide), (0x2764, .narrow), (0x25B2, .ambiguous), (0x2026, .ambiguous), (0x301, .combining),
            (0x93F, .combining), (0x1161, .combining), (0x1B, .dropped), (0x7F, .dropped), (0x9B, .dropped),
            (0x202E, .dropped), (0x2066, .dropped), (0x61C, .dropped), (0x200B, .dropped), (0xFEFF, .dropped),
            (0xE0041, .dropped), (0xAD, .dropped), (0x3164, .dropped), (0x115F, .dropped), (0xE000, .dropped),
            (0x10EEEE, .dropped), (0xFFFE, .dropped), (0x2028, .space), (0x0A, .space), (0x85, .space),
            (0x378, .unassigned),
            (0x1F1EA, .wide), (0x2588, .ambiguous), (0x110000, .dropped), (UInt32.max, .dropped),
        ] as [(UInt32, ScalarClass)])
    func knownScalarsHaveTheirClass(scalar: UInt32, expected: ScalarClass) {
        #expect(ScalarProperties(scalar).scalarClass == expected)
    }

    @Test func everyScalarHasAClassAndTheSafetyRulesHold() {
        let dropped: [ClosedRange<UInt32>] = [
            0...8, 0x0E...0x1F, 0x7F...0x84, 0x86...0x9F, 0x200B...0x200C, 0x200E...0x200F, 0x202A...0x202E,
            0x2060...0x2064, 0x2066...0x2069, 0xE000...0xF8FF, 0xE0000...0xE007F, 0xF0000...0x10FFFF,
        ]
        for scalar in UInt32(0)...0x10FFFF where ScalarProperties(scalar).scalarClass != .dropped {
            if dropped.contains(where: { $0.contains(scalar) }) {
                Issue.record("U+\(String(scalar, radix: 16)) must never be written")
            }
        }
    }

    @Test func theTableIsWhatItsScriptWrites() throws {
        let here = String(#filePath).split(separator: "/").dropLast()
        let root = "/" + here.dropLast(2).joined(separator: "/")
        let database = try? self.contents("/usr/share/unicode/EastAsianWidth.txt").split(separator: "\n").first
        let table = try self.contents(root + "/Sources/Terminal/ScalarClassTable.swift")
        let version = database?.dropFirst("# EastAsianWidth-".count).dropLast(".txt".count)
        guard let version, table.contains("/// Unicode \(version).\n") else {
            return  // Another Unicode is installed: its table would be another.
        }
        let script = "/" + here.joined(separator: "/") + "/tools/generate-scalar-classes.py"
        #expect(try self.output("python3 '\(script)'") == table)
    }

    private func contents(_ path: String) throws -> String {
        let opened = unsafe fopen(path, "r")
        let file = unsafe try #require(unsafe opened)
        return unsafe try self.readAll(file, close: fclose)
    }

    private func output(_ command: String) throws -> String {
        let opened = unsafe popen(command, "r")
        let file = unsafe try #require(unsafe opened)
        return unsafe try self.readAll(file, close: pclose)
    }

    private func readAll(
        _ file: UnsafeMutablePointer<FILE>, close: (UnsafeMutablePointer<FILE>) -> Int32
    ) throws -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = unsafe fread(&chunk, 1, chunk.count, file), count > 0 {
            bytes += chunk.prefix(count)
        }
        let status = unsafe close(file)
        try #require(status == 0)
        return String(decoding: bytes, as: UTF8.self)
    }
}
