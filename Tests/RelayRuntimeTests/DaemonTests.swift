import AuditCore
import Crypto
import Foundation
import FoundationNetworking
import Logging
import RelayRuntime
import Testing

@Suite(.serialized) struct DaemonTests {
    /// A folder of its own with an empty `allowed_signers`, gone with the test.
    private final class Folder {
        let path: String

        init() throws {
            let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            self.path = url.path
            _ = FileManager.default.createFile(atPath: "\(self.path)/allowed_signers", contents: Data())
        }

        deinit {
            try? FileManager.default.removeItem(atPath: self.path)
        }

        var configuration: Configuration {
            var configuration = Configuration()
            configuration.listen = ["127.0.0.1:0"]
            configuration.stateDirectory = self.path
            configuration.allowedSigners = "\(self.path)/allowed_signers"
            return configuration
        }
    }

    private func start(_ configuration: Configuration, isDemo: Bool = false) throws -> Daemon {
        try Daemon.start(
            configuration, isDemo: isDemo, program: "test", configurationDigest: .zero, passedSockets: [],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test func withoutAllowedSignersItDoesNotStart() throws {
        let folder = try Folder()
        var configuration = folder.configuration
        configuration.allowedSigners = "\(folder.path)/nothing"
        let error = #expect(throws: StartError.self) { try self.start(configuration) }
        #expect(error?.exitCode == 78)
        #expect(error?.description.contains("nothing: cannot be read") == true)
    }

    @Test func aMistakeInAllowedSignersNamesItsLine() throws {
        let folder = try Folder()
        let path = "\(folder.path)/allowed_signers"
        _ = FileManager.default.createFile(atPath: path, contents: Data("# reps\nana ssh-nonsense AAAA\n".utf8))
        let error = #expect(throws: StartError.self) { try self.start(folder.configuration) }
        #expect(error?.exitCode == 78)
        #expect(error?.description.contains("line 2") == true)
    }

    @Test func aPortInUseIsToldAndLeavesTheLogFree() throws {
        let folder = try Folder()
        let first = try self.start(folder.configuration)
        let second = try Folder()
        var configuration = second.configuration
        configuration.listen = ["127.0.0.1:\(first.ports[0])"]
        let error = #expect(throws: StartError.self) { try self.start(configuration) }
        #expect(error?.exitCode == 69)
        first.stop(why: "test")
        try self.start(second.configuration).stop(why: "test")
    }

    @Test func twoDaemonsDoNotShareALog() throws {
        let folder = try Folder()
        let first = try self.start(folder.configuration)
        let error = #expect(throws: StartError.self) { try self.start(folder.configuration) }
        #expect(error?.exitCode == 74)
        first.stop(why: "test")
    }

    @Test func itServesHealthScriptAndDemoPages() async throws {
        let folder = try Folder()
        let daemon = try self.start(folder.configuration, isDemo: true)
        let base = "http://127.0.0.1:\(daemon.ports[0])"
        for (path, status, type) in [
            ("/health", 200, "text/plain; charset=utf-8"), ("/alongside.js", 200, "text/javascript; charset=utf-8"),
            ("/delivery", 200, "text/html; charset=utf-8"), ("/nothing", 404, "text/plain; charset=utf-8"),
        ] {
            let answer = try #require(try await self.get(base + path))
            #expect(answer.statusCode == status)
            #expect(answer.value(forHTTPHeaderField: "Content-Type") == type)
        }
        #expect(daemon.auditFailure == nil)
        daemon.stop(why: "test")
    }

    @Test func theSessionsScriptIsServedWhereTheLoaderLooksForItAndMayBeKeptForEver() async throws {
        let folder = try Folder()
        let daemon = try self.start(folder.configuration)
        let base = "http://127.0.0.1:\(daemon.ports[0])"
        let address = try #require(URL(string: base + "/alongside.js"))
        let loader = String(decoding: try await URLSession.shared.data(from: address).0, as: UTF8.self)
        let digests = loader.matches(of: /"([A-Za-z0-9+\/]{43}=)"/).map { String($0.output.1) }
        #expect(digests.count == 4)
        for digest in digests {
            let name = digest.filter { $0.isLetter || $0.isNumber }.prefix(16)
            let path = try #require(URL(string: "\(base)/alongside.\(name).js"))
            let (bytes, response) = try await URLSession.shared.data(from: path)
            let answer = try #require(response as? HTTPURLResponse)
            #expect(answer.statusCode == 200 && Data(SHA256.hash(data: bytes)).base64EncodedString() == digest)
            #expect(answer.value(forHTTPHeaderField: "Cache-Control") == "public, max-age=31536000, immutable")
            #expect(answer.value(forHTTPHeaderField: "Access-Control-Allow-Origin") == "*")
        }
        daemon.stop(why: "test")
    }

    private func get(_ address: String) async throws -> HTTPURLResponse? {
        let url = try #require(URL(string: address))
        return try await URLSession.shared.data(from: url).1 as? HTTPURLResponse
    }
}
