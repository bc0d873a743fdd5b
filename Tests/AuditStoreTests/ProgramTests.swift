import AuditCore
import Foundation
import Testing
import Wire

@testable import AuditStore

/// Runs `alongside-audit` as its users do.
@Suite struct ProgramTests {
    private struct Outcome {
        let status: Int32
        let output: String
        let complaint: String
    }

    private func run(_ arguments: String...) throws -> Outcome {
        let process = Process()
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let products = [
            own.deletingLastPathComponent(), URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent(),
        ]
        let found: URL? = products.map { $0.appending(path: "alongside-audit") }.first {
            FileManager.default.isExecutableFile(atPath: $0.path)
        }
        let program: URL = try #require(found)
        process.executableURL = program
        process.arguments = arguments
        process.environment = ["SWIFT_BACKTRACE": "enable=no", "COLUMNS": "80"]
        let (output, complaint) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = complaint
        try process.run()
        let outputBytes = output.fileHandleForReading.readDataToEndOfFile()
        let complaintBytes = complaint.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: String(decoding: outputBytes, as: UTF8.self),
            complaint: String(decoding: complaintBytes, as: UTF8.self))
    }

    private func sessionLog() throws -> Scene {
        let (scene, notices) = (Scene(), Notices())
        let log = try scene.open(notices: notices)
        let path = "/a\u{1B}]0;evil\u{7}\u{202E}\u{9B}b"
        let opened = Sample.entry(.sessionOpened(origin: "https://shop.example", path: path))
        for entry in [opened, Sample.consent, Sample.joined, Sample.login("mari")] { _ = log.append(entry) }
        _ = log.frameAccepted(session: Sample.session, index: 1, frame: Sample.frame(1))
        _ = log.framesSent(session: Sample.session, seat: 1, range: FrameRange(1, 1))
        #expect(notices.isDurable(log.append(Sample.left)))
        #expect(notices.isDurable(log.append(Sample.ended)))
        log.close()
        return scene
    }

    @Test func aWholeLogIsVerified() throws {
        let scene = try self.sessionLog()
        let text = try self.run("verify", scene.path)
        #expect(text.status == 0)
        #expect(text.output.hasPrefix("10 entries, 1 sessions (0 without an end)"))
        #expect(text.output.hasSuffix("verified\n"))
        let json = try self.run("verify", "--json", scene.path)
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect(object?["ok"] as? Bool == true)
        #expect(object?["entries"] as? Int == 10)
    }

    @Test func aRunningLogIsVerifiedWithoutDisturbingIt() throws {
        let (scene, notices) = (Scene(), Notices())
        let log = try scene.open(notices: notices)
        #expect(notices.isDurable(log.append(Sample.opened)))
        let outcome = try self.run("verify", scene.path)
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("1 without an end"))
        #expect(outcome.output.contains("log not closed"))
        #expect(notices.isDurable(log.append(Sample.login("mari"))))
        log.close()
    }

    @Test func aTornTailIsAllowedAndSaid() throws {
        let scene = try self.sessionLog()
        let name = "wal/" + scene.segments[0]
        try scene.put(try scene.bytes(name) + [1, 2, 3], name)
        let outcome = try self.run("verify", scene.path)
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("torn tail: \(name), offset "))
        let json = try self.run("verify", "--json", scene.path)
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect((object?["torn"] as? [String: Any])?["bytes"] as? Int == 3)
    }

    @Test func damageIsNamedWithFileOffsetAndReason() throws {
        let scene = try self.sessionLog()
        let name = "wal/" + scene.segments[0]
        var bytes = try scene.bytes(name)
        bytes[40] ^= 1
        try scene.put(bytes, name)
        let outcome = try self.run("verify", scene.path)
        #expect(outcome.status == 1)
        #expect(outcome.complaint == "\(name), offset 0: checksum differs\n")
        let json = try self.run("verify", "--json", scene.path)
        #expect(json.status == 1)
        #expect(json.output == "{\"ok\":false,\"error\":\"\(name), offset 0: checksum differs\"}\n")
        #expect(try self.run("show", scene.path).status == 1)
    }

    @Test func aBrokenRuleIsNamedWithItsEntryAndSession() throws {
        let scene = Scene()
        let log = try scene.open()
        log.close()
        let boot = BootID(high: 1, low: 2)
        let stamp = AuditStamp(wall: 1, mono: 1)
        var bytes: [UInt8] = []
        let first = AuditRecord(
            AuditEntry(.logOpened(program: "x"), by: .relay), sequence: nil, at: stamp, boot: boot)
        let second = AuditRecord(Sample.left, sequence: 1, at: stamp, boot: boot)
        SegmentFormat.append(first.line[...], index: 0, beginsWrite: true, to: &bytes)
        let offset = bytes.count
        SegmentFormat.append(second.line[...], index: 1, beginsWrite: false, to: &bytes)
        try scene.put(bytes, "wal/" + scene.segments[0])
        let outcome = try self.run("verify", scene.path)
        #expect(outcome.status == 1)
        let place = "wal/\(scene.segments[0]), offset \(offset), entry 1, session \(Sample.session.text): "
        #expect(outcome.complaint.hasSuffix(place + "the session was not opened\n"))
        #expect(outcome.complaint.contains("tile/0/000.p/2: is not what the records give\n"))
        let json = try self.run("verify", "--json", scene.path)
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        let fault = (object?["faults"] as? [[String: Any]])?.first
        #expect(fault?["rule"] as? String == "sessionUnknown")
        #expect(fault?["index"] as? Int == 1)
    }

    @Test func wrongUsageAndAMissingDirectoryHaveTheirOwnExitCodes() throws {
        #expect(try self.run("verify").status == 64)
        #expect(try self.run("show", "--session", "x", "/").status == 64)
        let outcome = try self.run("verify", "/nowhere\u{1B}[2J")
        #expect(outcome.status == 74)
        #expect(outcome.complaint == "/nowhere\\u{1b}[2J: open: No such file or directory\n")
    }

    @Test func noByteOfALogCanSteerTheTerminal() throws {
        let scene = try self.sessionLog()
        for arguments in [["show", scene.path], ["show", "--json", scene.path]] {
            let outcome = try self.run(
                arguments[0], arguments[1], arguments.count > 2 ? arguments[2] : "--session=\(Sample.session.text)")
            #expect(outcome.status == 0)
            #expect(
                outcome.output.unicodeScalars.allSatisfy { $0 == "\n" || TerminalText.safe(String($0)) == String($0) })
        }
    }

    @Test func oneSessionIsShownAlone() throws {
        let scene = try self.sessionLog()
        let outcome = try self.run("show", scene.path, "--session", Sample.session.text)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 7)
        #expect(lines.allSatisfy { $0.contains(Sample.session.text) })
        #expect(lines[0].contains("path=/a\\u{1b}]0;evil\\u{7}\\u{202e}\\u{9b}b"))
        let json = try self.run("show", scene.path, "--session", Sample.session.text, "--json")
        for line in json.output.split(separator: "\n") {
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        }
    }
}
