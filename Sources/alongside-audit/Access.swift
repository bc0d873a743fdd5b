internal import Age
internal import ArgumentParser
internal import AuditStore
internal import Wire

/// Reading the log is itself put on record: who looks at a shopper's session can be asked why.
enum Access {
    /// Puts `order` on record, or has it carried out. A copy that cannot be written is read without; that is said.
    static func put(_ order: LogOrder, directory: String) throws {
        switch LogAccess.perform(order, directory: directory, program: AlongsideAudit.program) {
        case .done: break
        case .readOnly(let why): Output.complaint("not on record, for this log cannot be written (\(why))")
        case .refused(let why):
            Output.complaint(why)
            throw ExitStatus.unavailable
        }
    }

    /// The identities in the files of `--identity`.
    static func identities(_ paths: [String]) throws -> [AgeIdentity] {
        var identities: [AgeIdentity] = []
        for path in paths {
            do {
                let bytes = try RecordingFiles.read(path, bytesMax: RecordingLimits.recipientsFileBytesMax)
                identities += try AgeIdentity.all(inFile: bytes)
            } catch {
                Output.complaint(error is AuditStoreError ? "\(error)" : "\(path): \(error)")
                throw ExitCode(66)
            }
        }
        return identities
    }
}

/// A session's id on the command line.
struct SessionArgument: ExpressibleByArgument {
    let session: SessionID

    init?(argument: String) {
        guard let session = SessionID(argument) else { return nil }
        self.session = session
    }
}
