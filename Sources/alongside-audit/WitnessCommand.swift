internal import ArgumentParser
internal import AuditCore
internal import AuditStore
internal import Foundation
internal import Glibc

/// `alongside-audit witness DIR --state FILE -- COMMAND…`, and the other side, `witness --receive`
struct WitnessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "witness", abstract: "Hand a log's newest checkpoint to those who keep it, or take one.",
        discussion: """
            COMMAND is run with the checkpoint on its standard input, behind the proof that the log only grew since \
            the last one that COMMAND took: the body of add-checkpoint of C2SP tlog-witness. When it ends with 0 the \
            checkpoint is kept in FILE; otherwise the next run proves from the same place again. Nothing is run when \
            there is nothing new. With --receive such a body is read from standard input, checked against the \
            checkpoint in FILE and the log's key, and kept there: what a witness does, on a machine of its own. Exit \
            codes: 0 taken, or nothing new; 1 the log was rewritten or rewound, or the body is forged; 74 a file \
            could not be read or written; 75 COMMAND refused, or the proof begins elsewhere.
            """)

    @Argument(
        help: ArgumentHelp("The log's directory, of which checkpoint and tile/ are read.", valueName: "directory"))
    var directory: String?

    @Option(help: ArgumentHelp("Where the last checkpoint that was taken is kept.", valueName: "file"))
    var state: String

    @Option(help: ArgumentHelp("The log's verifier key, or a file that holds it.", valueName: "key"))
    var key: String?

    @Flag(help: "Take a checkpoint from standard input.")
    var receive = false

    @Flag(help: "Print one JSON object.")
    var json = false

    @Argument(parsing: .postTerminator, help: "What to run, behind --.")
    var command: [String] = []

    func validate() throws {
        if self.receive {
            guard self.directory == nil, self.command.isEmpty, self.key != nil else {
                throw ValidationError("--receive needs --key, and takes neither a directory nor a command")
            }
        } else if self.directory == nil || self.command.isEmpty {
            throw ValidationError("give the log's directory, and a command behind --")
        }
    }

    func run() throws {
        let verifier = try self.key.map { try AgainstOptions.verifier($0) }
        let isThere = FileManager.default.fileExists(atPath: self.state)
        let last = isThere ? try AgainstOptions.checkpoint(self.state) : nil
        if let verifier, self.receive {
            try self.take(last, verifier)
        } else if let directory = self.directory {
            try self.handOver(directory, last, verifier)
        }
    }

    private func take(_ last: SignedCheckpoint?, _ verifier: NoteVerifier) throws {
        let bytes = try? FileHandle.standardInput.read(upToCount: CheckpointHandover.bytesMax + 1)
        guard let handover = CheckpointHandover(bytes: Array(bytes ?? Data())) else {
            Output.complaint("standard input: is no checkpoint with its proof")
            throw ExitStatus.damaged
        }
        if let refusal = handover.refusal(after: last?.checkpoint, verifier: verifier) {
            let held = last.map { "\($0.checkpoint.size)" } ?? "0"
            Output.complaint(
                "the checkpoint of size \(handover.checkpoint.checkpoint.size) \(refusal.rawValue) (\(held))")
            throw refusal == .otherStart ? ExitStatus.unavailable : ExitStatus.damaged
        }
        try self.keep(handover.checkpoint)
    }

    private func handOver(_ directory: String, _ last: SignedCheckpoint?, _ verifier: NoteVerifier?) throws {
        let new = try AgainstOptions.checkpoint(directory + "/checkpoint")
        if let last, last.note == new.note { return self.say(new, isNew: false) }
        if let verifier, new.verdict(of: verifier) != .good {
            Output.complaint("checkpoint: \(new.verdict(of: verifier).rawValue)")
            throw ExitStatus.damaged
        }
        let handover = CheckpointHandover(
            old: last?.checkpoint.size ?? 0, path: try self.path(directory, last?.checkpoint, new.checkpoint),
            checkpoint: new)
        let status = try self.perform(Data(handover.text.utf8))
        guard status == 0 else {
            Output.complaint("\(self.command[0]): ended with \(status); the checkpoint is handed over again later")
            throw ExitStatus.unavailable
        }
        try self.keep(new)
    }

    /// The proof that the log only grew, checked before anybody else is asked.
    private func path(_ directory: String, _ last: Checkpoint?, _ new: Checkpoint) throws -> [Digest32] {
        guard let last else { return [] }
        var path: [Digest32] = []
        var isConsistent = last.origin == new.origin && last.size <= new.size
        if isConsistent {
            do throws(AuditStoreError) {
                let disk = try AuditDisk.system(directory: directory, forWriting: false)
                defer { disk.release() }
                path = try TileSource(disk, size: new.size).consistency(from: last.size)
            } catch {
                Output.complaint(error.description)
                throw ExitStatus.of(error)
            }
            isConsistent = MerkleProof.verifiesConsistency(
                from: last.size, oldRoot: last.root, to: new.size, root: new.root, path: path)
        }
        guard isConsistent else {
            Output.complaint("\(self.state): the log is not one that grew from it: it was rewritten or rewound")
            throw ExitStatus.damaged
        }
        return path
    }

    private func perform(_ body: Data) throws -> Int32 {
        // A command that does not read its input says so by its exit code.
        signal(SIGPIPE, SIG_IGN)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["--"] + self.command
        let input = Pipe()
        process.standardInput = input
        do {
            try process.run()
        } catch {
            Output.complaint("\(self.command[0]): \(error.localizedDescription)")
            throw ExitStatus.unavailable
        }
        // Fits in a pipe: it is shorter than what one holds, so this waits for nobody.
        try? input.fileHandleForWriting.write(contentsOf: body)
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }

    /// Replaces FILE whole; after a crash it is the old one or the new one.
    private func keep(_ checkpoint: SignedCheckpoint) throws {
        do {
            try Data(checkpoint.note.utf8).write(to: URL(fileURLWithPath: self.state), options: .atomic)
        } catch {
            Output.complaint("\(self.state): \(error.localizedDescription)")
            throw ExitStatus.disk
        }
        self.say(checkpoint, isNew: true)
    }

    private func say(_ checkpoint: SignedCheckpoint, isNew: Bool) {
        let size = checkpoint.checkpoint.size
        guard self.json else {
            return Output.line(isNew ? "checkpoint of size \(size)" : "nothing new since size \(size)")
        }
        Output.json("{\"ok\":true,\"size\":\(size),\"new\":\(isNew)}")
    }
}
