internal import ArgumentParser
internal import AuditCore
internal import AuditStore
internal import Foundation
internal import Wire

/// `alongside-audit prove DIR`
struct ProveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove", abstract: "Prove to someone who has only the verifier key that a record is in the log.",
        discussion: """
            The proof is a C2SP tlog-proof with the record itself in it. With --session it is that of the session's \
            end: its receipt.
            """)

    @Argument(help: "The log's directory.")
    var directory: String

    @Option(help: "The record's index.")
    var index: UInt64?

    @Option(help: "The session whose end is to be proved (26 characters).")
    var session: String?

    @Option(help: ArgumentHelp("Where the proof goes; standard output otherwise.", valueName: "file"))
    var output: String?

    @Flag(help: "Print one JSON object, which holds the proof.")
    var json = false

    func validate() throws {
        guard (self.index == nil) != (self.session == nil) else {
            throw ValidationError("give either --index or --session")
        }
        if let session = self.session, SessionID(session) == nil {
            throw ValidationError("a session id has 26 characters of lower-case Crockford base32")
        }
    }

    func run() throws {
        let checkpoint = try AgainstOptions.checkpoint(self.directory + "/checkpoint")
        let proof: LogProof?
        do throws(AuditStoreError) {
            let disk = try AuditDisk.system(directory: self.directory, forWriting: false)
            defer { disk.release() }
            proof = try self.proof(disk, checkpoint)
        } catch {
            Output.complaint(error.description)
            throw ExitStatus.of(error)
        }
        guard let proof else {
            Output.complaint("no such record below the checkpoint's \(checkpoint.checkpoint.size) entries")
            throw ExitStatus.damaged
        }
        guard proof.verdict(of: nil) == .good else {
            Output.complaint("the tiles do not give the checkpoint's root; verify says what is wrong")
            throw ExitStatus.damaged
        }
        if self.json {
            Output.json(
                "{\"index\":\(proof.index),\"size\":\(checkpoint.checkpoint.size),"
                    + "\"proof\":\(JSONText.quoted(proof.text))}")
        }
        guard let output = self.output else {
            if self.json { return }
            for line in proof.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
                Output.line(String(line))
            }
            return
        }
        guard FileManager.default.createFile(atPath: output, contents: Data(proof.text.utf8)) else {
            Output.complaint("\(output): cannot be written")
            throw ExitStatus.disk
        }
    }

    private func proof(_ disk: AuditDisk, _ checkpoint: SignedCheckpoint) throws(AuditStoreError) -> LogProof? {
        let wanted = self.session.flatMap { SessionID($0) }
        var found: (index: UInt64, line: [UInt8])?
        _ = try LogReader.read(disk) { (place, line) throws(AuditStoreError) in
            guard place.index < checkpoint.checkpoint.size, found == nil else { return }
            if place.index == self.index { found = (place.index, Array(line)) }
            guard let wanted, let record = try? AuditRecord(decoding: Array(line)), record.session == wanted else {
                return
            }
            if record.event.code == .sessionEnded || record.event.code == .sessionAbandoned {
                found = (place.index, Array(line))
            }
        }
        guard let found else { return nil }
        let path = try TileSource(disk, size: checkpoint.checkpoint.size).inclusion(of: found.index)
        return LogProof(record: found.line, index: found.index, path: path, checkpoint: checkpoint)
    }
}
