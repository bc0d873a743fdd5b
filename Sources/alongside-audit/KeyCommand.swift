internal import ArgumentParser
internal import AuditCore
internal import Foundation
internal import Glibc

/// `alongside-audit key`
struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Make and show the key that signs checkpoints.",
        subcommands: [Generate.self, Show.self])

    /// `alongside-audit key generate NAME --output FILE`
    struct Generate: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "generate", abstract: "Make a signing key; prints the verifier key, which is for everyone.",
            discussion: """
                NAME becomes the log's origin: an address without a scheme that is yours, such as \
                help.shop.example/audit. Give the printed line to whoever is to verify; the file is a secret, for the \
                daemon alone (LoadCredential=checkpoint.key:FILE).
                """)

        @Argument(help: "The log's origin; 1 to 128 bytes without white space and +.")
        var name: String

        @Option(help: ArgumentHelp("Where the signing key goes; must not exist yet.", valueName: "file"))
        var output: String

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() throws {
            var generator = SystemRandomNumberGenerator()
            let seed: [UInt8] = (0..<32).map { _ in generator.next() }
            guard let signer = NoteSigner(name: self.name, seed: seed) else {
                throw ValidationError("the name must have 1 to 128 bytes, without white space and +")
            }
            let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
            let file = unsafe open(self.output, flags, 0o600)
            guard file >= 0 else {
                Output.complaint("\(self.output): \(unsafe String(cString: strerror(errno)))")
                throw ExitStatus.disk
            }
            try FileHandle(fileDescriptor: file, closeOnDealloc: true).write(
                contentsOf: Data((signer.text + "\n").utf8))
            KeyCommand.say(signer.verifier, json: self.json)
        }
    }

    /// `alongside-audit key show FILE`
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Print the verifier key that belongs to a signing key.")

        @Argument(help: "The signing key's file.")
        var file: String

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() throws {
            let text = String(decoding: try AgainstOptions.contents(self.file), as: UTF8.self)
            guard let signer = NoteSigner(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
                throw ValidationError("\(self.file): not a signing key")
            }
            KeyCommand.say(signer.verifier, json: self.json)
        }
    }

    private static func say(_ verifier: NoteVerifier, json: Bool) {
        if json {
            Output.json(
                "{\"name\":\(JSONText.quoted(verifier.name)),\"verifier\":\(JSONText.quoted(verifier.text))}")
        } else {
            Output.line(verifier.text)
        }
    }
}
