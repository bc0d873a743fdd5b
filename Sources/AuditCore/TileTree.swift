/// The tree with the tiles at its right edge: records in, files out. Pure; holds at most 256 records and 256 hashes a
/// level.
package struct TileTree: Sendable {
    /// One file of the tree.
    package struct File: Equatable, Sendable {
        /// Its name.
        package let path: TilePath
        /// Its bytes.
        package let bytes: [UInt8]
    }

    /// The tree over all records so far.
    package private(set) var range = CompactRange()
    /// The hashes of the tile at the right edge, by level; never 256.
    private var edges: [[Digest32]] = []
    /// The bundle at the right edge: records behind their lengths.
    private var bundle: [UInt8] = []

    /// The tree over no records.
    package init() {}

    /// The tree with these peaks, going on from the tiles at its right edge: `edges` holds the hashes of the partial
    /// tile of each level, `bundle` the partial bundle. Nil unless they fit each other.
    package init?(range: CompactRange, edges: [[Digest32]], bundle: [UInt8]) {
        self.range = range
        self.edges = edges
        self.bundle = bundle
        let widths = edges.indices.map { Int(range.size >> UInt64(8 * $0) & 255) }
        guard edges.map(\.count) == widths, range.size >> UInt64(8 * edges.count) == 0 else { return nil }
        let leaves = Self.records(inBundle: bundle)?.map { MerkleTree.leaf($0) }
        guard leaves == (edges.first ?? []), self.edgeRoot == range.root else { return nil }
    }

    /// How many records are in it.
    package var size: UInt64 { self.range.size }

    /// Appends the next record and gives each tile and bundle that is full now to `body`.
    package mutating func append(_ record: ArraySlice<UInt8>, _ body: (File) -> Void) {
        let size = self.range.size
        self.bundle.append(UInt8(truncatingIfNeeded: record.count >> 8))
        self.bundle.append(UInt8(truncatingIfNeeded: record.count))
        self.bundle.append(contentsOf: record)
        if size & 255 == 255 {
            body(File(path: TilePath(.entries, index: size >> 8), bytes: self.bundle))
            self.bundle.removeAll(keepingCapacity: true)
        }
        var (range, edges) = (CompactRange(), [[Digest32]]())
        swap(&range, &self.range)
        swap(&edges, &self.edges)
        range.append(MerkleTree.leaf(record)) { node, hash in
            guard node.level % 8 == 0 else { return }
            let level = node.level / 8
            if edges.count == level { edges.append([]) }
            edges[level].append(hash)
            if edges[level].count == TilePath.fullWidth {
                let path = TilePath(.hashes(level: level), index: node.index >> 8)
                body(File(path: path, bytes: Self.bytes(edges[level])))
                edges[level].removeAll(keepingCapacity: true)
            }
        }
        swap(&range, &self.range)
        swap(&edges, &self.edges)
    }

    /// The tiles and the bundle at the right edge that are not full.
    package var partials: [File] {
        TilePath.partials(ofSize: self.size).map { path in
            switch path.kind {
            case .hashes(let level): File(path: path, bytes: Self.bytes(self.edges[level]))
            case .entries: File(path: path, bytes: self.bundle)
            }
        }
    }

    /// The hashes in a tile's bytes, or nil if there are not `width` of them.
    package static func hashes(_ bytes: [UInt8], width: Int) -> [Digest32]? {
        guard bytes.count == width * TilePath.hashBytes else { return nil }
        return stride(from: 0, to: bytes.count, by: TilePath.hashBytes).compactMap {
            Digest32(bytes: Array(bytes[$0..<$0 + TilePath.hashBytes]))
        }
    }

    /// The records in a bundle's bytes, or nil if the last is cut.
    package static func records(inBundle bytes: [UInt8]) -> [ArraySlice<UInt8>]? {
        var records: [ArraySlice<UInt8>] = []
        var at = 0
        while at < bytes.count {
            guard at + 2 <= bytes.count else { return nil }
            let end = at + 2 + Int(bytes[at]) << 8 + Int(bytes[at + 1])
            guard end <= bytes.count else { return nil }
            records.append(bytes[(at + 2)..<end])
            at = end
        }
        return records
    }

    /// The root as the tiles at the edge have it, the highest level first.
    private var edgeRoot: Digest32 {
        var peaks: [Digest32] = []
        for edge in self.edges.reversed() {
            var inTile = CompactRange()
            for hash in edge { inTile.append(hash) }
            peaks.append(contentsOf: inTile.peaks)
        }
        return CompactRange(size: self.size, peaks: peaks)?.root ?? MerkleTree.emptyRoot
    }

    private static func bytes(_ hashes: [Digest32]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hashes.count * TilePath.hashBytes)
        for hash in hashes { hash.append(to: &bytes) }
        return bytes
    }
}
