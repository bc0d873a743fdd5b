package import Wire

/// Turns what the relay reports into records: numbers them by session, hashes frames, sums up what seats were sent.
///
/// Pure: clocks are parameters, records go into `AuditLines`. Owned by the audit thread.
package struct AuditLedger {
    /// What is known of one open session. Small, for it stands in a table that is partly empty, and most sessions wait
    /// for a rep without a single frame.
    private struct Account {
        let site: String?
        var sequence: UInt64 = 0
        /// Its place in `running`; nil before its first frame.
        var place: Int32?
    }

    /// What is known of the frames of one open session.
    private struct Running {
        var hash: FrameHash
        var hashedLast: UInt64 = 0
        var bytes: UInt64 = 0
        var lanes = LaneCounts()
        var sent: [(seat: Int, ranges: FrameRanges)] = []
        var pendingSince: UInt64?
    }

    /// How many frames of each lane wait for their `frames.hashed`.
    private struct LaneCounts {
        var page: UInt64 = 0
        var cursor: UInt64 = 0
        var talk: UInt64 = 0
        var control: UInt64 = 0

        /// The lane is the high nibble of the frame's second byte (`Protocol/wire.md`, "Lanes and kinds").
        mutating func count(_ frame: SharedFrame) {
            let kind: UInt8 = unsafe frame.withBytes { unsafe $0.count > 1 ? $0[1] : 0 }
            switch kind >> 4 {
            case 1: self.page += 1
            case 2: self.cursor += 1
            case 3: self.talk += 1
            default: self.control += 1
            }
        }
    }

    private let boot: BootID
    private var accounts: [SessionID: Account] = [:]
    /// The frames of those sessions that have some, and the places that are free again.
    private var running: [Running] = []
    private var freePlaces: [Int32] = []
    /// Sessions with something pending, oldest first; one that was written in between is passed over.
    private var pending: [(session: SessionID, since: UInt64)] = []

    /// An empty ledger of a run within `boot`.
    package init(boot: BootID) {
        self.boot = boot
    }

    /// When `timePassed` must be called at the latest, by the clock since boot, in microseconds.
    package var deadline: UInt64? { self.pending.first.map { $0.since + AuditLimits.summaryIntervalMax } }

    /// How many sessions are open.
    package var sessionCount: Int { self.accounts.count }

    /// An entry came in. False if it cannot be placed: its session is not open (or already is), or its code's scope
    /// does not fit. The caller owes the log an `audit.gap` then.
    package mutating func append(_ entry: AuditEntry, at stamp: AuditStamp, into lines: inout AuditLines) -> Bool {
        let code = entry.event.code
        switch (code.rule.scope, entry.session) {
        case (.session, nil), (.log, .some): return false
        case (.log, nil), (.either, nil):
            lines.append(AuditRecord(entry, sequence: nil, at: stamp, boot: self.boot))
            return true
        case (.session, .some(let session)), (.either, .some(let session)):
            return self.append(entry, of: session, at: stamp, into: &lines)
        }
    }

    /// The relay accepted a frame of `session` as number `index`. False if it cannot be placed. A hole before it is put
    /// on record as `frames.lost`.
    package mutating func frameAccepted(
        _ session: SessionID, index: UInt64, frame: SharedFrame, at stamp: AuditStamp, into lines: inout AuditLines
    ) -> Bool {
        guard let place = self.place(of: session) else { return false }
        switch Self.take(frame, index, into: &self.running[place], at: stamp) {
        case .waits: return true
        case .waitsFirst:
            self.pending.append((session, stamp.mono))
            return true
        case .old: return false
        case .hole:
            self.lose(session, to: index - 1, at: stamp, into: &lines)
            return self.frameAccepted(session, index: index, frame: frame, at: stamp, into: &lines)
        }
    }

    /// What a frame is to its session.
    private enum Taking {
        /// In the hash, beside others that wait to be summed up.
        case waits
        /// In the hash, the first that waits.
        case waitsFirst
        /// Not new.
        case old
        /// Not the next.
        case hole
    }

    /// Takes the next frame in, where its session's frames stand: there is one look-up a frame, and no copy.
    private static func take(
        _ frame: SharedFrame, _ index: UInt64, into frames: inout Running, at stamp: AuditStamp
    ) -> Taking {
        guard index > frames.hash.count else { return .old }
        guard index == frames.hash.count + 1 else { return .hole }
        frames.hash.append(frame)
        frames.bytes += UInt64(frame.byteCount)
        frames.lanes.count(frame)
        guard frames.pendingSince == nil else { return .waits }
        frames.pendingSince = stamp.mono
        return .waitsFirst
    }

    /// Where in `running` an open session stands, with its first frame or before; nil when it is not open.
    private mutating func place(of session: SessionID) -> Int? {
        guard let at = self.accounts.index(forKey: session) else { return nil }
        if let place = self.accounts.values[at].place { return Int(place) }
        let frames = Running(hash: FrameHash(of: session))
        let place = self.freePlaces.popLast() ?? Int32(self.running.count)
        if place < self.running.count { self.running[Int(place)] = frames } else { self.running.append(frames) }
        self.accounts.values[at].place = place
        return Int(place)
    }

    /// The session has ended.
    private mutating func forget(_ session: SessionID) {
        guard let place = self.accounts.removeValue(forKey: session)?.place else { return }
        self.running[Int(place)].sent = []
        self.freePlaces.append(place)
    }

    /// The frames of an open session that has any.
    private func frames(of session: SessionID) -> Running? {
        self.accounts[session]?.place.map { self.running[Int($0)] }
    }

    /// A seat of `session` was sent `range`. False if it cannot be placed.
    package mutating func framesSent(
        _ session: SessionID, seat: Int, range: FrameRange, at stamp: AuditStamp, into lines: inout AuditLines
    ) -> Bool {
        guard range.first > 0, range.last >= range.first, let place = self.place(of: session) else { return false }
        // Looked for after what is lost is on record: that writes the ranges that wait, and forgets them.
        if range.last > self.running[place].hash.count { self.lose(session, to: range.last, at: stamp, into: &lines) }
        if let at = self.running[place].sent.firstIndex(where: { $0.seat == seat }) {
            self.running[place].sent[at].ranges.insert(range)
            let isFull = self.running[place].sent[at].ranges.ranges.count >= AuditLimits.rangeCountMax
            if isFull { self.settle(session, at: stamp, into: &lines) }
        } else {
            guard self.running[place].sent.count < AuditLimits.seatCountMax else { return false }
            var ranges = FrameRanges()
            ranges.insert(range)
            self.running[place].sent.append((seat, ranges))
        }
        self.markPending(session, place, at: stamp)
        return true
    }

    /// Writes what has waited for a second.
    package mutating func timePassed(_ stamp: AuditStamp, into lines: inout AuditLines) {
        var passed = 0
        for (session, since) in self.pending {
            guard since + AuditLimits.summaryIntervalMax <= stamp.mono else { break }
            passed += 1
            if self.frames(of: session)?.pendingSince == since { self.settle(session, at: stamp, into: &lines) }
        }
        self.pending.removeFirst(passed)
    }

    /// Writes everything that waits, in order of waiting.
    package mutating func settleAll(at stamp: AuditStamp, into lines: inout AuditLines) {
        for (session, _) in self.pending { self.settle(session, at: stamp, into: &lines) }
        self.pending.removeAll()
    }

    private mutating func append(
        _ entry: AuditEntry, of session: SessionID, at stamp: AuditStamp, into lines: inout AuditLines
    ) -> Bool {
        let opens = entry.event.code == .sessionOpened
        let hasRoom = !opens || self.accounts.count < AuditLimits.sessionCountMax
        guard opens == (self.accounts[session] == nil), hasRoom else { return false }
        if opens { self.accounts[session] = Account(site: entry.site) }
        self.settle(session, at: stamp, into: &lines)
        var entry = entry
        let ends = entry.event.code == .sessionEnded
        if ends { entry.event = entry.event.closing(self.frames(of: session)?.hash ?? FrameHash(of: session)) }
        self.write(entry, of: session, at: stamp, into: &lines)
        if ends { self.forget(session) }
        return true
    }

    private mutating func write(
        _ entry: AuditEntry, of session: SessionID, at stamp: AuditStamp, into lines: inout AuditLines
    ) {
        guard let sequence = self.accounts[session].map({ $0.sequence + 1 }) else { return }
        self.accounts[session]?.sequence = sequence
        lines.append(AuditRecord(entry, sequence: sequence, at: stamp, boot: self.boot))
    }

    /// Writes the frames and the ranges that wait, so that what follows comes after them in the log too.
    private mutating func settle(_ session: SessionID, at stamp: AuditStamp, into lines: inout AuditLines) {
        guard let account = self.accounts[session], let place = account.place.map({ Int($0) }),
            self.running[place].pendingSince != nil
        else { return }
        let (site, frames) = (account.site, self.running[place])
        if frames.hash.count > frames.hashedLast {
            self.write(
                AuditEntry(Self.framesHashed(frames), by: .relay, site: site, session: session), of: session,
                at: stamp,
                into: &lines)
        }
        for (seat, ranges) in frames.sent {
            var ranges = ranges
            while !ranges.ranges.isEmpty {
                let event = AuditEvent.seatSent(seat: seat, ranges: ranges.take(AuditLimits.rangeCountMax))
                self.write(
                    AuditEntry(event, by: .relay, site: site, session: session), of: session, at: stamp, into: &lines)
            }
        }
        self.running[place].hashedLast = frames.hash.count
        self.running[place].bytes = 0
        self.running[place].lanes = LaneCounts()
        self.running[place].sent.removeAll(keepingCapacity: true)
        self.running[place].pendingSince = nil
    }

    private mutating func lose(
        _ session: SessionID, to last: UInt64, at stamp: AuditStamp, into lines: inout AuditLines
    ) {
        self.settle(session, at: stamp, into: &lines)
        guard let account = self.accounts[session], let place = account.place.map({ Int($0) }) else { return }
        let event = AuditEvent.framesLost(FrameRange(self.running[place].hash.count + 1, last))
        self.write(
            AuditEntry(event, by: .relay, site: account.site, session: session), of: session, at: stamp, into: &lines)
        self.running[place].hash.skip(to: last)
        self.running[place].hashedLast = last
    }

    private mutating func markPending(_ session: SessionID, _ place: Int, at stamp: AuditStamp) {
        guard self.running[place].pendingSince == nil else { return }
        self.running[place].pendingSince = stamp.mono
        self.pending.append((session, stamp.mono))
    }

    private static func framesHashed(_ frames: Running) -> AuditEvent {
        AuditEvent(
            .framesHashed,
            [
                .count(frames.hashedLast + 1), .count(frames.hash.count), .digest(frames.hash.digest),
                .count(frames.bytes), .count(frames.lanes.page), .count(frames.lanes.cursor),
                .count(frames.lanes.talk), .count(frames.lanes.control),
            ])
    }
}
