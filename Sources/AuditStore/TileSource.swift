package import AuditCore

/// Hashes of the tree from the files in `tile/`. What it gives is only as good as the files: proofs made of it are
/// checked against a root. Used by one thread.
package final class TileSource {
    /// So many tiles are kept: those of a proof, and of the next.
    private static let tileCountMax = 64

    private let disk: AuditDisk
    private let size: UInt64
    private var tiles: [TilePath: [Digest32]] = [:]

    /// The tiles that a tree of `size` records has.
    package init(_ disk: AuditDisk, size: UInt64) {
        self.disk = disk
        self.size = size
    }

    /// The root over the first `size` records, which are not more than the tree has.
    package func root(size: UInt64) throws(AuditStoreError) -> Digest32 {
        try MerkleProof.root(size: size) { (node) throws(AuditStoreError) in try self.hash(node) }
    }

    /// The audit path of the record at `index`.
    package func inclusion(of index: UInt64) throws(AuditStoreError) -> [Digest32] {
        try MerkleProof.inclusion(of: index, size: self.size) { (node) throws(AuditStoreError) in try self.hash(node) }
    }

    /// The proof that the tree of `old` records is the beginning of this one.
    package func consistency(from old: UInt64) throws(AuditStoreError) -> [Digest32] {
        try MerkleProof.consistency(from: old, to: self.size) { (node) throws(AuditStoreError) in try self.hash(node) }
    }

    /// The partial tile of `level` at the right edge; empty where the edge is full.
    package func edge(level: Int) throws(AuditStoreError) -> [Digest32] {
        let count = self.size >> UInt64(8 * level)
        let width = Int(count & 255)
        return width == 0 ? [] : try self.tile(TilePath(.hashes(level: level), index: count >> 8, width: width))
    }

    /// The hash of a perfect subtree within the tree.
    package func hash(_ node: MerkleNode) throws(AuditStoreError) -> Digest32 {
        let (level, height) = (node.level / 8, node.level % 8)
        let first = node.index << UInt64(height)
        let index = first >> 8
        let width = min(256, (self.size >> UInt64(8 * level)) - index << 8)
        let tile = try self.tile(TilePath(.hashes(level: level), index: index, width: Int(width)))
        let start = Int(first & 255)
        var range = CompactRange()
        for hash in tile[start..<(start + 1 << height)] { range.append(hash) }
        return range.root
    }

    private func tile(_ path: TilePath) throws(AuditStoreError) -> [Digest32] {
        if let tile = self.tiles[path] { return tile }
        let bytes = try self.disk.readPart(path.text, 0, TilePath.fullWidth * TilePath.hashBytes + 1)
        guard let hashes = TileTree.hashes(bytes, width: path.width) else { throw .derived(file: path.text) }
        if self.tiles.count >= Self.tileCountMax { self.tiles.removeAll() }
        self.tiles[path] = hashes
        return hashes
    }
}
