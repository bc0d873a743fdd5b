import Foundation

/// A temporary folder with the stock `age` program at hand; removed when the test lets go of it.
final class AgeTool {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let folder: URL

    init() throws {
        self.folder = FileManager.default.temporaryDirectory.appendingPathComponent("age-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: self.folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit {
        try? FileManager.default.removeItem(at: self.folder)
    }

    func path(_ name: String) -> String { self.folder.appendingPathComponent(name).path }

    func write(_ bytes: [UInt8], to name: String) throws {
        let url = self.folder.appendingPathComponent(name)
        try Data(bytes).write(to: url)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: url.path)
    }

    func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: self.folder.appendingPathComponent(name)))
    }

    /// Runs a program to its end. Files stand in for pipes: tests run beside each other, and a pipe that another test's
    /// program inherited would never end.
    func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/\(program)")
        process.arguments = arguments
        _ = FileManager.default.createFile(atPath: self.path("said"), contents: nil)
        let said = try FileHandle(forWritingTo: self.folder.appendingPathComponent("said"))
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = said
        process.standardError = said
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: String(decoding: try self.read("said"), as: UTF8.self))
        }
    }

    /// `age -d`: what the stock program finds in `file` with the identity file `identity`.
    func decrypt(_ file: [UInt8], identity: String) throws -> [UInt8] {
        try self.write(file, to: "in.age")
        // The stock program makes no file for an empty text.
        try self.write([], to: "out")
        try self.run("age", ["-d", "-i", self.path(identity), "-o", self.path("out"), self.path("in.age")])
        return try self.read("out")
    }

    /// `age -R`: a file of the stock program for the recipients file `recipients`.
    func encrypt(_ plain: [UInt8], recipients: String) throws -> [UInt8] {
        try self.write(plain, to: "in")
        try self.run("age", ["-R", self.path(recipients), "-o", self.path("out.age"), self.path("in")])
        return try self.read("out.age")
    }
}
