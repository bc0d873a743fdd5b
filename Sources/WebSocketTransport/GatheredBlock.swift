/// Stretches that are handed to several links in one turn: which they are, and whether they are there still. Owned by
/// its loop.
struct GatheredBlock {
    /// What the last block is called; 0 when it is gone. No name is used twice.
    private(set) var name: UInt64 = 0
    /// Its places among the gathered stretches.
    private(set) var stretches = 0..<0

    private var lastName: UInt64 = 0
    private var start = 0
    /// Whether a block is being gathered, and all of it still waits to be sent.
    private var isGathering = false

    /// A block begins behind so many stretches.
    mutating func begin(at stretchCount: Int) {
        self.name = 0
        self.start = stretchCount
        self.isGathering = true
    }

    /// The block is over: its name, or 0 when it is empty or some of it was sent on the way.
    mutating func end(at stretchCount: Int) -> UInt64 {
        guard self.isGathering, stretchCount > self.start else {
            self.isGathering = false
            return 0
        }
        self.isGathering = false
        self.stretches = self.start..<stretchCount
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
