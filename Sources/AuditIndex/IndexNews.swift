internal import AuditCore
internal import AuditStore
internal import GRDB
internal import Wire

/// What a log has gained since a mark, summed up by session, on its way into the tables.
struct IndexNews {
    /// What became of one session.
    private struct Change {
        var opening: (site: String, address: String, at: UInt64)?
        var reason: String?
        var ending: (at: UInt64, why: String)?
        var framesLast: UInt64?
        var bytes: UInt64 = 0
        var recorded: UInt64 = 0
        var isErased = false
        var seats: [(number: UInt64, rep: String, joined: UInt64)] = []
    }

    /// Where the log ends now; nil for one without records.
    private(set) var mark: IndexMark?
    /// How many records were read.
    private(set) var count = 0
    private var changes: [SessionID: Change] = [:]

    /// Reads what came after `known`, or everything. Nil where the log is not the one that `known` was made of.
    init?(_ disk: AuditDisk, after known: IndexMark?) throws(AuditStoreError) {
        if let known, known.isContradicted(by: disk) { return nil }
        var tree = known?.tree ?? CompactRange()
        var last: (place: LogReader.Place, leaf: Digest32)?
        var (isSame, changes, count) = (known == nil, [SessionID: Change](), 0)
        do {
            _ = try LogReader.read(disk, from: known?.start) { (place, line) throws(AuditStoreError) in
                let leaf = MerkleTree.leaf(line)
                if let known, place.index + 1 == known.tree.size {
                    isSame = leaf == known.leaf
                    return
                }
                guard isSame else { return }
                do throws(AuditFormatError) {
                    Self.take(try AuditRecord(decoding: Array(line)), into: &changes)
                } catch {
                    throw .unreadable(file: place.file, offset: place.offset, index: place.index, format: error)
                }
                tree.append(leaf)
                last = (place, leaf)
                count += 1
            }
        } catch {
            // A place that cannot be found again is no damage: the log may be another one, or a shorter one.
            if known == nil { throw error }
            return nil
        }
        guard isSame else { return nil }
        (self.changes, self.count) = (changes, count)
        self.mark = last.map { IndexMark($0.place, leaf: $0.leaf, tree: tree) } ?? known
    }

    private static func take(_ record: AuditRecord, into changes: inout [SessionID: Change]) {
        let (event, at) = (record.event, record.stamp.wall)
        guard let session = record.session ?? Self.named(by: event) else { return }
        func text(_ name: StaticString) -> String { if case .text(let text) = event.value(name) { text } else { "" } }
        func number(_ name: StaticString) -> UInt64 { if case .count(let it) = event.value(name) { it } else { 0 } }
        let code = event.code
        if code == .sessionOpened {
            changes[session, default: Change()].opening = (record.site ?? "", text("origin") + text("path"), at)
        } else if code == .framesHashed {
            changes[session, default: Change()].framesLast = number("last")
            changes[session, default: Change()].bytes += number("bytes")
        } else if code == .ticketQueued {
            if changes[session]?.reason == nil { changes[session, default: Change()].reason = text("reason") }
        } else if code == .seatJoined {
            changes[session, default: Change()].seats.append((number("seat"), record.actor.id ?? "", at))
        } else if code == .sessionEnded {
            changes[session, default: Change()].ending = (at, text("why"))
        } else if code == .sessionAbandoned {
            changes[session, default: Change()].ending = (at, "abandoned")
        } else if code == .recordingChunk {
            changes[session, default: Change()].recorded += number("bytes")
        } else if code == .sessionErased || code == .recordingExpired {
            changes[session, default: Change()].isErased = true
        }
    }

    private static func named(by event: AuditEvent) -> SessionID? {
        if case .session(let session) = event.value("session") { session } else { nil }
    }

    /// Brings the tables and the mark to where the log is. What is said of a session that was never opened is left out.
    func save(in database: Database) throws {
        for (session, change) in self.changes { try Self.save(change, session.text, database) }
        try self.mark?.save(in: database)
    }

    private static func save(_ change: Change, _ session: String, _ database: Database) throws {
        if let opening = change.opening {
            try database.execute(
                sql: "INSERT OR IGNORE INTO session VALUES (?, ?, ?, NULL, ?, NULL, NULL, 0, 0, 0, 0)",
                arguments: [session, opening.site, opening.address, Int64(clamping: opening.at)])
        }
        let sql = """
            UPDATE session SET reason = coalesce(reason, ?), ended = coalesce(?, ended), why = coalesce(?, why),
                frames = coalesce(?, frames), bytes = bytes + ?, erased = max(erased, ?),
                recorded = CASE WHEN max(erased, ?) THEN 0 ELSE recorded + ? END WHERE id = ?
            """
        try database.execute(
            sql: sql,
            arguments: [
                change.reason, change.ending.map { Int64(clamping: $0.at) }, change.ending?.why,
                change.framesLast.map { Int64(clamping: $0) }, Int64(clamping: change.bytes), change.isErased,
                change.isErased, Int64(clamping: change.recorded), session,
            ])
        for seat in change.seats {
            try database.execute(
                sql: "INSERT INTO seat SELECT ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM session WHERE id = ?)",
                arguments: [session, Int64(clamping: seat.number), seat.rep, Int64(clamping: seat.joined), session])
        }
    }
}
