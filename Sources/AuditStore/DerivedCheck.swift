internal import AuditCore
internal import Wire

/// Holds everything beside the segments against the records, in the order of the records. Used by one verification.
struct DerivedCheck {
    /// The names that may stand in the log's directory.
    private static let names = [
        "wal", "tile", "checkpoint", "state", "receipts", "rec", "quarantine", "keys", "inbox", "reserve", "tmp",
    ]

    private(set) var damages: [LogReport.Damage] = []
    private(set) var damageCount = 0
    private(set) var checkpoint: SignedCheckpoint?
    private let disk: AuditDisk
    private let wanted: LogReport.Wanted
    private var tree = TileTree()
    private var accounts = SessionAccounts()
    private var segments: [LogState.Segment] = []
    private var last = Digest32.zero
    private var state: LogState?
    private var tiles: TileCheck
    private var roots: [UInt64: [(name: String, root: Digest32)]] = [:]
    private var proofs: [UInt64: [(name: String, proof: LogProof)]] = [:]

    /// Reads what stands beside the segments, but for the full tiles, before any of these: a writer may go on
    /// meanwhile.
    init(_ disk: AuditDisk, _ wanted: LogReport.Wanted) throws(AuditStoreError) {
        self.disk = disk
        self.wanted = wanted
        self.tiles = TileCheck(disk)
        for name in try disk.rootNames() where !Self.names.contains(name) && !name.hasPrefix("index.sqlite") {
            self.damaged(name, "has no place in a log")
        }
        try self.readCheckpointAndState()
        var complaints: [LogReport.Damage] = []
        try self.tiles.list(sizes: [self.state?.range.size, self.checkpoint?.checkpoint.size].compactMap { $0 }) {
            complaints.append($0)
        }
        for complaint in complaints { self.damaged(complaint.file, complaint.reason) }
        if self.state == nil, self.checkpoint != nil {
            self.damaged("state", "is missing or not whole, and there is a checkpoint")
        }
        for (name, checkpoint) in wanted.checkpoints { self.expect(checkpoint, name) }
        for (name, proof) in wanted.proofs { self.expect(proof, name) }
        try self.readReceipts()
        self.check(size: 0)
    }

    /// The root over the records so far.
    var root: Digest32 { self.tree.range.root }

    /// The next record, if its line is one.
    mutating func read(
        _ line: ArraySlice<UInt8>, _ record: AuditRecord?, _ place: LogReader.Place
    ) throws(AuditStoreError) {
        if let state = self.state, self.tree.size < state.range.size { self.note(line, record, place) }
        var full: [TileTree.File] = []
        self.tree.append(line) { full.append($0) }
        for file in full { try self.hold(file) }
        if let proofs = self.proofs.removeValue(forKey: place.index) {
            for (name, proof) in proofs where !proof.record.elementsEqual(line) {
                self.damaged(name, "entry \(place.index) of the log is another record")
            }
        }
        self.check(size: self.tree.size)
    }

    /// All records were read.
    mutating func finish(_ keeping: KeepingVerifier) throws(AuditStoreError) {
        for file in self.tree.partials { try self.hold(file) }
        for (file, reason) in self.tiles.rest(size: self.tree.size) { self.damaged(file, reason) }
        for (size, roots) in self.roots.sorted(by: { $0.key < $1.key }) {
            for (name, _) in roots {
                self.damaged(
                    name,
                    "covers \(size) entries and the log has \(self.tree.size): its end was cut off or it was rewound")
            }
        }
        if let state = self.state, state.range.size > self.tree.size {
            self.damaged("state", "covers \(state.range.size) entries and the log has \(self.tree.size)")
        }
        try self.checkRecordings(keeping)
    }

    private mutating func damaged(_ file: String, _ reason: String) {
        self.damageCount += 1
        if self.damages.count < LogReport.faultCountMax {
            self.damages.append(LogReport.Damage(file: file, reason: reason))
        }
    }

    private mutating func readCheckpointAndState() throws(AuditStoreError) {
        if let bytes = try self.disk.readIfThere("checkpoint", AuditLimits.checkpointBytesMax) {
            self.checkpoint = SignedCheckpoint(bytes: bytes)
            if let checkpoint = self.checkpoint {
                self.expect(checkpoint, "checkpoint")
            } else {
                self.damaged("checkpoint", "is not a signed checkpoint")
            }
        } else if self.wanted.verifier != nil {
            self.damaged("checkpoint", "is missing, and the log has a key")
        }
        guard let bytes = try self.disk.readIfThere("state", AuditLimits.stateBytesMax) else { return }
        self.state = LogState(bytes: bytes)
        guard let state = self.state else { return self.damaged("state", "is not whole") }
        if state.range.size < self.checkpoint?.checkpoint.size ?? 0 {
            self.damaged("state", "is older than the checkpoint")
        }
    }

