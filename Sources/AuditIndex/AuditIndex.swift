internal import AuditCore
internal import AuditStore
internal import GRDB
package import Wire

/// Why an index cannot be used: SQLite's words, or the log's.
package struct IndexError: Error, CustomStringConvertible {
    /// One sentence.
    package let description: String
}

/// What is asked of the index. Conditions that are nil hold for every session.
package struct IndexQuery: Equatable, Sendable {
    /// The site's key.
    package var site: String?
    /// The principal of a rep who held a seat.
    package var rep: String?
    /// Not begun before this, microseconds since 1970.
    package var from: UInt64?
    /// Not begun after this.
    package var to: UInt64?
    /// The word of the stuck signal.
    package var reason: String?
    /// Only sessions whose recording can still be opened.
    package var recordedOnly = false

    /// Every session.
    package init() {}
}

/// One session as the index has it.
package struct IndexRow: Equatable, Sendable {
    /// The session.
    package let session: SessionID
    /// The site's key.
    package let site: String
    /// The address that it began on.
    package let address: String
    /// Microseconds since 1970.
    package let opened: UInt64
    /// Nil while it runs.
    package let ended: UInt64?
    /// Why it ended.
    package let why: String?
    /// The reps who held seats, by principal, each once.
    package let reps: [String]
    /// Frames and their bytes on record.
    package let frames: (count: UInt64, bytes: UInt64)
    /// Bytes of its recording's chunks; 0 where there is none any more.
    package let recordedBytes: UInt64
    /// Whether its recording was destroyed.
    package let isErased: Bool

    package static func == (left: IndexRow, right: IndexRow) -> Bool {
        left.session == right.session && left.opened == right.opened && left.ended == right.ended
            && left.reps == right.reps && left.frames == right.frames && left.recordedBytes == right.recordedBytes
            && left.isErased == right.isErased
    }
}

/// Sums over sessions.
package struct IndexStats: Equatable, Sendable {
    /// Sessions in all, and those without an end.
    package let sessions: Int
    package let open: Int
    /// Seats in all.
    package let seats: Int
    /// Frames on record, and their bytes.
    package let frames: UInt64
    package let frameBytes: UInt64
    /// Recordings that can be opened, and their bytes.
    package let recordings: Int
    package let recordedBytes: UInt64
    /// Erased or expired recordings.
    package let erased: Int
    /// How long the sessions that ended took together, in microseconds.
    package let duration: UInt64
}

