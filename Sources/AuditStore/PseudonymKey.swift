internal import AuditCore
internal import Glibc

/// The installation's key for pseudonyms: 32 random bytes in `keys/pseudonym.key`, mode 0600, made at the first
/// opening.
enum PseudonymKey {
    static let file = "keys/pseudonym.key"

    /// Reads the key, or makes it.
    static func load(_ disk: AuditDisk) throws(AuditStoreError) -> [UInt8] {
        let stored: [UInt8]
        do {
            stored = try disk.read(Self.file, 64)
        } catch .disk(_, _, errno: ENOENT) {
            return try Self.make(disk)
        } catch {
            throw error
        }
        guard stored.count == 32 else { throw .key(file: Self.file) }
        return stored
    }

    /// Written under another name first, so that a crash leaves a whole key or none.
    private static func make(_ disk: AuditDisk) throws(AuditStoreError) -> [UInt8] {
        let key = AuditDisk.randomBytes(32)
        let new = Self.file + ".new"
        try? disk.remove(new)
        let file = try disk.open(new, true)
        defer { disk.close(file) }
        guard try disk.write(file, new, key[...], 0) == key.count else {
            throw .disk(operation: "write", file: new, errno: ENOSPC)
        }
        try disk.sync(file, new)
        try disk.rename(new, Self.file)
        try disk.syncDirectories()
        return key
    }
}
