internal import Glibc
internal import Synchronization

/// The system calls for what is derived from the segments.
extension AuditDisk {
    /// Names in `tmp/` are never used twice in one run.
    private static let temporary = Atomic<UInt64>(0)

    static func part(
        of name: String, at root: Int32, offset: Int, bytesMax: Int
    ) throws(AuditStoreError) -> [UInt8] {
        let file = try Self.check("open", name) { unsafe openat(root, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) }
        defer { _ = Glibc.close(file) }
        var bytes = [UInt8](repeating: 0, count: bytesMax)
        var count = 0
        while count < bytesMax {
            let (got, code) = unsafe bytes.withUnsafeMutableBytes { buffer in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                let got = unsafe pread(file, rest.baseAddress, rest.count, offset + count)
                return (got, Glibc.errno)
            }
            if got == 0 { break }
            if got < 0, code != EINTR { throw .disk(operation: "read", file: name, errno: code) }
            count += max(got, 0)
        }
        bytes.removeLast(bytesMax - count)
        return bytes
    }

    static func files(_ path: String, _ directory: String) throws(AuditStoreError) -> [String] {
        let entries: [(name: String, isDirectory: Bool)]
        do {
            entries = try Self.entries(path + "/" + directory)
        } catch .disk(_, _, errno: ENOENT) {
            return []
        } catch {
            throw error
        }
        var files: [String] = []
        for entry in entries {
            let name = directory + "/" + entry.name
            if entry.isDirectory { files += try Self.files(path, name) } else { files.append(name) }
        }
        return files
    }

    static func replace(
        _ root: Int32, _ path: String, _ name: String, _ bytes: [UInt8], isDurable: Bool
    ) throws(AuditStoreError) {
        let temporary = "tmp/\(Self.temporary.add(1, ordering: .relaxed).newValue)"
        _ = unsafe unlinkat(root, temporary, 0)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
        let file = try Self.check("open", temporary) { unsafe openat(root, temporary, flags, 0o600) }
        do {
            defer { _ = Glibc.close(file) }
            var written = 0
            while written < bytes.count { written += try Self.write(file, temporary, bytes[written...], written) }
            if isDurable { _ = try Self.check("fdatasync", temporary) { fdatasync(file) } }
        } catch {
            _ = unsafe unlinkat(root, temporary, 0)
            throw error
        }
        let folder = name.split(separator: "/").dropLast().joined(separator: "/")
        do {
            try Self.rename(root, temporary, name)
        } catch .disk(_, _, errno: ENOENT) {
            try Self.makeFolders(path, folder)
            try Self.rename(root, temporary, name)
        } catch {
            throw error
        }
        guard isDurable else { return }
        let directory = try Self.openDirectory(folder.isEmpty ? path : path + "/" + folder)
        defer { _ = Glibc.close(directory) }
        _ = try Self.check("fsync", folder) { fsync(directory) }
    }

    private static func rename(_ root: Int32, _ name: String, _ newName: String) throws(AuditStoreError) {
        _ = try Self.check("rename", newName) { unsafe renameat(root, name, root, newName) }
    }

    private static func makeFolders(_ path: String, _ folder: String) throws(AuditStoreError) {
        var made = path
        for part in folder.split(separator: "/") {
            let parent = made
            made += "/" + part
            try Self.makeDirectory(made)
            let directory = try Self.openDirectory(parent)
            defer { _ = Glibc.close(directory) }
            _ = try Self.check("fsync", parent) { fsync(directory) }
        }
    }
}
