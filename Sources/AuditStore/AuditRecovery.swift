internal import AuditCore
internal import Glibc
internal import Wire

/// Opens what the last run left: only a torn tail of the last segment is cut, and it is said. What `state` covers is
/// taken from it if everything agrees; otherwise all is read and what is derived is made anew. Nothing is guessed.
enum AuditRecovery {
    struct Result {
        let writer: SegmentWriter
        let opening: AuditLog.Opening
        /// The stamp of the records of opening.
        let stamp: AuditStamp
        /// The log as it was found, without the records of opening.
        let derived: DerivedLog
    }

    /// What a run that failed owes the log.
    struct Missing {
        /// The word for it in `audit.gap`.
        let reason: String
        /// The index after the last record that the run reported durable.
        let from: UInt64
        /// What is missing, given what the records from there on account for: a write that failed may have come
        /// through.
        let gap: (_ found: AuditTally) -> AuditTally
    }

    /// Reads the log, makes the reserve, and writes the records of opening.
    static func run(
        _ disk: AuditDisk, options: AuditOptions, program: String, clock: AuditClock, _ missing: Missing? = nil
    ) throws(AuditStoreError) -> Result {
        let checkpoint = try Self.checkpoint(disk)
        let quick = try Self.trusted(disk, checkpoint)
        let (derived, end) = if let quick { quick } else { try Self.readAll(disk, checkpoint, options) }
        var gap: (reason: String, tally: AuditTally)?
        if let missing { gap = (missing.reason, missing.gap(try Self.tally(disk, from: missing.from))) }
        try Self.makeReserve(disk, bytes: options.reserveBytes)
        let writer = try SegmentWriter(disk, after: end, options: options)
        let stamp = clock.now()
        let lines = Self.records(derived, end, program: program, boot: clock.boot, at: stamp, gap)
        for index in 0..<lines.count { try writer.append(lines[index]) }
        try writer.commit()
        let opening = AuditLog.Opening(
            entries: derived.size, torn: end.torn, abandoned: derived.accounts.sessions, wasQuick: quick != nil)
        return Result(writer: writer, opening: opening, stamp: stamp, derived: derived)
    }

    private static func checkpoint(_ disk: AuditDisk) throws(AuditStoreError) -> Checkpoint? {
        guard let bytes = try disk.readIfThere("checkpoint", AuditLimits.checkpointBytesMax) else { return nil }
        guard let signed = SignedCheckpoint(bytes: bytes) else { throw .derived(file: "checkpoint") }
        return signed.checkpoint
    }

    /// The log from `state`, with what was written since; nil where anything of it does not agree with the segments,
    /// the tiles or the checkpoint.
    private static func trusted(
        _ disk: AuditDisk, _ checkpoint: Checkpoint?
    ) throws(AuditStoreError) -> (DerivedLog, LogReader.End)? {
        guard let bytes = try? disk.readIfThere("state", AuditLimits.stateBytesMax),
            let state = LogState(bytes: bytes), let last = state.segments.last,
            (checkpoint?.size ?? 0) <= state.range.size
        else { return nil }
        let names = try disk.segmentNames()
        guard names.starts(with: state.segments.map { SegmentFormat.name(firstIndex: $0.firstIndex) }) else {
            return nil
        }
        for segment in state.segments.dropLast() {
            guard try disk.size("wal/" + SegmentFormat.name(firstIndex: segment.firstIndex)) == segment.end else {
                return nil
            }
        }
        guard try Self.ends(disk, last, with: state.last, index: state.range.size - 1),
            let tree = try? Self.tree(disk, state, checkpoint)
        else { return nil }
        var derived = DerivedLog(state, tree)
        let start = LogReader.Start(segment: last.firstIndex, offset: last.end, next: state.range.size)
        let end = try Self.read(disk, from: start, into: &derived) { _ in }
        return (derived, end)
    }

    /// The tree at the place of `state`, made of the tiles at its edge; nil where they, or the root at the checkpoint's
    /// size, do not agree.
    private static func tree(
        _ disk: AuditDisk, _ state: LogState, _ checkpoint: Checkpoint?
    ) throws(AuditStoreError) -> TileTree? {
        let size = state.range.size
        let tiles = TileSource(disk, size: size)
        var edges: [[Digest32]] = []
        while size >> UInt64(8 * edges.count) > 0 { edges.append(try tiles.edge(level: edges.count)) }
        var bundle: [UInt8] = []
        if size & 255 > 0 {
            let path = TilePath(.entries, index: size >> 8, width: Int(size & 255))
            bundle = try disk.readPart(path.text, 0, TilePath.fullWidth * (AuditLimits.recordBytesMax + 2))
        }
        if let checkpoint {
            guard try tiles.root(size: checkpoint.size) == checkpoint.root else { return nil }
        }
        return TileTree(range: state.range, edges: edges, bundle: bundle)
    }

    /// Whether the record that ends where the state's last segment does is the one at `index` with this leaf hash.
    private static func ends(
        _ disk: AuditDisk, _ segment: LogState.Segment, with leaf: Digest32, index: UInt64
    ) throws(AuditStoreError) -> Bool {
        let longest = SegmentFormat.frameBytes(AuditLimits.recordBytesMax)
        let start = max(0, segment.end - longest)
        let file = "wal/" + SegmentFormat.name(firstIndex: segment.firstIndex)
        let bytes = try disk.readPart(file, start, segment.end - start)
        guard start + bytes.count == segment.end, bytes.count > AuditLimits.frameHeaderBytes else { return false }
        return (0..<(bytes.count - AuditLimits.frameHeaderBytes)).reversed().contains { at in
            guard case .success(let frame) = SegmentFormat.record(bytes, at: at) else { return false }
            return frame.index == index && frame.record.endIndex == bytes.count
                && MerkleTree.leaf(frame.record) == leaf
        }
    }

