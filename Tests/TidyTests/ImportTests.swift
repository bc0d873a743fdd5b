import Testing

@Suite struct ImportTests {
    private let rules = ImportRules(
        package: """
            room("Wire"),
            room("RelayCore", ["Wire"]),
            // room("Gone", ["Wire"]),
            room(
                "RelayRuntime",
                [
                    "Wire", "CSystemd", logging,
                ]),
            program("alongsided", ["RelayRuntime", argumentParser]),
            """)

    private func file(_ room: String, _ line: String) -> SourceFile {
        SourceFile(path: "Sources/\(room)/Sample.swift", text: line)
    }

    @Test func thePackageDescriptionIsTheTable() {
        #expect(
            self.rules.dependencies == [
                "Wire": [], "RelayCore": ["Wire"], "RelayRuntime": ["Wire", "CSystemd", "Logging"],
                "alongsided": ["RelayRuntime", "ArgumentParser"],
            ])
    }

    @Test(arguments: [
        ("Wire", "import Foundation"), ("RelayCore", "internal import Glibc"), ("RelayCore", "import Logging"),
        ("Wire", "@preconcurrency import Dispatch"), ("RelayRuntime", "package import CLibwebsockets"),
        ("alongsided", "import Wire"), ("RelayCore", "import struct Foundation.Date"), ("Elsewhere", "let a = 1"),
    ])
    func aWrongImportIsFound(room: String, line: String) {
        #expect(self.rules.imports(file(room, line)).count == 1)
    }

    @Test(arguments: [
        ("RelayCore", "package import Wire"), ("RelayRuntime", "import Glibc"), ("RelayRuntime", "import Logging"),
        ("alongsided", "import ArgumentParser"), ("Wire", "// import Foundation"), ("Wire", "let a = \"import Glibc\""),
    ])
    func aRightImportIsFine(room: String, line: String) {
        #expect(self.rules.imports(file(room, line)) == [])
    }

    @Test func aDependencyThatPointsTheWrongWayIsFound() {
        let wrong = ImportRules(package: "room(\"Wire\", [\"AuditStore\"]), room(\"RepRuntime\", [\"CLibuv\"])")
        #expect(wrong.directions().count == 2)
        #expect(self.rules.directions() == [])
    }

    @Test func everyRoomOfThisTreeImportsWhatItMay() throws {
        let package = try #require(SourceTree.here.file("Package.swift"))
        let rules = ImportRules(package: package.lines.joined(separator: "\n"))
        #expect(ImportRules.pureRooms.isSubset(of: rules.dependencies.keys))
        expectClean(rules.directions())
        expectClean(SourceTree.here.files.flatMap(rules.imports))
    }
}
