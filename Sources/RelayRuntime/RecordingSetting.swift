internal import Age
internal import AuditStore

/// What the configuration says of recordings, with the recipients' file read.
enum RecordingSetting {
    /// The policy for the log; nil where no site is recorded. A file that cannot be read, or that names nobody, keeps
    /// the daemon from starting: a recording that nobody can open is none.
    static func policy(of configuration: Configuration) throws(StartError) -> RecordingPolicy? {
        let sites = Set(configuration.sites.filter(\.isRecorded).map(\.key))
        guard !sites.isEmpty, let path = configuration.recordingRecipients else { return nil }
        let bytes: [UInt8]
        do throws(AuditStoreError) {
            bytes = try RecordingFiles.read(path, bytesMax: RecordingLimits.recipientsFileBytesMax)
        } catch {
            throw StartError("\(error)", exitCode: 78)
        }
        return RecordingPolicy(
            recipients: try Self.recipients(String(decoding: bytes, as: UTF8.self), path), sites: sites)
    }

    private static func recipients(_ text: String, _ path: String) throws(StartError) -> [AgeRecipient] {
        do throws(AgeError) {
            let recipients = try AgeRecipient.all(inFile: text)
            guard (1...RecordingLimits.recipientCountMax).contains(recipients.count) else {
                throw .recipientsMissing
            }
            return recipients
        } catch {
            throw StartError("\(path): \(error)", exitCode: 78)
        }
    }
}