    /// The whole log from its first record; tiles that are wrong or missing are written. Sessions that ended before the
    /// checkpoint get no receipt anew.
    private static func readAll(
        _ disk: AuditDisk, _ checkpoint: Checkpoint?, _ options: AuditOptions
    ) throws(AuditStoreError) -> (DerivedLog, LogReader.End) {
        var derived = DerivedLog()
        var isContradicted = false
        var total = 0
        for name in try disk.segmentNames() { total += try disk.size("wal/" + name) }
        let told = { options.reading($0, total) }
        let end = try Self.read(disk, from: nil, into: &derived, segmentRead: told) {
            (derived) throws(AuditStoreError) in
            if derived.size == checkpoint?.size, derived.tree.range.root != checkpoint?.root { isContradicted = true }
            if derived.size <= checkpoint?.size ?? .max { derived.ended.removeAll() }
            try Self.flush(&derived, disk, atLeast: 64)
        }
        if let checkpoint, checkpoint.size > derived.size || isContradicted {
            throw .contradicted(size: checkpoint.size, entries: derived.size)
        }
        try Self.flush(&derived, disk, atLeast: 1)
        try disk.syncAll()
        return (derived, end)
    }

    /// Writes the full tiles that are not on the disk as they must be.
    private static func flush(
        _ derived: inout DerivedLog, _ disk: AuditDisk, atLeast count: Int
    ) throws(AuditStoreError) {
        guard derived.full.count >= count else { return }
        for file in derived.full {
            let there = try? disk.readPart(file.path.text, 0, file.bytes.count + 1)
            if there != file.bytes { try disk.replace(file.path.text, file.bytes, false) }
        }
        derived.full.removeAll()
    }

    /// Reads from `start`, or from the first record, to the end.
    private static func read(
        _ disk: AuditDisk, from start: LogReader.Start?, into derived: inout DerivedLog,
        segmentRead: (Int) -> Void = { _ in }, _ step: (inout DerivedLog) throws(AuditStoreError) -> Void
    ) throws(AuditStoreError) -> LogReader.End {
        let each = { (place: LogReader.Place, line: ArraySlice<UInt8>) throws(AuditStoreError) in
            do throws(AuditFormatError) {
                try derived.read(line, segment: place.segment, end: place.offset + SegmentFormat.frameBytes(line.count))
            } catch {
                throw .unreadable(file: place.file, offset: place.offset, index: place.index, format: error)
            }
            try step(&derived)
        }
        return try LogReader.read(disk, from: start, each, segmentRead: segmentRead)
    }

    /// What the records from `index` on account for.
    private static func tally(_ disk: AuditDisk, from index: UInt64) throws(AuditStoreError) -> AuditTally {
        let firsts = try disk.segmentNames().compactMap { SegmentFormat.firstIndex(ofName: $0) }
        var tally = AuditTally()
        guard let first = firsts.last(where: { $0 <= index }) else { return tally }
        let start = LogReader.Start(segment: first, offset: 0, next: first)
        _ = try LogReader.read(disk, from: start) { (place, line) throws(AuditStoreError) in
            if place.index >= index, let record = try? AuditRecord(decoding: Array(line)) { tally.count(record) }
        }
        return tally
    }

    /// `log.opened`, then what was cut or missed, then the sessions without an end in the order of their ids.
    private static func records(
        _ derived: DerivedLog, _ end: LogReader.End, program: String, boot: BootID, at stamp: AuditStamp,
        _ gap: (reason: String, tally: AuditTally)?
    ) -> AuditLines {
        var lines = AuditLines()
        func append(_ entry: AuditEntry, sequence: UInt64? = nil) {
            lines.append(AuditRecord(entry, sequence: sequence, at: stamp, boot: boot))
        }
        append(AuditEntry(.logOpened(program: program), by: .relay))
        if let torn = end.torn {
            let event = AuditEvent.logRecovered(
                file: torn.file, offset: torn.offset, bytes: torn.bytes, from: end.next)
            append(AuditEntry(event, by: .relay))
        }
        if let gap {
            let (entries, frames) = (max(0, gap.tally.entries), max(0, gap.tally.frames))
            append(AuditEntry(.auditGap(reason: gap.reason, entries: entries, frames: frames), by: .relay))
        }
        for session in derived.accounts.sessions {
            guard let state = derived.accounts.open[session] else { continue }
            let event = AuditEvent.sessionAbandoned(frames: state.frames, hash: state.hash)
            append(
                AuditEntry(event, by: .relay, site: state.site, session: session), sequence: state.sequence + 1)
        }
        return lines
    }

    /// Bytes kept back for `SegmentWriter.sayBlocked`, made anew if an earlier run used them.
    private static func makeReserve(_ disk: AuditDisk, bytes: Int) throws(AuditStoreError) {
        let file: Int32
        do {
            file = try disk.open("reserve", true)
        } catch .disk(_, _, errno: EEXIST) {
            return
        } catch {
            throw error
        }
        defer { disk.close(file) }
        do {
            try disk.allocate(file, "reserve", bytes)
            try disk.sync(file, "reserve")
            try disk.syncDirectories()
        } catch {
            try? disk.remove("reserve")
            throw error
        }
    }
}
