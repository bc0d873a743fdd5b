import Testing

@testable import AuditCore

@Suite struct MerkleTests {
    /// The leaves and roots of the known-answer tests of RFC 6962's reference implementation.
    private static let leaves: [[UInt8]] = [
        [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43], Array(0x50...0x57),
        Array(0x60...0x6F),
    ]
    private static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    /// `MTH` as RFC 6962, section 2.1, defines it.
    private static func root(_ leaves: ArraySlice<Digest32>) -> Digest32 {
        guard leaves.count > 1 else { return leaves.first ?? MerkleTree.emptyRoot }
        var split = 1
        while split * 2 < leaves.count { split *= 2 }
        return MerkleTree.node(Self.root(leaves.prefix(split)), Self.root(leaves.dropFirst(split)))
    }

    /// `PATH` as section 2.1.1 defines it.
    private static func path(_ index: Int, _ leaves: ArraySlice<Digest32>) -> [Digest32] {
        guard leaves.count > 1 else { return [] }
        var split = 1
        while split * 2 < leaves.count { split *= 2 }
        let (left, right) = (leaves.prefix(split), leaves.dropFirst(split))
        return index < split
            ? Self.path(index, left) + [Self.root(right)] : Self.path(index - split, right) + [Self.root(left)]
    }

    /// `SUBPROOF` as section 2.1.2 defines it.
    private static func subproof(_ old: Int, _ leaves: ArraySlice<Digest32>, _ isWhole: Bool) -> [Digest32] {
        if old == leaves.count { return isWhole ? [] : [Self.root(leaves)] }
        var split = 1
        while split * 2 < leaves.count { split *= 2 }
        let (left, right) = (leaves.prefix(split), leaves.dropFirst(split))
        return old <= split
            ? Self.subproof(old, left, isWhole) + [Self.root(right)]
            : Self.subproof(old - split, right, false) + [Self.root(left)]
    }

    private static func node(_ leaves: [Digest32]) -> (MerkleNode) -> Digest32 {
        { node in
            let start = Int(node.index) << node.level
            return Self.root(leaves[start..<(start + 1 << node.level)])
        }
    }

    private static let many = (0..<70).map { MerkleTree.leaf([UInt8($0)][...]) }

    @Test func theKnownRootsComeOut() {
        var range = CompactRange()
        for (size, root) in Self.roots.enumerated() {
            #expect(range.root.hex == root)
            #expect(CompactRange(size: range.size, peaks: range.peaks) == range)
            if size < Self.leaves.count { range.append(MerkleTree.leaf(Self.leaves[size][...])) }
        }
        #expect(CompactRange(size: 3, peaks: [.zero]) == nil)
    }

