import Testing

/// Each rule first against a sample that breaks it, then against the tree.
@Suite struct StyleTests {
    private func sample(_ text: String, at path: String = "Sources/Wire/Sample.swift") -> SourceFile {
        SourceFile(path: path, text: text)
    }

    private func findings(_ rule: (SourceFile) -> [Finding]) -> [Finding] {
        SourceTree.here.files.flatMap(rule)
    }

    @Test func theTreeIsSeenWhole() {
        #expect(SourceTree.here.under("Sources", ending: ".swift").count > 20)
        #expect(SourceTree.here.file("Package.swift") != nil)
        #expect(SourceTree.here.file("Tests/TidyTests/StyleTests.swift") != nil)
        #expect(SourceTree.here.files.allSatisfy { !$0.path.hasPrefix(".build") })
    }

    @Test func commentsStringsAndPatternsAreNotCode() {
        let text = ##"""
            let a = "x // y" // try!
            /* as! /* b */ */ let c = #"d"e"# + f
            let h = #/}"/# + i
            let j = "\("k")" + l
            """##
        #expect(
            CodeReader.codeLines(of: text) == [
                #"let a = "" "#, #" let c = "" + f"#, "let h =  + i", #"let j = ""k"" + l"#,
            ])
        #expect(CodeReader.codeLines(of: "a(\"\"\"\n    Task\n    \"\"\" + b)\n") == ["a(\"\"", "", " + b)", ""])
    }

    @Test func longFilesAndLinesAreFound() {
        let long = String(repeating: "let a = 1\n", count: 601)
        #expect(StyleRules.sizes(sample(long)).map(\.line) == [1])
        #expect(StyleRules.sizes(sample(String(repeating: "a", count: 121))).count == 1)
        #expect(StyleRules.sizes(sample(String(repeating: "a", count: 120))).isEmpty)
        expectClean(findings(StyleRules.sizes))
    }

    @Test func trailingSpacesAndTabsAreFound() {
        #expect(StyleRules.blanks(sample("a \nb\n\tc\n")).map(\.line) == [1, 3])
        expectClean(findings(StyleRules.blanks))
    }

    @Test func longFunctionsAreFound() {
        let body = String(repeating: "        run()\n", count: 69)
        let long = "struct A {\n    package func f() {\n\(body)    }\n    init(a: Int) {\n    }\n}\n"
        #expect(StyleRules.functions(sample(long)).map(\.line) == [2])
        #expect(StyleRules.functions(sample(long.replacing("run()\n    }", with: "}"))).isEmpty)
        #expect(StyleRules.functions(sample("protocol P {\n    func f()\n\n    func g()\n}\n")).isEmpty)
        expectClean(findings(StyleRules.functions))
    }

    @Test(arguments: [
        "final class A: @unchecked Sendable {}", "nonisolated(unsafe) var a = 1", "let a = try! b()", "let a = b as! C",
        "let a = unsafeBitCast(b, to: C.self)", "let a = b!", "let a = b()!.c", "let a = b[0]!",
    ])
    func stepsOutOfTheChecksNeedTheirProof(line: String) {
        #expect(StyleRules.proofs(sample(line)).count == 1)
        #expect(StyleRules.proofs(sample("// It holds because of this.\n\(line)")).isEmpty)
        #expect(StyleRules.proofs(sample("// It holds because of this.\n@safe\n\(line)")).isEmpty)
    }

    @Test func comparisonsAndNegationsAreNoUnwrapping() {
        #expect(StyleRules.proofs(sample("if a != b, !c, a! == d {}")).count == 1)
        #expect(StyleRules.proofs(sample("if a != b, !c, a!=d, \"x!\".isEmpty {}")).isEmpty)
    }

    @Test func everyStepOutOfTheChecksInTheTreeHasItsProof() {
        expectClean(findings(StyleRules.proofs))
    }

    @Test(arguments: [
        "let a = Date()", "let a = ContinuousClock.now", "f(at: .now)", "let a = Int.random(in: 0..<2)", "Task { f() }",
        "await f()", "print(a)", "DispatchQueue.main", "let a: Mutex<Int>", "var a = SystemRandomNumberGenerator()",
    ])
    func coresHaveNoClockChanceOrThread(line: String) {
        #expect(!StyleRules.cores(sample(line)).isEmpty)
    }

    @Test func coresAreTold() {
        let fine = "let date = Dates(now)\nself.now = now\nlet fingerprint = fingerprint(of: tasks)\n// await\n"
        #expect(StyleRules.cores(sample(fine)).isEmpty)
        let cores = SourceTree.here.under("Sources", ending: ".swift")
            .filter { ImportRules.pureRooms.contains($0.room ?? "") }
        #expect(!cores.isEmpty)
        expectClean(cores.flatMap(StyleRules.cores))
    }

    @Test func notesToOneselfAreFound() {
        let words = ["FIX" + "ME", "TO" + "DO", "X" + "XX"]
        for word in words { #expect(StyleRules.notes(sample("// \(word): later")).count == 1) }
        #expect(StyleRules.notes(sample("mktemp demo.X" + "XXXXX")).isEmpty)
        expectClean(findings(StyleRules.notes))
    }

    @Test func packageTypesAndFunctionsSayTheirContract() {
        func lines(_ text: String) -> [Int] {
            let file = sample(text)
            return StyleRules.documentation(file, requirements: StyleRules.requirements([file])).map(\.line)
        }
        #expect(lines("package struct A {\n    package static func b() {}\n    package init() {}\n}\n") == [1, 2])
        #expect(
            lines("package import Wire\n/// A.\n// Proof.\n@safe\npackage struct A {\n    package let b = 1\n}\n") == []
        )
        #expect(lines("/// P.\nprotocol P {\n    func b()\n}\nextension A: P {\n    package func b() {}\n}\n") == [])
        #expect(lines("package func < (a: A, b: A) {}\npackage func + (a: A, b: A) {}\n") == [2])
        let requirements = StyleRules.requirements(SourceTree.here.files)
        expectClean(findings { StyleRules.documentation($0, requirements: requirements) })
    }

    @Test(arguments: ["// one customer", "let visitorCount = 1", "func add(agent: Int)", "struct Agents {}"])
    func wordsToAvoidAreFound(line: String) {
        #expect(StyleRules.glossary(sample(line)).count == 1)
    }

    @Test func wordsThatOnlyLookLikeThemAreFine() {
        let fine = "let SSHAgent = 1 // ssh-agent, User-Agent\nlet agenda = navigator.userAgent\n"
        #expect(StyleRules.glossary(sample(fine)).isEmpty)
        #expect(StyleRules.glossary(sample("the agent answers", at: "Sources/OpenSSH/A.swift")).isEmpty)
        expectClean(findings(StyleRules.glossary))
    }
}