/// A SQLite index over a log, for questions only: goes on from
/// where it was when the log has grown. Never the truth: it can be removed at any time, and is made anew.
///
/// Used by one thread.
package final class AuditIndex {
    private let queue: DatabaseQueue

    /// Changed with the tables, so that an index of an older program is made anew.
    private static let version = 2

    /// Opens or makes the index at `path`; nil keeps it in memory.
    package init(path: String?) throws(IndexError) {
        self.queue = try Self.words { try path.map { try DatabaseQueue(path: $0) } ?? DatabaseQueue() }
        try Self.words { try self.queue.write { try Self.makeTables($0) } }
    }

    /// Brings the index up to the log in `directory`: reads what came after the last reading, or everything where the
    /// log is another one than then, or was rewound. Returns how many records it read; 0 where the log has not grown.
    @discardableResult
    package func refresh(directory: String) throws(IndexError) -> Int {
        try Self.words {
            let disk = try AuditDisk.system(directory: directory, forWriting: false)
            defer { disk.release() }
            let known = try self.queue.read { try IndexMark(in: $0) }
            if let known, let news = try IndexNews(disk, after: known) {
                if news.count > 0 { try self.queue.write { try news.save(in: $0) } }
                return news.count
            }
            guard let news = try IndexNews(disk, after: nil) else { return 0 }
            try self.queue.write { database in
                for table in ["log", "session", "seat"] { try database.execute(sql: "DELETE FROM \(table)") }
                try news.save(in: database)
            }
            return news.count
        }
    }

    private static func makeTables(_ database: Database) throws {
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version != Self.version else { return }
        for table in ["log", "session", "seat"] { try database.execute(sql: "DROP TABLE IF EXISTS \(table)") }
        try database.execute(
            sql: """
                \(IndexMark.table)
                CREATE TABLE session (
                    id TEXT PRIMARY KEY, site TEXT NOT NULL, address TEXT NOT NULL, reason TEXT,
                    opened INTEGER NOT NULL, ended INTEGER, why TEXT, frames INTEGER NOT NULL,
                    bytes INTEGER NOT NULL, recorded INTEGER NOT NULL, erased INTEGER NOT NULL);
                CREATE INDEX session_opened ON session (opened);
                CREATE TABLE seat (
                    session TEXT NOT NULL, number INTEGER NOT NULL, rep TEXT NOT NULL, joined INTEGER NOT NULL);
                CREATE INDEX seat_session ON seat (session);
                CREATE INDEX seat_rep ON seat (rep);
                PRAGMA user_version = \(Self.version);
                """)
    }

    /// The sessions that a query asks for, in the order of their beginning.
    package func sessions(_ query: IndexQuery) throws(IndexError) -> [IndexRow] {
        var conditions = ["1"]
        var arguments: [(any DatabaseValueConvertible)?] = []
        func add(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
            guard let value else { return }
            conditions.append(condition)
            arguments.append(value)
        }
        add("site = ?", query.site)
        add("id IN (SELECT session FROM seat WHERE rep = ?)", query.rep)
        add("opened >= ?", query.from.map { Int64(clamping: $0) })
        add("opened <= ?", query.to.map { Int64(clamping: $0) })
        add("reason = ?", query.reason)
        if query.recordedOnly { conditions.append("recorded > 0") }
        let sql = "SELECT * FROM session WHERE \(conditions.joined(separator: " AND ")) ORDER BY opened, id"
        let values = StatementArguments(arguments)
        return try Self.words {
            try self.queue.read { database in
                try Row.fetchAll(database, sql: sql, arguments: values).compactMap { try Self.row($0, database) }
            }
        }
    }

    private static func row(_ row: Row, _ database: Database) throws -> IndexRow? {
        let id: String = row["id"]
        guard let session = SessionID(id) else { return nil }
        func count(_ name: String) -> UInt64 { UInt64(clamping: row[name] as Int64) }
        let ended: Int64? = row["ended"]
        let reps = try String.fetchAll(
            database, sql: "SELECT DISTINCT rep FROM seat WHERE session = ? ORDER BY number", arguments: [id])
        return IndexRow(
            session: session, site: row["site"], address: row["address"], opened: count("opened"),
            ended: ended.map { UInt64(clamping: $0) }, why: row["why"], reps: reps,
            frames: (count("frames"), count("bytes")), recordedBytes: count("recorded"), isErased: row["erased"])
    }

    /// Sums over all sessions, or those of one site.
    package func stats(site: String? = nil) throws(IndexError) -> IndexStats {
        let sql = """
            SELECT count(*), sum(ended IS NULL), sum(frames), sum(bytes), sum(recorded > 0), sum(recorded), sum(erased),
                sum(coalesce(ended - opened, 0)) FROM session WHERE ? IS NULL OR site = ?
            """
        return try Self.words {
            try self.queue.read { database in
                let sums = try Row.fetchOne(database, sql: sql, arguments: [site, site])
                func sum(_ at: Int) -> Int64 { sums?[at] ?? 0 }
                let seats = try Int.fetchOne(
                    database,
                    sql:
                        "SELECT count(*) FROM seat WHERE ? IS NULL OR session IN "
                        + "(SELECT id FROM session WHERE site = ?)",
                    arguments: [site, site])
                return IndexStats(
                    sessions: Int(sum(0)), open: Int(sum(1)), seats: seats ?? 0, frames: UInt64(clamping: sum(2)),
                    frameBytes: UInt64(clamping: sum(3)), recordings: Int(sum(4)),
                    recordedBytes: UInt64(clamping: sum(5)), erased: Int(sum(6)), duration: UInt64(clamping: sum(7)))
            }
        }
    }

    private static func words<Value>(_ body: () throws -> Value) throws(IndexError) -> Value {
        do {
            return try body()
        } catch {
            throw IndexError(description: "\(error)")
        }
    }
}
