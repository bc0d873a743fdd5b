internal import Glibc

/// The system calls that the log needs, as a value: tests replace single ones to fail at the n-th call.
///
/// Names are relative to the log's directory. Every closure throws `AuditStoreError.disk` and is called from one thread
/// at a time: the opener's, then the audit thread.
package struct AuditDisk: Sendable {
    /// The names in `wal/`, in order.
    package var segmentNames: @Sendable () throws(AuditStoreError) -> [String]
    /// The whole of a file of at most `bytesMax` bytes; a longer one is `foreign`.
    package var read: @Sendable (_ name: String, _ bytesMax: Int) throws(AuditStoreError) -> [UInt8]
    /// At most `bytesMax` bytes of a file from `offset` on; fewer only at its end.
    package var readPart: @Sendable (_ name: String, _ offset: Int, _ bytesMax: Int) throws(AuditStoreError) -> [UInt8]
    /// The size of a file in bytes.
    package var size: @Sendable (_ name: String) throws(AuditStoreError) -> Int
    /// The names of the files below a directory, in order and with its own before them; none if it is not there.
    package var files: @Sendable (_ directory: String) throws(AuditStoreError) -> [String]
    /// The names in the log's directory itself, in order.
    package var rootNames: @Sendable () throws(AuditStoreError) -> [String]
    /// Puts a whole file in the place of another, through `tmp/`: after a crash it is the old one or the new one. With
    /// `isDurable` it is the new one from here on. Makes the directories it stands in.
    package var replace: @Sendable (_ name: String, _ bytes: [UInt8], _ isDurable: Bool) throws(AuditStoreError) -> Void
    /// Makes everything durable that was replaced without.
    package var syncAll: @Sendable () throws(AuditStoreError) -> Void
    /// The bytes that may still be written, and the size of the file system.
    package var room: @Sendable () throws(AuditStoreError) -> (free: UInt64, total: UInt64)
    /// Opens a file for writing; `create` demands that it does not exist yet.
    package var open: @Sendable (_ name: String, _ create: Bool) throws(AuditStoreError) -> Int32
    /// Reserves `bytes` bytes, which read as zeros where nothing was written.
    package var allocate: @Sendable (_ file: Int32, _ name: String, _ bytes: Int) throws(AuditStoreError) -> Void
    /// Writes some of `bytes` at `offset` and returns how many: 1 or more.
    package var write:
        @Sendable (_ file: Int32, _ name: String, _ bytes: ArraySlice<UInt8>, _ offset: Int) throws(AuditStoreError) ->
            Int
    /// Makes what was written durable.
    package var sync: @Sendable (_ file: Int32, _ name: String) throws(AuditStoreError) -> Void
    /// Cuts a file to `bytes` bytes.
    package var truncate: @Sendable (_ file: Int32, _ name: String, _ bytes: Int) throws(AuditStoreError) -> Void
    /// How many names the file has: 0 after it was removed.
    package var linkCount: @Sendable (_ file: Int32) -> Int
    /// Closes a file.
    package var close: @Sendable (_ file: Int32) -> Void
    /// Removes a file.
    package var remove: @Sendable (_ name: String) throws(AuditStoreError) -> Void
    /// Gives a file another name, in place of a file that had it.
    package var rename: @Sendable (_ name: String, _ newName: String) throws(AuditStoreError) -> Void
    /// Makes names made and removed durable.
    package var syncDirectories: @Sendable () throws(AuditStoreError) -> Void
    /// Lets go of the directory and its lock.
    package var release: @Sendable () -> Void

    static func isNoSpace(_ errno: Int32) -> Bool { [ENOSPC, EDQUOT, EFBIG].contains(errno) }

    static func text(of errno: Int32) -> String {
        // Sound: `strerror` returns a C string on every call, and it is copied before anything else can run here.
        unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)"
    }

    /// `count` random bytes of the kernel.
    static func randomBytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in generator.next() }
    }

    /// The whole of a file of at most `bytesMax` bytes, read past what the page cache believes to be durable.
    static func contents(of name: String, at directory: Int32, bytesMax: Int) throws(AuditStoreError) -> [UInt8] {
        let file = unsafe openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { throw .disk(operation: "open", file: name, errno: Glibc.errno) }
        defer { _ = Glibc.close(file) }
        _ = posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED)
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw .disk(operation: "fstat", file: name, errno: Glibc.errno) }
        // One more than the file has, so that its growing beside a running writer is no surprise; files of `/proc` say
        // 0.
        var bytes = [UInt8](repeating: 0, count: min(bytesMax, max(Int(status.st_size), 4_096)) + 1)
        var count = 0
        while count < bytes.count {
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(file, buffer.baseAddress?.advanced(by: count), buffer.count - count)
            }
            if got == 0 { break }
            if got < 0 {
                let code = Glibc.errno
                if code == EINTR { continue }
                throw .disk(operation: "read", file: name, errno: code)
            }
            count += got
        }
        guard count <= bytesMax, status.st_size <= bytesMax else { throw .foreign(file: name) }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}
