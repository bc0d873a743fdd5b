internal import Glibc

extension AuditDisk {
    /// The real disk. `forWriting` makes what is missing and takes the lock; otherwise nothing is changed or locked.
    package static func system(directory: String, forWriting: Bool) throws(AuditStoreError) -> AuditDisk {
        if forWriting {
            for name in ["", "/wal", "/keys", "/tmp", "/tile", "/receipts"] { try Self.makeDirectory(directory + name) }
        }
        var opened: [Int32] = []
        do {
            opened.append(try Self.openDirectory(directory))
            if forWriting { try Self.lock(opened[0], directory) }
            // A reader syncs nothing, and may have no right to see keys; a witness sees the tree alone.
            if forWriting {
                for name in ["/wal", "/keys"] { opened.append(try Self.openDirectory(directory + name)) }
            }
        } catch {
            for file in opened { _ = Glibc.close(file) }
            throw error
        }
        return Self.calls(root: opened[0], directories: opened, path: directory)
    }

    private static func calls(root: Int32, directories: [Int32], path: String) -> AuditDisk {
        AuditDisk(
            segmentNames: { () throws(AuditStoreError) in try Self.names(path + "/wal") },
            read: { (name, bytesMax) throws(AuditStoreError) in
                try Self.contents(of: name, at: root, bytesMax: bytesMax)
            },
            readPart: { (name, offset, bytesMax) throws(AuditStoreError) in
                try Self.part(of: name, at: root, offset: offset, bytesMax: bytesMax)
            },
            size: { (name) throws(AuditStoreError) in
                var status = stat()
                _ = try Self.check("stat", name) { unsafe fstatat(root, name, &status, AT_SYMLINK_NOFOLLOW) }
                return Int(status.st_size)
            },
            files: { (directory) throws(AuditStoreError) in try Self.files(path, directory) },
            rootNames: { () throws(AuditStoreError) in try Self.names(path) },
            replace: { (name, bytes, isDurable) throws(AuditStoreError) in
                try Self.replace(root, path, name, bytes, isDurable: isDurable)
            },
            syncAll: { () throws(AuditStoreError) in Glibc.sync() },
            room: { () throws(AuditStoreError) in
                var status = statvfs()
                _ = try Self.check("fstatvfs", path) { unsafe fstatvfs(root, &status) }
                let block = UInt64(status.f_frsize)
                return (UInt64(status.f_bavail) * block, UInt64(status.f_blocks) * block)
            },
            open: { (name, create) throws(AuditStoreError) in
                let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | (create ? O_CREAT | O_EXCL : 0)
                return try Self.check("open", name) { unsafe openat(root, name, flags, 0o600) }
            },
            allocate: { (file, name, bytes) throws(AuditStoreError) in try Self.allocate(file, name, bytes) },
            write: { (file, name, bytes, offset) throws(AuditStoreError) in
                try Self.write(file, name, bytes, offset)
            },
            sync: { (file, name) throws(AuditStoreError) in _ = try Self.check("fdatasync", name) { fdatasync(file) } },
            truncate: { (file, name, bytes) throws(AuditStoreError) in
                _ = try Self.check("ftruncate", name) { ftruncate(file, bytes) }
            },
            linkCount: { file in
                var status = stat()
                return unsafe fstat(file, &status) == 0 ? Int(status.st_nlink) : 0
            },
            close: { file in _ = Glibc.close(file) },
            remove: { (name) throws(AuditStoreError) in
                _ = try Self.check("unlink", name) { unsafe unlinkat(root, name, 0) }
            },
            rename: { (name, newName) throws(AuditStoreError) in
                _ = try Self.check("rename", name) { unsafe renameat(root, name, root, newName) }
            },
            syncDirectories: { () throws(AuditStoreError) in
                for file in directories { _ = try Self.check("fsync", path) { fsync(file) } }
            },
            release: {
                // Said aloud: a child that is being started may hold a copy of the descriptor for a moment.
                _ = flock(root, LOCK_UN)
                for file in directories { _ = Glibc.close(file) }
            })
    }

    /// Runs `call` again while signals interrupt it; a negative result is an error with the number of that very call.
    static func check(_ operation: String, _ name: String, _ call: () -> Int32) throws(AuditStoreError) -> Int32 {
        while true {
            let result = call()
            if result >= 0 { return result }
            let code = Glibc.errno
            if code != EINTR { throw .disk(operation: operation, file: name, errno: code) }
        }
    }

    static func makeDirectory(_ path: String) throws(AuditStoreError) {
        guard unsafe mkdir(path, 0o700) != 0 else { return }
        let code = Glibc.errno
        guard code == EEXIST else { throw .disk(operation: "mkdir", file: path, errno: code) }
    }

    static func openDirectory(_ path: String) throws(AuditStoreError) -> Int32 {
        try Self.check("open", path) { unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    }

    private static func lock(_ root: Int32, _ path: String) throws(AuditStoreError) {
        guard flock(root, LOCK_EX | LOCK_NB) != 0 else { return }
        let code = Glibc.errno
        throw code == EWOULDBLOCK ? .inUse(directory: path) : .disk(operation: "flock", file: path, errno: code)
    }

    static func names(_ path: String) throws(AuditStoreError) -> [String] { try Self.entries(path).map(\.name) }

    static func entries(_ path: String) throws(AuditStoreError) -> [(name: String, isDirectory: Bool)] {
        guard let directory = unsafe opendir(path) else {
            throw .disk(operation: "opendir", file: path, errno: Glibc.errno)
        }
        defer { unsafe closedir(directory) }
        var entries: [(name: String, isDirectory: Bool)] = []
        while let entry = unsafe readdir(directory) {
            // Sound: `d_name` ends with a zero byte inside the entry (readdir(3)).
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != "." && name != ".." {
                entries.append((name, unsafe entry.pointee.d_type == UInt8(DT_DIR)))
            }
        }
        return entries.sorted { $0.name < $1.name }
    }

    private static func allocate(_ file: Int32, _ name: String, _ bytes: Int) throws(AuditStoreError) {
        while true {
            let code = posix_fallocate(file, 0, bytes)
            if code == 0 { return }
            if code != EINTR { throw .disk(operation: "posix_fallocate", file: name, errno: code) }
        }
    }

    static func write(
        _ file: Int32, _ name: String, _ bytes: ArraySlice<UInt8>, _ offset: Int
    ) throws(AuditStoreError) -> Int {
        while true {
            let (count, code) = unsafe bytes.withUnsafeBytes { buffer in
                let count = unsafe pwrite(file, buffer.baseAddress, buffer.count, offset)
                return (count, Glibc.errno)
            }
            if count > 0 { return count }
            if count == 0 || code != EINTR {
                throw .disk(operation: "write", file: name, errno: count == 0 ? ENOSPC : code)
            }
        }
    }
}
