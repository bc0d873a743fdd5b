/// A stretch of the gather area that is handed to several links in one turn: which it is, and whether the area still
/// holds it. Owned by its loop.
struct GatheredBlock {
    /// What the last block is called; 0 when the area does not hold one. No name is used twice.
    private(set) var name: UInt64 = 0
    /// Where its bytes lie in the gather area.
    private(set) var start = 0
    private(set) var count = 0

    private var lastName: UInt64 = 0
    /// Whether a block is being gathered, and all of it is still in the area.
    private var isGathering = false

    /// A block begins behind what is gathered already.
    mutating func begin(at gatherCount: Int) {
        self.name = 0
        self.start = gatherCount
        self.isGathering = true
    }

    /// The block is over: its name, or 0 when it is empty or some of it was sent on the way.
    mutating func end(at gatherCount: Int) -> UInt64 {
        guard self.isGathering, gatherCount > self.start else {
            self.isGathering = false
            return 0
        }
        self.isGathering = false
        self.count = gatherCount - self.start
        self.lastName += 1
        self.name = self.lastName
        return self.name
    }

    /// Something was gathered: over an older block, unless it belongs to one that is being gathered.
    mutating func areaChanged() { self.name = 0 }

    /// The area was sent, and the next bytes come to its beginning.
    mutating func areaFlushed() { self.isGathering = false }

    /// The area is used otherwise, or the turn is over.
    mutating func forget() {
        self.name = 0
        self.isGathering = false
    }
}
