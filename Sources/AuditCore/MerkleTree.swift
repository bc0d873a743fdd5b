internal import Crypto

/// Hashes of the tree over the records: RFC 6962, section 2.1, with SHA-256.
package enum MerkleTree {
    /// The root over no records: SHA-256 of nothing.
    package static let emptyRoot = Digest32.sha256(of: [])

    /// The hash of a leaf: SHA-256(00 record).
    package static func leaf(_ record: ArraySlice<UInt8>) -> Digest32 {
        var hash = SHA256()
        Self.mark(0, &hash)
        unsafe record.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
        return Digest32(hash.finalize())
    }

    /// The hash of a node: SHA-256(01 left right).
    package static func node(_ left: Digest32, _ right: Digest32) -> Digest32 {
        var hash = SHA256()
        Self.mark(1, &hash)
        unsafe left.withRawBytes { unsafe hash.update(bufferPointer: $0) }
        unsafe right.withRawBytes { unsafe hash.update(bufferPointer: $0) }
        return Digest32(hash.finalize())
    }

    private static func mark(_ byte: UInt8, _ hash: inout SHA256) {
        unsafe withUnsafeBytes(of: byte) { unsafe hash.update(bufferPointer: $0) }
    }
}

/// A perfect subtree: the records from `index << level` on, `1 << level` of them.
package struct MerkleNode: Hashable, Sendable {
    /// How many levels above the leaves, 0 for a leaf.
    package let level: Int
    /// Its place among those of its level.
    package let index: UInt64

    /// The node at `index` of `level`.
    package init(level: Int, index: UInt64) {
        self.level = level
        self.index = index
    }
}

/// The perfect subtrees from the left that make up a tree: all that is needed to go on appending. Pure.
package struct CompactRange: Equatable, Sendable {
    /// How many records are in it.
    package private(set) var size: UInt64 = 0
    /// The roots of the perfect subtrees, the largest first: one for each 1 in the binary form of `size`.
    package private(set) var peaks: [Digest32] = []

    /// The tree over no records.
    package init() {}

    /// The tree of `size` records with these peaks; nil unless there is one for each 1 in `size`.
    package init?(size: UInt64, peaks: [Digest32]) {
        guard peaks.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.peaks = peaks
    }

    /// Appends the leaf hash of the next record and gives each node that is perfect now to `body`, the leaf first.
    package mutating func append(_ leaf: Digest32, _ body: (MerkleNode, Digest32) -> Void = { _, _ in }) {
        var (hash, level, index) = (leaf, 0, self.size)
        body(MerkleNode(level: 0, index: index), hash)
        while index & 1 == 1 {
            hash = MerkleTree.node(self.peaks.removeLast(), hash)
            (level, index) = (level + 1, index >> 1)
            body(MerkleNode(level: level, index: index), hash)
        }
        self.peaks.append(hash)
        self.size += 1
    }

    /// The root over all records.
    package var root: Digest32 {
        guard var root = self.peaks.last else { return MerkleTree.emptyRoot }
        for peak in self.peaks.dropLast().reversed() { root = MerkleTree.node(peak, root) }
        return root
    }
}