    @Test func everyInclusionProofIsTheDefinedOneAndHolds() {
        for size in 1...Self.many.count {
            let leaves = Self.many.prefix(size)
            let root = Self.root(leaves)
            for index in 0..<size {
                let path = MerkleProof.inclusion(of: UInt64(index), size: UInt64(size), node: Self.node(Self.many))
                #expect(path == Self.path(index, leaves))
                func holds(_ leaf: Int, at index: Int, of size: Int, _ path: [Digest32]) -> Bool {
                    MerkleProof.verifiesInclusion(
                        of: Self.many[leaf], index: UInt64(index), size: UInt64(size), path: path, root: root)
                }
                #expect(holds(index, at: index, of: size, path))
                #expect(!holds((index + 1) % 70, at: index, of: size, path))
                #expect(!holds(index, at: index, of: size, path + [.zero]))
                #expect(!holds(index, at: size, of: size, path))
                if !path.isEmpty { #expect(!holds(index, at: index, of: size, path.dropLast())) }
            }
        }
    }

    @Test func everyConsistencyProofIsTheDefinedOneAndHolds() {
        for size in 1...Self.many.count {
            let root = Self.root(Self.many.prefix(size))
            for old in 1...size {
                let path = MerkleProof.consistency(from: UInt64(old), to: UInt64(size), node: Self.node(Self.many))
                #expect(path == Self.subproof(old, Self.many.prefix(size), true))
                let oldRoot = Self.root(Self.many.prefix(old))
                func holds(_ oldRoot: Digest32, _ root: Digest32, _ path: [Digest32]) -> Bool {
                    MerkleProof.verifiesConsistency(
                        from: UInt64(old), oldRoot: oldRoot, to: UInt64(size), root: root, path: path)
                }
                #expect(holds(oldRoot, root, path))
                #expect(!holds(.zero, root, path))
                #expect(!holds(oldRoot, .zero, path))
                #expect(!holds(oldRoot, root, path + [.zero]))
                if !path.isEmpty { #expect(!holds(oldRoot, root, path.dropLast())) }
            }
        }
        #expect(
            MerkleProof.verifiesConsistency(
                from: 0, oldRoot: MerkleTree.emptyRoot, to: 3, root: .zero, path: []))
        #expect(!MerkleProof.verifiesConsistency(from: 4, oldRoot: .zero, to: 3, root: .zero, path: []))
    }

    @Test func tileNamesAreThoseOfTheSpecification() {
        #expect(TilePath(.hashes(level: 0), index: 1_234_067).text == "tile/0/x001/x234/067")
        #expect(TilePath(.entries, index: 273, width: 112).text == "tile/entries/273.p/112")
        for text in ["tile/0/000", "tile/7/x001/000.p/1", "tile/entries/x001/x234/067.p/255", "tile/1/999"] {
            #expect(TilePath(text)?.text == text)
        }
        let strange = [
            "", "tile", "tile/0", "tile/8/000", "tile/00/000", "tile/0/0", "tile/0/x000/000", "tile/0/1000",
            "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p", "tile/entries/", "tile/x/000",
            "tile/0/000/", "tile/0/x001/x002", "tile/-1/000", "tile/0/000.p/+1", "tile/0/001/000", "/tile/0/000",
        ]
        for text in strange { #expect(TilePath(text) == nil, "\(text)") }
    }

    @Test func aTreeOfSeventyThousandHasTheTilesOfTheSpecificationsExample() {
        // C2SP tlog-tiles: 273 full tiles of level 0 and one of width 112, a full one and one of width 17 of level 1,
        // one of width 1 of level 2.
        let names = TilePath.partials(ofSize: 70_000).map(\.text)
        #expect(names == ["tile/0/273.p/112", "tile/entries/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"])
        #expect(TilePath.partials(ofSize: 256).map(\.text) == ["tile/1/000.p/1"])
        #expect(TilePath.partials(ofSize: 0) == [])
        var tree = TileTree()
        var full: [String] = []
        for number in 0..<70_000 { tree.append([UInt8(truncatingIfNeeded: number)][...]) { full.append($0.path.text) } }
        #expect(full.filter { $0.hasPrefix("tile/0/") }.count == 273)
        #expect(full.filter { $0.hasPrefix("tile/entries/") }.count == 273)
        #expect(full.filter { $0.hasPrefix("tile/1/") } == ["tile/1/000"])
        #expect(tree.partials.map(\.path.text) == names)
        #expect(tree.partials.map(\.bytes.count) == [112 * 32, 112 * 3, 17 * 32, 32])
    }

    @Test func aTreeGoesOnFromItsEdge() throws {
        var tree = TileTree()
        for number in 0..<66_000 { tree.append([1, UInt8(truncatingIfNeeded: number)][...]) { _ in } }
        let partials = tree.partials
        let edges = try (0...2).map { level in
            let file = partials.first { $0.path.kind == .hashes(level: level) }
            return try #require(TileTree.hashes(file?.bytes ?? [], width: file?.path.width ?? 0))
        }
        let bundle = partials.first { $0.path.kind == .entries }?.bytes ?? []
        var again = try #require(TileTree(range: tree.range, edges: edges, bundle: bundle))
        for number in 0..<900 {
            var (files, others): ([TileTree.File], [TileTree.File]) = ([], [])
            tree.append([UInt8(truncatingIfNeeded: number)][...]) { files.append($0) }
            again.append([UInt8(truncatingIfNeeded: number)][...]) { others.append($0) }
            #expect(files == others)
        }
        #expect(again.range == tree.range)
        #expect(again.partials == tree.partials)
        #expect(TileTree(range: tree.range, edges: edges, bundle: bundle) == nil)
        var wrong = edges
        wrong[1][0] = .zero
        let old = try #require(CompactRange(size: 66_000, peaks: Self.peaks(edges)))
        #expect(TileTree(range: old, edges: edges, bundle: bundle) != nil)
        #expect(TileTree(range: old, edges: wrong, bundle: bundle) == nil)
        #expect(TileTree(range: old, edges: edges, bundle: bundle.dropLast()) == nil)
    }

    private static func peaks(_ edges: [[Digest32]]) -> [Digest32] {
        edges.reversed().flatMap { edge in
            var range = CompactRange()
            for hash in edge { range.append(hash) }
            return range.peaks
        }
    }
}
