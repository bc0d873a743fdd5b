/// Inclusion and consistency proofs: made as RFC 6962, sections 2.1.1 and 2.1.2, has them, checked by the algorithms of
/// RFC 9162, sections 2.1.3.2 and 2.1.4.2. Pure: nodes come from a source of the caller's choice.
package enum MerkleProof {
    /// The audit path for record `index` in a tree of `size` records, from the leaf's sibling up. `index` is below
    /// `size`; `node` gives the hashes of perfect subtrees.
    package static func inclusion<Failure>(
        of index: UInt64, size: UInt64, node: (MerkleNode) throws(Failure) -> Digest32
    ) throws(Failure) -> [Digest32] {
        var path: [Digest32] = []
        var (start, end) = (UInt64(0), size)
        while end - start > 1 {
            let middle = start + Self.split(end - start)
            if index < middle {
                path.append(try Self.root(middle, end, node))
                end = middle
            } else {
                path.append(try Self.root(start, middle, node))
                start = middle
            }
        }
        return path.reversed()
    }

    /// The proof that the tree of `old` records is the beginning of that of `size`. Empty if they are equal or `old` is
    /// 0; `old` is at most `size`.
    package static func consistency<Failure>(
        from old: UInt64, to size: UInt64, node: (MerkleNode) throws(Failure) -> Digest32
    ) throws(Failure) -> [Digest32] {
        guard old > 0, old < size else { return [] }
        var path: [Digest32] = []
        var (start, end) = (UInt64(0), size)
        var isWhole = true
        while end != old {
            let middle = start + Self.split(end - start)
            if old <= middle {
                path.append(try Self.root(middle, end, node))
                end = middle
            } else {
                path.append(try Self.root(start, middle, node))
                start = middle
                isWhole = false
            }
        }
        if !isWhole { path.append(try Self.root(start, end, node)) }
        return path.reversed()
    }

    /// The root of the tree over the first `size` records.
    package static func root<Failure>(
        size: UInt64, node: (MerkleNode) throws(Failure) -> Digest32
    ) throws(Failure) -> Digest32 {
        size == 0 ? MerkleTree.emptyRoot : try Self.root(0, size, node)
    }

    /// Whether `path` proves that `leaf` is record `index` of the tree of `size` records with this root.
    package static func verifiesInclusion(
        of leaf: Digest32, index: UInt64, size: UInt64, path: [Digest32], root: Digest32
    ) -> Bool {
        guard index < size else { return false }
        var (at, last, hash) = (index, size - 1, leaf)
        for step in path {
            guard last > 0 else { return false }
            if at & 1 == 1 || at == last {
                hash = MerkleTree.node(step, hash)
                while at & 1 == 0, at > 0 { (at, last) = (at >> 1, last >> 1) }
            } else {
                hash = MerkleTree.node(hash, step)
            }
            (at, last) = (at >> 1, last >> 1)
        }
        return last == 0 && hash == root
    }

    /// Whether `path` proves that the tree of `old` records with `oldRoot` is the beginning of that of `size` with
    /// `root`.
    package static func verifiesConsistency(
        from old: UInt64, oldRoot: Digest32, to size: UInt64, root: Digest32, path: [Digest32]
    ) -> Bool {
        guard old <= size else { return false }
        if old == 0 { return path.isEmpty && oldRoot == MerkleTree.emptyRoot }
        if old == size { return path.isEmpty && oldRoot == root }
        var steps = path[...]
        if old & (old - 1) == 0 { steps = [oldRoot] + steps }
        guard let first = steps.popFirst() else { return false }
        var (at, last) = (old - 1, size - 1)
        while at & 1 == 1 { (at, last) = (at >> 1, last >> 1) }
        var (oldHash, hash) = (first, first)
        for step in steps {
            guard last > 0 else { return false }
            if at & 1 == 1 || at == last {
                (oldHash, hash) = (MerkleTree.node(step, oldHash), MerkleTree.node(step, hash))
                while at & 1 == 0, at > 0 { (at, last) = (at >> 1, last >> 1) }
            } else {
                hash = MerkleTree.node(hash, step)
            }
            (at, last) = (at >> 1, last >> 1)
        }
        return last == 0 && oldHash == oldRoot && hash == root
    }

    /// The root over the records from `start` to before `end`, at least one; `start` is a multiple of the largest power
    /// of two in it.
    private static func root<Failure>(
        _ start: UInt64, _ end: UInt64, _ node: (MerkleNode) throws(Failure) -> Digest32
    ) throws(Failure) -> Digest32 {
        let count = end - start
        if count & (count - 1) == 0 {
            let level = count.trailingZeroBitCount
            return try node(MerkleNode(level: level, index: start >> UInt64(level)))
        }
        let middle = start + Self.split(count)
        let left = try Self.root(start, middle, node)
        return MerkleTree.node(left, try Self.root(middle, end, node))
    }

    /// The largest power of two below `count`, which is at least 2.
    private static func split(_ count: UInt64) -> UInt64 {
        1 << UInt64(63 - (count - 1).leadingZeroBitCount)
    }
}
