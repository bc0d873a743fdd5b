import Testing

@Suite struct ContractTests {
    private func tree(_ files: [String: String]) -> SourceTree {
        SourceTree(files: files.sorted { $0.key < $1.key }.map { SourceFile(path: $0.key, text: $0.value) })
    }

    @Test func aLimitThatNobodyCanReadAboutIsFound() {
        let swift =
            "enum WireLimits {\n    static let bodyBytesMax = 1\n    package static let seatCountMax = 2\n"
            + "    package var waitMax = 3\n    package var session = RelayLimits()\n}\n"
        let both = tree(["Sources/Wire/WireLimits.swift": swift, "Protocol/wire.md": "`bodyBytesMax` is 1.\n"])
        #expect(ContractRules.limits(both).map(\.line) == [3, 4])
        expectClean(ContractRules.limits(SourceTree.here))
    }

    @Test func aLimitThatNoTestNamesIsFound() {
        let swift =
            "enum WireLimits {\n    static let bodyBytesMax = 1\n    static let seatCountMax = 2\n"
            + "    package var waitMax = 3\n    package var stopMax = 4\n    package var linkMax = 5\n}\n"
        let table = "[.number(\n    \"stop_seconds_max\",\n    \\.session.stopMax, 1...2)]\n"
        let both = tree([
            "Sources/Wire/WireLimits.swift": swift, "Sources/A/LimitTable.swift": table,
            "Tests/WireTests/A.swift": "WireLimits.bodyBytesMax; OtherLimits.seatCountMax; limits.waitMax = 1\n",
            "Tests/EndToEnd/b.py": "limits = \"stop_seconds_max = 1\"\n",
        ])
        #expect(ContractRules.testedLimits(both).map(\.line) == [3, 6])
        expectClean(ContractRules.testedLimits(SourceTree.here))
    }

    @Test func codesThatDifferAreFound() {
        let swift = SourceFile(
            path: "Sources/Wire/CloseCode.swift", text: "case tooSlow = 4001\ncase lost = 4002\ncase other = 4003\n")
        let table = SourceFile(
            path: "Protocol/close-codes.md",
            text: "| 1000 | normal |\n| 4001 | `too slow` | a |\n| 4003 | another | b |\n| `4004` | more | c |\n")
        #expect(
            ContractRules.agreement(swift, table).map(\.says) == [
                "4002 lost is not in Protocol/close-codes.md; add its row",
                "4003 is another here and other in Sources/Wire/CloseCode.swift; make them one",
                "4004 more is not in Sources/Wire/CloseCode.swift; add its case",
            ])
    }

    @Test func closeCodesAndTheirTableAgree() {
        guard let swift = SourceTree.here.file("Sources/Wire/CloseCode.swift"),
            let table = SourceTree.here.file("Protocol/close-codes.md")
        else { return }
        #expect(ContractRules.codes(inSwift: swift).count > 5)
        expectClean(ContractRules.agreement(swift, table))
    }

    @Test func auditCodesAndTheirTableAgree() {
        let swift = SourceFile(path: "Sources/AuditCore/A.swift", text: "case sessionOpened = \"S100I\"\n")
        let row = SourceFile(path: "Protocol/audit-log.md", text: "| `S100I` | session.opened | … |\n")
        #expect(ContractRules.codes(inSwift: swift) == ["S100I": "sessionopened"])
        #expect(ContractRules.agreement(swift, row) == [])
        guard let table = SourceTree.here.file("Protocol/audit-log.md") else { return }
        let enumerations = SourceTree.here.under("Sources/AuditCore", ending: ".swift")
            .filter { !ContractRules.codes(inSwift: $0).isEmpty }
        #expect(enumerations.count == 1, "the audit codes have one home")
        expectClean(enumerations.flatMap { ContractRules.agreement($0, table) })
    }

    @Test func aSourceFileThatNoTestReachesIsFound() {
        let files = [
            "Sources/Wire/Frame.swift": "struct Frame { var lane: Lane }\n",
            "Sources/Wire/Lane.swift": "enum Lane {}\n",
            "Sources/Wire/Frame+Text.swift": "extension Frame { var text: Int { 1 } }\n",
            "Sources/Wire/Kind.swift": "enum Kind { case a(Group) }\n", "Sources/Wire/Group.swift": "enum Group {}\n",
            "Sources/Wire/Empty.swift": "// Nothing.\n", "Sources/alongside/Main.swift": "struct Main {}\n",
            "Tests/WireTests/OtherTests.swift": "let frame = Frame() // Kind\n",
        ]
        #expect(
            ContractRules.tested(tree(files)).map(\.path) == ["Sources/Wire/Group.swift", "Sources/Wire/Kind.swift"])
        expectClean(ContractRules.tested(SourceTree.here))
    }

    @Test func aVectorThatNobodyReadsIsFound() {
        let files = [
            "Protocol/vectors/header.json": "{}", "Protocol/vectors/view.json": "{}",
            "Protocol/vectors/talk.json": "{}",
            "Tests/WireTests/A.swift": "load(\"header\")", "Tests/EndToEnd/b.py": "open('vectors/view.json')",
        ]
        #expect(ContractRules.vectors(tree(files)).map(\.path) == ["Protocol/vectors/talk.json"])
        expectClean(ContractRules.vectors(SourceTree.here))
    }
}
