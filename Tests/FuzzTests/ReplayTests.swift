import Foundation
import FuzzTargets
import Support
import Testing

/// Runs the fuzz targets over what fuzzing starts from and over what it has found.
@Suite struct ReplayTests {
    @Test(arguments: FuzzTarget.allCases) func everySeedKeepsEveryPromise(target: FuzzTarget) throws {
        let seeds = try Seeds.all.get()[target] ?? []
        #expect(seeds.count >= 20, "seeds.py makes too few seeds for \(target.rawValue)")
        for seed in seeds { Self.replay(seed, with: target) }
    }

    @Test(arguments: FuzzTarget.allCases) func everySeedCutShortKeepsEveryPromise(target: FuzzTarget) throws {
        for seed in try Seeds.all.get()[target] ?? [] {
            let step = max(1, seed.bytes.count / 64)
            for end in stride(from: 0, to: min(seed.bytes.count, 16_384), by: step) {
                Self.replay(Seed(name: "\(seed.name) cut to \(end)", bytes: Array(seed.bytes[..<end])), with: target)
            }
        }
    }

    @Test(arguments: FuzzTarget.allCases) func everyFailCaseStaysMended(target: FuzzTarget) throws {
        let folder = Vectors.repositoryRoot.appendingPathComponent("Tests/Fuzz/FailCases/\(target.rawValue)")
        guard FileManager.default.fileExists(atPath: folder.path) else { return }
        for failCase in try Seeds.files(in: folder) { Self.replay(failCase, with: target) }
    }

    @Test func everyFolderOfFailCasesHasATarget() throws {
        let folder = Vectors.repositoryRoot.appendingPathComponent("Tests/Fuzz/FailCases")
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where !name.hasSuffix(".md") {
            #expect(FuzzTarget(rawValue: name) != nil, "no target is called \(name)")
        }
    }

    private static func replay(_ seed: Seed, with target: FuzzTarget) {
        do throws(BrokenPromise) {
            try target.run(seed.bytes)
        } catch {
            Issue.record("\(target.rawValue) \(seed.name): not kept: \(error.description)")
        }
    }
}

/// One input by its file's name.
struct Seed {
    let name: String
    let bytes: [UInt8]
}

/// What `Tests/Fuzz/seeds.py` makes, read once.
enum Seeds {
    static let all: Result<[FuzzTarget: [Seed]], any Error> = Result { try Self.make() }

    /// The inputs in a folder, by name.
    static func files(in folder: URL) throws -> [Seed] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
            Seed(name: name, bytes: Array(try Data(contentsOf: folder.appendingPathComponent(name))))
        }
    }

    private static func make() throws -> [FuzzTarget: [Seed]] {
        let out = FileManager.default.temporaryDirectory.appendingPathComponent("seeds-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: out) }
        let script = Process()
        script.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        script.arguments = [
            "python3", Vectors.repositoryRoot.appendingPathComponent("Tests/Fuzz/seeds.py").path, out.path,
        ]
        try script.run()
        script.waitUntilExit()
        guard script.terminationStatus == 0 else { throw SeedFault.script(script.terminationStatus) }
        var seeds: [FuzzTarget: [Seed]] = [:]
        for target in FuzzTarget.allCases {
            seeds[target] = try Self.files(in: out.appendingPathComponent(target.rawValue))
        }
        return seeds
    }
}

/// Without seeds the tests would pass for nothing.
enum SeedFault: Error {
    case script(Int32)
}
