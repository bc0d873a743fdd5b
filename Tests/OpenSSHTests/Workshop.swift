import Foundation
import Glibc
import OpenSSH

/// A temporary folder with OpenSSH's own programs at hand; removed when the test lets go of it.
final class Workshop {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let folder: URL

    init() throws {
        self.folder = FileManager.default.temporaryDirectory.appendingPathComponent("openssh-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: self.folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit {
        try? FileManager.default.removeItem(at: self.folder)
    }

    func path(_ name: String) -> String { self.folder.appendingPathComponent(name).path }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: self.folder.appendingPathComponent(name))
    }

    func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: self.folder.appendingPathComponent(name)))
    }

    /// Makes a key pair `name` and `name.pub` with ssh-keygen.
    func makeKey(_ name: String, type: String = "ed25519", passphrase: String = "") throws -> SSHPublicKey {
        try self.succeed(
            "ssh-keygen", ["-q", "-t", type, "-N", passphrase, "-C", "\(name) of a test", "-f", self.path(name)])
        return try SSHPublicKey(line: String(decoding: self.read(name + ".pub"), as: UTF8.self))
    }

    /// `ssh-keygen -Y sign`: the armoured signature.
    func sign(_ message: [UInt8], key: String, namespace: String, options: [String] = []) throws -> [UInt8] {
        try self.write(message, to: "message")
        try? FileManager.default.removeItem(atPath: self.path("message.sig"))
        try self.succeed(
            "ssh-keygen", ["-Y", "sign", "-f", self.path(key), "-n", namespace] + options + [self.path("message")])
        return try self.read("message.sig")
    }

    /// `ssh-keygen -Y verify`: whether OpenSSH accepts.
    func verifies(
        _ signature: String, of message: [UInt8], signers: String, principal: String, namespace: String,
        options: [String] = []
    ) throws -> Bool {
        try self.write(Array(signature.utf8), to: "verify.sig")
        try self.write(Array(signers.utf8), to: "verify.signers")
        let arguments =
            ["-Y", "verify", "-f", self.path("verify.signers"), "-I", principal, "-n", namespace] + options
            + ["-s", self.path("verify.sig")]
        return try self.run("ssh-keygen", arguments, input: message).status == 0
    }

    func succeed(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        let (status, output) = try self.run(program, arguments, environment: environment)
        guard status == 0 else { throw Failure(description: "\(program) ended with \(status): \(output)") }
    }

    /// Runs a program of OpenSSH to its end. Files stand in for pipes and nothing else is inherited: tests run beside
    /// each other, and a pipe that another test's ssh-agent holds open would never end.
    func run(
        _ program: String, _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:]
    ) throws -> (status: Int32, output: String) {
        try self.write(input, to: "input")
        let path = "/usr/bin/\(program)"
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe _ = posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, self.path("input"), O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(
            &actions, 1, self.path("output"), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // Closing what is not open is no error here (glibc, spawni.c).
        for descriptor in Int32(3)..<256 { unsafe posix_spawn_file_actions_addclose(&actions, descriptor) }
        let variables = ["PATH": "/usr/bin:/bin", "SWIFT_BACKTRACE": "enable=no"].merging(environment) { $1 }
        let status = try unsafe Self.withPointers([path] + arguments) { argv in
            try unsafe Self.withPointers(variables.map { "\($0)=\($1)" }) { envp in
                var number: pid_t = 0
                let failure = unsafe posix_spawn(&number, path, &actions, nil, argv, envp)
                guard failure == 0 else { throw Failure(description: "\(program) does not start: \(failure)") }
                var status: Int32 = 0
                while unsafe waitpid(number, &status, 0) < 0, errno == EINTR {}
                return status
            }
        }
        return (status, String(decoding: try self.read("output"), as: UTF8.self))
    }

    /// The C form of a list of words, valid only inside `body`.
    private static func withPointers<Result>(
        _ words: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) throws -> Result
    ) throws -> Result {
        var pointers = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe pointers.forEach { unsafe free($0) } }
        return try unsafe pointers.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { throw Failure(description: "no words") }
            return try unsafe body(start)
        }
    }
}
