package import Wire

/// Turns what the relay reports into records: numbers them by session, hashes frames, sums up what seats were sent.
///
/// Pure: clocks are parameters, records go into `AuditLines`. Owned by the audit thread.
package struct AuditLedger {
    /// What is known of one open session.
    private struct Account {
        let site: String?
        var sequence: UInt64 = 0
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
        guard let place = self.accounts.index(forKey: session) else { return false }
        switch Self.take(frame, index, into: &self.accounts.values[place], at: stamp) {
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

    /// Takes the next frame in. The account stays where it is: there is one look-up a frame, and no copy.
    private static func take(
        _ frame: SharedFrame, _ index: UInt64, into account: inout Account, at stamp: AuditStamp
    ) -> Taking {
        guard index > account.hash.count else { return .old }
        guard index == account.hash.count + 1 else { return .hole }
        account.hash.append(frame)
        account.bytes += UInt64(frame.byteCount)
        account.lanes.count(frame)
        guard account.pendingSince == nil else { return .waits }
        account.pendingSince = stamp.mono
        return .waitsFirst
    }

    /// A seat of `session` was sent `range`. False if it cannot be placed.
    package mutating func framesSent(
        _ session: SessionID, seat: Int, range: FrameRange, at stamp: AuditStamp, into lines: inout AuditLines
    ) -> Bool {
        guard let account = self.accounts[session], range.first > 0, range.last >= range.first else { return false }
        if range.last > account.hash.count { self.lose(session, to: range.last, at: stamp, into: &lines) }
        if let at = account.sent.firstIndex(where: { $0.seat == seat }) {
            self.accounts[session]?.sent[at].ranges.insert(range)
            let isFull = (self.accounts[session]?.sent[at].ranges.ranges.count ?? 0) >= AuditLimits.rangeCountMax
            if isFull { self.settle(session, at: stamp, into: &lines) }
        } else {
            guard account.sent.count < AuditLimits.seatCountMax else { return false }
            var ranges = FrameRanges()
            ranges.insert(range)
            self.accounts[session]?.sent.append((seat, ranges))
        }
        self.markPending(session, at: stamp)
        return true
    }

    /// Writes what has waited for a second.
    package mutating func timePassed(_ stamp: AuditStamp, into lines: inout AuditLines) {
        var passed = 0
        for (session, since) in self.pending {
            guard since + AuditLimits.summaryIntervalMax <= stamp.mono else { break }
            passed += 1
            if self.accounts[session]?.pendingSince == since { self.settle(session, at: stamp, into: &lines) }
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
        guard opens == (self.accounts[session] == nil), self.accounts.count < AuditLimits.sessionCountMax else {
            return false
        }
        if opens { self.accounts[session] = Account(site: entry.site, hash: FrameHash(of: session)) }
        self.settle(session, at: stamp, into: &lines)
        var entry = entry
        if let hash = self.accounts[session]?.hash { entry.event = entry.event.closing(hash) }
        self.write(entry, of: session, at: stamp, into: &lines)
        if entry.event.code == .sessionEnded { self.accounts[session] = nil }
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
        guard let account = self.accounts[session], account.pendingSince != nil else { return }
        let site = account.site
        if account.hash.count > account.hashedLast {
            self.write(
                AuditEntry(Self.framesHashed(account), by: .relay, site: site, session: session), of: session,
                at: stamp,
                into: &lines)
        }
        for (seat, ranges) in account.sent {
            var ranges = ranges
            while !ranges.ranges.isEmpty {
                let event = AuditEvent.seatSent(seat: seat, ranges: ranges.take(AuditLimits.rangeCountMax))
                self.write(
                    AuditEntry(event, by: .relay, site: site, session: session), of: session, at: stamp, into: &lines)
            }
        }
        self.accounts[session]?.hashedLast = account.hash.count
        self.accounts[session]?.bytes = 0
        self.accounts[session]?.lanes = LaneCounts()
        self.accounts[session]?.sent.removeAll(keepingCapacity: true)
        self.accounts[session]?.pendingSince = nil
    }

    private mutating func lose(
        _ session: SessionID, to last: UInt64, at stamp: AuditStamp, into lines: inout AuditLines
    ) {
        self.settle(session, at: stamp, into: &lines)
        guard let account = self.accounts[session] else { return }
        let event = AuditEvent.framesLost(FrameRange(account.hash.count + 1, last))
        self.write(
            AuditEntry(event, by: .relay, site: account.site, session: session), of: session, at: stamp, into: &lines)
        self.accounts[session]?.hash.skip(to: last)
        self.accounts[session]?.hashedLast = last
    }

    private mutating func markPending(_ session: SessionID, at stamp: AuditStamp) {
        guard self.accounts[session]?.pendingSince == nil else { return }
        self.accounts[session]?.pendingSince = stamp.mono
        self.pending.append((session, stamp.mono))
    }

    private static func framesHashed(_ account: Account) -> AuditEvent {
        AuditEvent(
            .framesHashed,
            [
                .count(account.hashedLast + 1), .count(account.hash.count), .digest(account.hash.digest),
                .count(account.bytes), .count(account.lanes.page), .count(account.lanes.cursor),
                .count(account.lanes.talk), .count(account.lanes.control),
            ])
    }
}