    private mutating func readReceipts() throws(AuditStoreError) {
        for name in try self.disk.files("receipts") {
            let file = name.split(separator: "/").last ?? ""
            guard file.hasSuffix(".tlog-proof"), let session = SessionID(String(file.dropLast(11))),
                name == "receipts/\(file)"
            else {
                self.damaged(name, "has no place among the receipts")
                continue
            }
            let bytes = try self.disk.readPart(name, 0, AuditLimits.proofBytesMax + 1)
            guard let proof = LogProof(bytes: bytes), let record = try? AuditRecord(decoding: proof.record) else {
                self.damaged(name, "is not a proof of a record")
                continue
            }
            let isEnd = record.event.code == .sessionEnded || record.event.code == .sessionAbandoned
            if record.session != session || !isEnd { self.damaged(name, "is not of this session's end") }
            self.expect(proof, name)
        }
    }

    /// The first records must have the root of `checkpoint`, and our key must have signed it.
    private mutating func expect(_ checkpoint: SignedCheckpoint, _ name: String) {
        if let verifier = self.wanted.verifier {
            let verdict = checkpoint.verdict(of: verifier)
            if verdict != .good { self.damaged(name, verdict.rawValue) }
        }
        self.roots[checkpoint.checkpoint.size, default: []].append((name, checkpoint.checkpoint.root))
    }

    private mutating func expect(_ proof: LogProof, _ name: String) {
        if proof.verdict(of: nil) != .good { self.damaged(name, LogProof.Verdict.path.rawValue) }
        self.expect(proof.checkpoint, name)
        self.proofs[proof.index, default: []].append((name, proof))
    }

    /// What was said of the first `size` records.
    private mutating func check(size: UInt64) {
        for (name, root) in self.roots.removeValue(forKey: size) ?? [] where root != self.root {
            self.damaged(name, "the first \(size) entries do not have its root")
        }
        guard let state = self.state, state.range.size == size else { return }
        let here = LogState(segments: self.segments, last: self.last, range: self.tree.range, accounts: self.accounts)
        if here != state { self.damaged("state", "is not that of the first \(size) entries") }
    }

    private mutating func note(_ line: ArraySlice<UInt8>, _ record: AuditRecord?, _ place: LogReader.Place) {
        if self.segments.last?.firstIndex == place.segment { self.segments.removeLast() }
        let end = place.offset + SegmentFormat.frameBytes(line.count)
        self.segments.append(LogState.Segment(firstIndex: place.segment, end: end))
        if self.tree.size + 1 == self.state?.range.size { self.last = MerkleTree.leaf(line) }
        if let record { _ = self.accounts.read(record) }
    }

    private mutating func hold(_ file: TileTree.File) throws(AuditStoreError) {
        for path in try self.tiles.differing(file) {
            self.damaged(path.text, "is not what the records give")
        }
    }

    private mutating func checkRecordings(_ keeping: KeepingVerifier) throws(AuditStoreError) {
        var files = Set(try self.disk.files("rec"))
        for (session, recording) in keeping.recordings {
            for (at, chunk) in recording.chunks.enumerated() where !recording.isGone {
                guard !recording.damaged.contains(UInt64(at) + 1) else { continue }
                let name = "rec/\(session.text)/\(at + 1).age"
                guard files.remove(name) != nil else {
                    self.damaged(name, "is missing")
                    continue
                }
                let bytes = try self.disk.readPart(name, 0, Int(clamping: chunk.bytes) + 1)
                if UInt64(bytes.count) != chunk.bytes || Digest32.sha256(of: bytes) != chunk.hash {
                    self.damaged(name, "is not what the records say")
                }
            }
            guard !recording.isStopped, !recording.isGone else { continue }
            files = files.filter { !$0.hasPrefix("rec/\(session.text)/") }
        }
        for name in files.sorted() { self.damaged(name, "is in no record") }
    }
}

extension AuditDisk {
    /// The whole of a file, or nil if it is not there.
    func readIfThere(_ name: String, _ bytesMax: Int) throws(AuditStoreError) -> [UInt8]? {
        do throws(AuditStoreError) {
            return try self.read(name, bytesMax)
        } catch {
            if error.isMissing { return nil }
            throw error
        }
    }
}
