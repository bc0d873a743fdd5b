internal import ArgumentParser
internal import AuditCore
internal import AuditStore

/// `alongside-audit checkpoint DIR`
struct CheckpointCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint", abstract: "Print a log's newest checkpoint, for others to keep.",
        discussion: """
            With --since an older checkpoint is given, and the log must prove by its tree that it only grew since. \
            This reads a few tiles; verify reads everything.
            """)

    @Argument(help: "The log's directory.")
    var directory: String

    @Option(help: ArgumentHelp("The log's verifier key, or a file that holds it.", valueName: "key"))
    var key: String?

    @Option(help: ArgumentHelp("An older checkpoint.", valueName: "file"))
    var since: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let verifier = try self.key.map { try AgainstOptions.verifier($0) }
        let new = try AgainstOptions.checkpoint(self.directory + "/checkpoint")
        try self.demand(new, "checkpoint", verifier)
        if let since = self.since {
            let old = try AgainstOptions.checkpoint(since)
            try self.demand(old, since, verifier)
            guard old.checkpoint.origin == new.checkpoint.origin, try self.hasGrown(old.checkpoint, new.checkpoint)
            else {
                Output.complaint("\(since): the log is not one that grew from it: it was rewritten or rewound")
                throw ExitStatus.damaged
            }
        }
        if self.json {
            let head = new.checkpoint
            Output.json(
                "{\"origin\":\(JSONText.quoted(head.origin)),\"size\":\(head.size),\"root\":\"\(head.root.hex)\","
                    + "\"note\":\(JSONText.quoted(new.note))}")
        } else {
            // Line by line: what passes a terminal is made safe, and a note holds nothing but lines.
            for line in new.note.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
                Output.line(String(line))
            }
        }
    }

    private func demand(_ checkpoint: SignedCheckpoint, _ name: String, _ verifier: NoteVerifier?) throws {
        guard let verifier else { return }
        let verdict = checkpoint.verdict(of: verifier)
        guard verdict == .good else {
            Output.complaint("\(name): \(verdict.rawValue)")
            throw ExitStatus.damaged
        }
    }

    private func hasGrown(_ old: Checkpoint, _ new: Checkpoint) throws -> Bool {
        guard old.size <= new.size else { return false }
        do throws(AuditStoreError) {
            let disk = try AuditDisk.system(directory: self.directory, forWriting: false)
            defer { disk.release() }
            let path = try TileSource(disk, size: new.size).consistency(from: old.size)
            return MerkleProof.verifiesConsistency(
                from: old.size, oldRoot: old.root, to: new.size, root: new.root, path: path)
        } catch {
            Output.complaint(error.description)
            throw ExitStatus.of(error)
        }
    }
}
