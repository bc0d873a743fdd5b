import Age
import AuditStore
import Foundation
import Testing

@testable import RelayRuntime

@Suite struct RecordingSettingTests {
    private static let recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"

    private func configuration(_ recipients: String?, recording: String = "view") throws -> Configuration {
        let path = FileManager.default.temporaryDirectory.appending(path: "recipients-\(UUID().uuidString)").path
        if let recipients { try Data(recipients.utf8).write(to: URL(fileURLWithPath: path)) }
        let text = """
            relay_names = ["ws://127.0.0.1:1"]
            recording_recipients = "\(path)"
            [[site]]
            key = "demo"
            origins = ["http://127.0.0.1:1"]
            recording = "\(recording)"
            """
        return try Configuration.parse(text, file: "a.toml")
    }

    @Test func aSiteThatIsRecordedHasItsRecipients() throws {
        let configuration = try self.configuration("# auditors\n\(Self.recipient)\n")
        let policy = try #require(try RecordingSetting.policy(of: configuration))
        #expect(policy.recipients.map(\.text) == [Self.recipient])
        #expect(policy.records(site: "demo", scope: ["view", "record"]))
        #expect(!policy.records(site: "demo", scope: ["view"]))
        #expect(!policy.records(site: "other", scope: ["view", "record"]))
    }

    @Test func whereNothingIsRecordedNoFileIsRead() throws {
        #expect(try RecordingSetting.policy(of: self.configuration(nil, recording: "none")) == nil)
    }

    @Test func aRecipientsFileHasSoManyLinesAndBytes() throws {
        let most = RecordingLimits.recipientCountMax
        let lines = String(repeating: "\(Self.recipient)\n", count: most)
        #expect(try RecordingSetting.policy(of: self.configuration(lines))?.recipients.count == most)
        let room = RecordingLimits.recipientsFileBytesMax - lines.utf8.count
        let full = lines + "#" + String(repeating: "a", count: room - 2) + "\n"
        #expect(full.utf8.count == RecordingLimits.recipientsFileBytesMax)
        #expect(try RecordingSetting.policy(of: self.configuration(full))?.recipients.count == most)
        let configuration = try self.configuration(full + "\n")
        #expect(throws: StartError.self) { _ = try RecordingSetting.policy(of: configuration) }
    }

    @Test(
        arguments: [
            nil, "", "age1wrong\n", String(repeating: "\(recipient)\n", count: RecordingLimits.recipientCountMax + 1),
        ])
    func aRecipientsFileThatNamesNobodyKeepsTheDaemonFromStarting(_ file: String?) throws {
        let configuration = try self.configuration(file)
        #expect(throws: StartError.self) { _ = try RecordingSetting.policy(of: configuration) }
    }

    @Test func aRecordedSiteWithoutRecipientsAndAnUnknownWordAreRefused() {
        for recording in ["view", "all"] {
            let text = """
                relay_names = ["ws://127.0.0.1:1"]
                [[site]]
                key = "demo"
                origins = ["http://127.0.0.1:1"]
                recording = "\(recording)"
                """
            #expect(throws: ConfigurationError.self) { _ = try Configuration.parse(text, file: "a.toml") }
        }
    }
}
