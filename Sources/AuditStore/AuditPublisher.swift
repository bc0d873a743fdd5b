internal import AuditCore
internal import Synchronization
internal import Wire

/// The publishing thread's work: tiles, state, checkpoint and receipts, derived from durable records as they lie in the
/// segments. It is beside the way to durability: nobody waits for it, and what it could not write is written later.
// Sendable by hand: made by the opener and given to the publishing thread, which alone touches it afterwards.
final class AuditPublisher: @unchecked Sendable {
    /// What the audit thread tells this one. Lives behind a `Monitor`.
    struct News {
        /// The index after the last durable record.
        var durable: UInt64
        /// When the first record came that is not published, by the clock since boot.
        var since: UInt64?
        /// When the last record came.
        var last: UInt64
        /// Publish what there is and stop.
        var isClosing = false
        /// Stop at once: the log has failed, and what lies on the disk is not sure.
        var isFailed = false
    }

    /// What to do on a wake.
    private enum Step {
        case publish(upTo: UInt64, isLast: Bool)
        case look
        case stop
    }

    /// How often the free room is looked at, in microseconds.
    static let lookInterval: UInt64 = 1_000_000

    /// So many full tiles are made durable one by one: those of 4,096 records, twice what a busy second brings.
    private static let fullSinglyMax = 32

    private let disk: AuditDisk
    private let options: AuditOptions
    private let clock: AuditClock
    private let news: Monitor<News>
    private let report: @Sendable (AuditNotice) -> Void
    private let room: @Sendable (Bool, Bool) -> Void
    private let alive: @Sendable () -> Void
    private var log: DerivedLog
    private var follower: LogFollower
    private var partials: [Set<TilePath>] = []
    private var published: UInt64 = 0
    private var lookedAt: UInt64
    private var complaint: AuditStoreError?

    /// Goes on from `log`. `report` gives notices, `room` says whether there is room for recordings and for sessions,
    /// `alive` asks for a record because there was none for long; all are called on the publishing thread.
    init(
        _ disk: AuditDisk, after log: DerivedLog, options: AuditOptions, clock: AuditClock, news: Monitor<News>,
        report: @escaping @Sendable (AuditNotice) -> Void, room: @escaping @Sendable (Bool, Bool) -> Void,
        alive: @escaping @Sendable () -> Void
    ) {
        self.disk = disk
        self.options = options
        self.clock = clock
        self.news = news
        self.report = report
        self.room = room
        self.alive = alive
        self.log = log
        self.follower = LogFollower(disk, after: log)
        self.lookedAt = clock.now().mono
    }

    /// Runs until the log is closed or has failed.
    func run() {
        self.lookAtRoom()
        while true {
            switch self.next() {
            case .stop: return
            case .look: self.lookAtRoom()
            case .publish(let durable, let isLast):
                do throws(AuditStoreError) {
                    try self.publish(upTo: durable)
                    self.complaint = nil
                } catch {
                    if self.complaint != error { self.report(.unpublished(error)) }
                    self.complaint = error
                }
                if isLast { return }
                self.lookAtRoom()
            }
        }
    }

    private func next() -> Step {
        let lookAt = self.lookedAt + Self.lookInterval
        return self.news.wait { news in
            let now = self.clock.now().mono
            if news.isFailed { return .done(.stop) }
            let isDue = news.since.map { $0 + self.options.checkpointInterval <= now } ?? false
            if news.isClosing || isDue {
                // After an error the next attempt comes an interval later.
                news.since = nil
                return .done(.publish(upTo: news.durable, isLast: news.isClosing))
            }
            if lookAt <= now { return .done(.look) }
            let due = news.since.map { $0 + self.options.checkpointInterval } ?? lookAt
            return .wait(min(due, lookAt) - now)
        }
    }

    private func publish(upTo durable: UInt64) throws(AuditStoreError) {
        do throws(AuditStoreError) {
            try self.follower.read(into: &self.log, upTo: durable)
            try self.writeFull()
            guard self.log.size > self.published, let state = self.log.state else { return }
            try self.writePartials()
            try self.disk.replace("state", state.bytes, true)
            try self.writeCheckpoint(
                Checkpoint(
                    origin: self.options.signer?.verifier.name ?? "", size: self.log.size,
                    root: self.log.tree.range.root))
            self.published = self.log.size
            try self.removePartials()
        } catch {
            self.news.withLock { news, _ in news.since = news.since ?? self.clock.now().mono }
            throw error
        }
    }

    /// Writes the tiles that became full. After a flood, and after a start that had much to read, there are thousands:
    /// then they are made durable together, since two syncs for each would leave the state ever further behind.
    private func writeFull() throws(AuditStoreError) {
        let isFlood = self.log.full.count > Self.fullSinglyMax
        for file in self.log.full { try self.disk.replace(file.path.text, file.bytes, !isFlood) }
        if isFlood { try self.disk.syncAll() }
        self.log.full.removeAll()
    }

    private func writePartials() throws(AuditStoreError) {
        let files = self.log.tree.partials
        for file in files where self.partials.last?.contains(file.path) != true {
            try self.disk.replace(file.path.text, file.bytes, true)
        }
        self.partials.append(Set(files.map(\.path)))
    }

    private func writeCheckpoint(_ checkpoint: Checkpoint) throws(AuditStoreError) {
        guard let signer = self.options.signer, let signed = checkpoint.signed(by: signer) else {
            self.log.ended.removeAll()
            return
        }
        try self.disk.replace("checkpoint", Array(signed.note.utf8), true)
        self.report(.checkpoint(checkpoint))
        let tiles = TileSource(self.disk, size: checkpoint.size)
        while let ended = self.log.ended.first {
            let path = try tiles.inclusion(of: ended.index)
            let proof = LogProof(record: ended.line, index: ended.index, path: path, checkpoint: signed)
            let text = proof.text
            try self.disk.replace("receipts/\(ended.session.text).tlog-proof", Array(text.utf8), true)
            self.report(.receipt(ended.session, text: text))
            self.log.ended.removeFirst()
        }
    }

    /// Those of the last two checkpoints stay.
    private func removePartials() throws(AuditStoreError) {
        if self.partials.count == 1 { return try self.removeStrangers() }
        while self.partials.count > 2 {
            let old = self.partials.removeFirst()
            for path in old.subtracting(self.partials[0]).subtracting(self.partials[1]) {
                try self.disk.remove(path.text)
            }
        }
    }

    /// What an earlier run left: only partial tiles that are of no use any more. Those of the checkpoint on the disk
    /// are of use: who writes without a key leaves it where it is.
    private func removeStrangers() throws(AuditStoreError) {
        let checkpoint = try self.disk.readIfThere("checkpoint", AuditLimits.checkpointBytesMax).flatMap {
            SignedCheckpoint(bytes: $0)
        }
        let needed = self.partials[0].union(TilePath.partials(ofSize: checkpoint?.checkpoint.size ?? 0))
        for name in try self.disk.files("tile") {
            guard let path = TilePath(name), path.isPartial, !needed.contains(path) else { continue }
            try self.disk.remove(name)
        }
    }

    private func lookAtRoom() {
        let now = self.clock.now().mono
        self.lookedAt = now
        let last = self.news.withLock { news, _ in news.last }
        if now >= last + self.options.aliveInterval { self.alive() }
        // A file system that cannot even be asked is heard of by the audit thread.
        guard let (free, total) = try? self.disk.room() else { return }
        let needed = self.options.freeBytesMin(ofTotal: total)
        self.room(free >= 2 * needed, free >= needed)
    }
}
