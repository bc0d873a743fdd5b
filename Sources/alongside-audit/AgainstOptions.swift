internal import ArgumentParser
internal import AuditCore
internal import AuditStore
internal import Foundation

/// What a log is held against: a key, and what others kept.
struct AgainstOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The log's verifier key, or a file that holds it.", valueName: "key"))
    var key: String?

    @Option(
        name: .customLong("checkpoint"), parsing: .singleValue,
        help: ArgumentHelp("A checkpoint from elsewhere that the log must agree with.", valueName: "file"))
    var checkpoints: [String] = []

    @Option(
        name: .customLong("receipt"), parsing: .singleValue,
        help: ArgumentHelp("A proof or receipt that the log must agree with.", valueName: "file"))
    var receipts: [String] = []

    var isEmpty: Bool { self.checkpoints.isEmpty && self.receipts.isEmpty }

    func wanted() throws -> LogReport.Wanted {
        var wanted = LogReport.Wanted()
        wanted.verifier = try self.key.map { try Self.verifier($0) }
        wanted.checkpoints = try self.checkpoints.map { ($0, try Self.checkpoint($0)) }
        wanted.proofs = try self.receipts.map { name in
            guard let proof = LogProof(bytes: try Self.contents(name)) else {
                Output.complaint("\(name): is not a proof with its record")
                throw ExitStatus.damaged
            }
            return (name, proof)
        }
        return wanted
    }

    static func checkpoint(_ name: String) throws -> SignedCheckpoint {
        guard let checkpoint = SignedCheckpoint(bytes: try Self.contents(name)) else {
            Output.complaint("\(name): is not a signed checkpoint")
            throw ExitStatus.damaged
        }
        return checkpoint
    }

    static func verifier(_ text: String) throws -> NoteVerifier {
        if let verifier = NoteVerifier(text) { return verifier }
        let line = String(decoding: try Self.contents(text), as: UTF8.self)
        guard let verifier = NoteVerifier(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw ValidationError("\(text): neither a verifier key (NAME+ID+KEY) nor a file that holds one")
        }
        return verifier
    }

    /// The whole of a file given on the command line; larger ones than a proof can be are cut and so refused.
    static func contents(_ name: String) throws -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: name) else {
            Output.complaint("\(name): cannot be read")
            throw ExitStatus.disk
        }
        return Array((try? file.read(upToCount: AuditLimits.proofBytesMax + 1)) ?? Data())
    }
}
