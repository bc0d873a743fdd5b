internal import AuditCore
internal import AuditStore
internal import GRDB

/// How far an index has read a log: the place of the last record that it took, that record's hash, and the tree up to
/// it. Kept in the index, so that the next reading goes on from there.
struct IndexMark: Equatable {
    /// The index of the first record of the last record's segment.
    let segment: UInt64
    /// The offset of its frame in that segment.
    let offset: Int
    /// Its leaf hash.
    let leaf: Digest32
    /// The tree over all records up to and with it.
    let tree: CompactRange

    static let table = """
        CREATE TABLE log (
            segment INTEGER NOT NULL, offset INTEGER NOT NULL, leaf TEXT NOT NULL, size INTEGER NOT NULL,
            peaks TEXT NOT NULL);
        """

    /// Where reading begins: at the last record once more, to see that it is the same.
    var start: LogReader.Start {
        LogReader.Start(segment: self.segment, offset: self.offset, next: self.tree.size - 1)
    }

    init(_ place: LogReader.Place, leaf: Digest32, tree: CompactRange) {
        (self.segment, self.offset, self.leaf, self.tree) = (place.segment, place.offset, leaf, tree)
    }

    /// The mark that the index holds; nil where it holds none that can be read.
    init?(in database: Database) throws {
        guard let row = try Row.fetchOne(database, sql: "SELECT segment, offset, leaf, size, peaks FROM log") else {
            return nil
        }
        let (leaf, peaks): (String, String) = (row["leaf"], row["peaks"])
        let hashes = peaks.split(separator: " ").compactMap { Digest32(hex: $0.utf8) }
        guard let leaf = Digest32(hex: leaf.utf8),
            let tree = CompactRange(size: UInt64(clamping: row["size"] as Int64), peaks: hashes), tree.size > 0
        else { return nil }
        (self.segment, self.offset) = (UInt64(clamping: row["segment"] as Int64), row["offset"])
        (self.leaf, self.tree) = (leaf, tree)
    }

    /// Puts the mark in the place of the one before.
    func save(in database: Database) throws {
        try database.execute(sql: "DELETE FROM log")
        try database.execute(
            sql: "INSERT INTO log VALUES (?, ?, ?, ?, ?)",
            arguments: [
                Int64(clamping: self.segment), self.offset, self.leaf.hex, Int64(clamping: self.tree.size),
                self.tree.peaks.map(\.hex).joined(separator: " "),
            ])
    }

    /// Whether the log's own tree has another root at this place: then it was rewritten. Where its tiles do not reach
    /// so far, or a running relay takes them away, only the last record tells.
    func isContradicted(by disk: AuditDisk) -> Bool {
        guard let bytes = try? disk.read("state", AuditLimits.stateBytesMax), let state = LogState(bytes: bytes),
            state.range.size >= self.tree.size,
            let root = try? TileSource(disk, size: state.range.size).root(size: self.tree.size)
        else { return false }
        return root != self.tree.root
    }
}
