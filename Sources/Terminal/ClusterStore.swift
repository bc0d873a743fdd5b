/// The multi-scalar glyphs of one screen, each kept once. A value; owned by its screen.
struct ClusterStore: Equatable, Sendable {
    /// Different clusters a screen may show; a page of nothing else is hostile, and gets first scalars past this.
    static let clusterCountMax = 2048
    private static let slotCount = 4096

    /// All clusters' scalars, one after another; `ends[n]` is where cluster n ends.
    private var scalars: [UInt32] = []
    private var ends: [Int32] = []
    /// Open addressing: cluster number + 1, or 0 for a free slot. Made at the first cluster.
    private var slots: [UInt16] = []

    var isEmpty: Bool { self.ends.isEmpty }

    static func == (left: ClusterStore, right: ClusterStore) -> Bool {
        left.ends == right.ends && left.scalars == right.scalars
    }

    /// The scalars of cluster `index`; nothing for a number the store never gave.
    subscript(index: Int) -> ArraySlice<UInt32> {
        guard index < self.ends.count else { return [] }
        return self.scalars[(index == 0 ? 0 : Int(self.ends[index - 1]))..<Int(self.ends[index])]
    }

    /// The glyph of `cluster`, kept from now on; nil when the store is full.
    mutating func glyph(for cluster: ArraySlice<UInt32>) -> Glyph? {
        if self.slots.isEmpty {
            self.slots = [UInt16](repeating: 0, count: Self.slotCount)
        }
        var slot = Self.hash(cluster)
        while self.slots[slot] != 0 {
            let index = Int(self.slots[slot]) - 1
            if self[index] == cluster {
                return Glyph(cluster: index)
            }
            slot = (slot + 1) % Self.slotCount
        }
        guard self.ends.count < Self.clusterCountMax else { return nil }
        self.scalars.append(contentsOf: cluster)
        self.ends.append(Int32(self.scalars.count))
        self.slots[slot] = UInt16(self.ends.count)
        return Glyph(cluster: self.ends.count - 1)
    }

    /// Forgets all clusters and keeps the memory.
    mutating func removeAll() {
        guard !self.ends.isEmpty else { return }
        self.scalars.removeAll(keepingCapacity: true)
        self.ends.removeAll(keepingCapacity: true)
        for slot in self.slots.indices {
            self.slots[slot] = 0
        }
    }

    /// FNV-1a over the scalars.
    private static func hash(_ cluster: ArraySlice<UInt32>) -> Int {
        var hash: UInt32 = 2_166_136_261
        for scalar in cluster {
            hash = (hash ^ scalar) &* 16_777_619
        }
        return Int((hash ^ hash >> 15) % UInt32(Self.slotCount))
    }
}
