internal import AuditCore
internal import Wire

/// What is derived from the records up to a place: the tree with its edge, the open sessions. Made by recovery, then
/// carried on by the publisher's thread.
struct DerivedLog: Sendable {
    /// A session that came to its end in a record.
    struct Ended: Sendable {
        let session: SessionID
        let index: UInt64
        let line: [UInt8]
    }

    /// The segments, as far as they were read.
    private(set) var segments: [LogState.Segment] = []
    /// The leaf hash of the last record read.
    private(set) var last = Digest32.zero
    private(set) var tree = TileTree()
    private(set) var accounts = SessionAccounts()
    /// Full tiles and bundles that are not yet on the disk.
    var full: [TileTree.File] = []
    /// Sessions that ended and have no receipt yet.
    var ended: [Ended] = []

    init() {}

    init(_ state: LogState, _ tree: TileTree) {
        self.segments = state.segments
        self.last = state.last
        self.tree = tree
        self.accounts = state.accounts
    }

    /// How many records were read.
    var size: UInt64 { self.tree.size }

    /// What `state` says; nil before the first record.
    var state: LogState? {
        guard self.size > 0 else { return nil }
        return LogState(segments: self.segments, last: self.last, range: self.tree.range, accounts: self.accounts)
    }

    /// Reads the next record, the frame of which ends at `end` of the segment that begins with `firstIndex`.
    mutating func read(
        _ line: ArraySlice<UInt8>, segment firstIndex: UInt64, end: Int
    ) throws(AuditFormatError) {
        let record = try AuditRecord(decoding: Array(line))
        if self.segments.last?.firstIndex == firstIndex { self.segments.removeLast() }
        self.segments.append(LogState.Segment(firstIndex: firstIndex, end: end))
        self.last = MerkleTree.leaf(line)
        let index = self.size
        if self.accounts.read(record), let session = record.session {
            self.ended.append(Ended(session: session, index: index, line: Array(line)))
        }
        var full: [TileTree.File] = []
        self.tree.append(line) { full.append($0) }
        self.full += full
    }
}
