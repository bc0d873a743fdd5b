internal import Glibc
package import Wire

/// The files of recordings and their keys in a log's directory: `rec/SESSION/N.age` and `keys/SESSION.age`.
///
/// Blocks; called by one thread at a time for one session.
package struct RecordingFiles: Sendable {
    /// The log's directory.
    package let directory: String

    /// The files of the log in `directory`.
    package init(directory: String) {
        self.directory = directory
    }

    /// Where the session's key lies, wrapped for the auditors.
    package func keyPath(_ session: SessionID) -> String { "\(self.directory)/keys/\(session.text).age" }

    /// Where the session's chunks lie.
    package func folder(_ session: SessionID) -> String { "\(self.directory)/rec/\(session.text)" }

    /// Where chunk `number`, from 1, lies.
    package func chunkPath(_ session: SessionID, _ number: UInt64) -> String {
        "\(self.folder(session))/\(number).age"
    }

    /// Makes what is missing of `rec/`, `keys/`, `tmp/` and the session's folder.
    func prepare(_ session: SessionID) throws(AuditStoreError) {
        for path in ["/rec", "/keys", "/tmp", "/inbox"] { try Self.makeDirectory(self.directory + path) }
        try Self.makeDirectory(self.folder(session))
        try Self.syncDirectory(self.directory + "/rec")
    }

    /// Writes a file whole and makes it and its name durable: under a name in `tmp/` first, so that a crash leaves all
    /// of it or nothing.
    func write(_ bytes: [UInt8], to path: String, in folder: String) throws(AuditStoreError) {
        let new = "\(self.directory)/tmp/recording"
        _ = unsafe unlink(new)
        let file = try Self.check("open", new) { unsafe open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) }
        defer { _ = close(file) }
        do {
            try Self.writeAll(file, new, bytes)
            _ = try Self.check("fdatasync", new) { fdatasync(file) }
            _ = try Self.check("rename", path) { unsafe rename(new, path) }
        } catch {
            _ = unsafe unlink(new)
            throw error
        }
        try Self.syncDirectory(folder)
    }

    /// The whole of a file of at most `bytesMax` bytes.
    package static func read(_ path: String, bytesMax: Int) throws(AuditStoreError) -> [UInt8] {
        try AuditDisk.contents(of: path, at: AT_FDCWD, bytesMax: bytesMax)
    }

    /// The numbers and sizes of the session's chunks; none if it has no folder.
    package func chunks(_ session: SessionID) throws(AuditStoreError) -> [(number: UInt64, bytes: Int)] {
        var chunks: [(number: UInt64, bytes: Int)] = []
        for name in try Self.names(in: self.folder(session)) {
            guard name.hasSuffix(".age"), let number = UInt64(name.dropLast(4)) else { continue }
            chunks.append((number, Self.size(of: "\(self.folder(session))/\(name)")))
        }
        return chunks.sorted { $0.number < $1.number }
    }

    /// The sessions that have a key or a folder, by their ids.
    func sessions() throws(AuditStoreError) -> [SessionID] {
        let folders = try Self.names(in: self.directory + "/rec")
        let keys = try Self.names(in: self.directory + "/keys").filter { $0.hasSuffix(".age") }
        let names = Set(folders).union(keys.map { String($0.dropLast(4)) })
        return names.sorted().compactMap { SessionID($0) }
    }

    /// Removes one chunk.
    func remove(_ session: SessionID, _ number: UInt64) throws(AuditStoreError) {
        let path = self.chunkPath(session, number)
        _ = try Self.check("unlink", path) { unsafe unlink(path) }
        try Self.syncDirectory(self.folder(session))
    }

    /// How many files the session's key and recording are, and their bytes.
    package func extent(_ session: SessionID) throws(AuditStoreError) -> (files: Int, bytes: Int) {
        let chunks = try self.chunks(session)
        let key = Self.size(of: self.keyPath(session))
        return (chunks.count + (key > 0 ? 1 : 0), chunks.reduce(key) { $0 + $1.bytes })
    }

    /// Destroys the session's key, then its recording, for good: the key's bytes are overwritten before its name goes.
    /// Does nothing where nothing is left.
    package func destroy(_ session: SessionID) throws(AuditStoreError) {
        try self.destroyKey(self.keyPath(session))
        let folder = self.folder(session)
        for name in try Self.names(in: folder) {
            _ = try Self.check("unlink", name) { unsafe unlink("\(folder)/\(name)") }
        }
        for name in try Self.names(in: self.directory + "/quarantine") where name.contains(session.text) {
            _ = try Self.check("unlink", name) { unsafe unlink("\(self.directory)/quarantine/\(name)") }
        }
        guard unsafe rmdir(folder) == 0 || errno == ENOENT else {
            throw .disk(operation: "rmdir", file: folder, errno: errno)
        }
        try? Self.syncDirectory(self.directory + "/rec")
    }

    private func destroyKey(_ path: String) throws(AuditStoreError) {
        let file = unsafe open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else {
            if errno == ENOENT { return }
            throw .disk(operation: "open", file: path, errno: errno)
        }
        defer { _ = close(file) }
        // A copy-on-write disk may keep the old blocks for a while; without their name nothing leads there.
        try Self.writeAll(file, path, AuditDisk.randomBytes(Self.size(of: path)))
        _ = try Self.check("fdatasync", path) { fdatasync(file) }
        _ = try Self.check("unlink", path) { unsafe unlink(path) }
        try Self.syncDirectory(self.directory + "/keys")
    }

    private static func size(of path: String) -> Int {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    private static func names(in folder: String) throws(AuditStoreError) -> [String] {
        do {
            return try AuditDisk.names(folder)
        } catch .disk(_, _, errno: ENOENT) {
            return []
        } catch {
            throw error
        }
    }

    private static func makeDirectory(_ path: String) throws(AuditStoreError) {
        guard unsafe mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        throw .disk(operation: "mkdir", file: path, errno: errno)
    }

    static func syncDirectory(_ path: String) throws(AuditStoreError) {
        let file = try Self.check("open", path) { unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        defer { _ = close(file) }
        _ = try Self.check("fsync", path) { fsync(file) }
    }

    private static func writeAll(_ file: Int32, _ name: String, _ bytes: [UInt8]) throws(AuditStoreError) {
        var written = 0
        while written < bytes.count {
            let start = written
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(file, buffer.baseAddress?.advanced(by: start), buffer.count - start)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .disk(operation: "write", file: name, errno: count == 0 ? ENOSPC : errno) }
            written += count
        }
    }

    private static func check(_ operation: String, _ name: String, _ call: () -> Int32) throws(AuditStoreError) -> Int32
    {
        while true {
            let result = call()
            if result >= 0 { return result }
            let code = errno
            if code != EINTR { throw .disk(operation: operation, file: name, errno: code) }
        }
    }
}
