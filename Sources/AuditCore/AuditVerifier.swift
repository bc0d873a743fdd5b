package import Wire

/// What is wrong with a record among the others.
package struct AuditFinding: Error, Equatable, Sendable {
    /// The rules of `Protocol/audit-log.md`, "Rules between records".
    package enum Rule: String, CaseIterable, Sendable {
        case format = "not a record"
        case start = "log.opened is missing before it"
        case boot = "the boot changed without log.opened"
        case clock = "the clock since boot stepped back"
        case sequence = "the session's sequence has a hole"
        case sessionUnknown = "the session was not opened"
        case sessionReopened = "the session was opened twice"
        case sessionOver = "the session was over"
        case sessionInterrupted = "the session goes on after the log was opened anew"
        case sessionAbandoned = "the session was abandoned while the log went on"
        case consentMissing = "page or cursor frames without consent"
        case frameRange = "the frame range does not follow the last one"
        case frameCount = "the lane counts do not add up to the range"
        case frameHash = "the frame count or hash differs from the last one on record"
        case seatTaken = "the seat was taken"
        case seatUnknown = "the seat was not taken"
        case seatLanes = "the seat went without other lanes than the cursor"
        case recordingUnknown = "the recording was not begun, is over, or is a second one of its session"
        case recordingChunk = "the recording's chunks do not follow each other"
        case holdBroken = "erased although a hold was placed"
        case sentUnhashed = "a seat was sent frames that were not hashed before"
    }

    /// Which rule.
    package let rule: Rule
    /// The record's index.
    package let index: UInt64
    /// Its session.
    package let session: SessionID?
    /// For `.format`, what and where in the line.
    package let format: AuditFormatError?
}

/// Reads records in the order of the log and checks each against those before it. Pure; grows with the sessions.
package struct AuditVerifier {
    /// An open session as far as the records tell.
    package struct OpenSession: Equatable, Sendable {
        /// Its site.
        package let site: String?
        /// The sequence of its last record.
        package fileprivate(set) var sequence: UInt64
        /// The number of its last frame on record.
        package fileprivate(set) var frames: UInt64 = 0
        /// The running hash there.
        package fileprivate(set) var hash: Digest32
        fileprivate var hasConsent = false
        fileprivate var isInterrupted = false
        fileprivate var seats: Set<UInt64> = []
    }

    /// How many records were read.
    package private(set) var entries: UInt64 = 0
    /// How many sessions were opened.
    package private(set) var sessions = 0
    /// How often the wall clock stepped back: legal, worth knowing.
    package private(set) var wallSteps = 0
    /// Whether the last record is `log.closed`.
    package private(set) var isClosed = false
    /// The sessions without an end so far.
    package private(set) var open: [SessionID: OpenSession] = [:]
    /// What is kept of sessions beside the log.
    package private(set) var keeping = KeepingVerifier()
    /// Whether the run that was last opened has ended.
    private var isOver = false
    private var over: Set<SessionID> = []
    private var boot: BootID?
    private var stamp = AuditStamp(wall: 0, mono: 0)

    /// Nothing read yet.
    package init() {}

    /// Reads the record `line` at `index`. Returns what is wrong with it; reading may go on.
    package mutating func read(_ line: ArraySlice<UInt8>, index: UInt64) -> AuditFinding? {
        self.read(Result { () throws(AuditFormatError) in try AuditRecord(decoding: Array(line)) }, index: index)
    }

    /// Reads what became of the line at `index`.
    package mutating func read(_ record: Result<AuditRecord, AuditFormatError>, index: UInt64) -> AuditFinding? {
        switch record {
        case .success(let record): return self.read(record, index: index)
        case .failure(let error):
            self.entries += 1
            return AuditFinding(rule: .format, index: index, session: nil, format: error)
        }
    }

    /// Reads `record`, which stands at `index`.
    package mutating func read(_ record: AuditRecord, index: UInt64) -> AuditFinding? {
        let isFirst = self.entries == 0 || self.isOver
        self.entries += 1
        self.isClosed = record.event.code == .logClosed
        self.isOver = self.isClosed || record.event.code == .auditBlocked
        let rule =
            self.checkRun(record, isFirst: isFirst) ?? record.session.flatMap { self.checkSession(record, $0) }
            ?? self.keeping.read(record.event) { self.open[$0] != nil || self.over.contains($0) }
        return rule.map { AuditFinding(rule: $0, index: index, session: record.session, format: nil) }
    }

    private mutating func checkRun(_ record: AuditRecord, isFirst: Bool) -> AuditFinding.Rule? {
        defer { self.stamp = record.stamp }
        if record.event.code == .logOpened {
            self.boot = record.boot
            for session in self.open.keys { self.open[session]?.isInterrupted = true }
            return nil
        }
        if isFirst { return .start }
        if record.boot != self.boot { return .boot }
        if record.stamp.wall < self.stamp.wall { self.wallSteps += 1 }
        return record.stamp.mono < self.stamp.mono ? .clock : nil
    }

    private mutating func checkSession(_ record: AuditRecord, _ session: SessionID) -> AuditFinding.Rule? {
        let sequence = record.sequence ?? 0
        if record.event.code == .sessionOpened {
            if self.open[session] != nil || self.over.contains(session) { return .sessionReopened }
            self.sessions += 1
            self.open[session] = OpenSession(
                site: record.site, sequence: sequence, hash: FrameHash(of: session).digest)
            return sequence == 1 ? nil : .sequence
        }
        guard var state = self.open.removeValue(forKey: session) else {
            return self.over.contains(session) ? .sessionOver : .sessionUnknown
        }
        let isNext = sequence == state.sequence + 1
        state.sequence = sequence
        let rule = Self.check(record.event, &state)
        let isEnd = record.event.code == .sessionEnded || record.event.code == .sessionAbandoned
        if isEnd { self.over.insert(session) } else { self.open[session] = state }
        return isNext ? rule : .sequence
    }

    private static func check(_ event: AuditEvent, _ state: inout OpenSession) -> AuditFinding.Rule? {
        if state.isInterrupted != (event.code == .sessionAbandoned) {
            return state.isInterrupted ? .sessionInterrupted : .sessionAbandoned
        }
        switch event.code {
        case .consentGiven: state.hasConsent = true
        case .consentRefused, .consentWithdrawn: state.hasConsent = false
        case .framesHashed: return Self.checkHashed(event, &state)
        case .framesLost:
            guard event.count(0) == state.frames + 1, event.count(1) >= event.count(0) else { return .frameRange }
            state.frames = event.count(1)
        case .seatJoined:
            guard event.count(0) > 0, state.seats.insert(event.count(0)).inserted else { return .seatTaken }
            let lanes = event.value("without")
            if lanes != .absent, lanes != .words(["cursor"]) { return .seatLanes }
        case .seatLeft: if state.seats.remove(event.count(0)) == nil { return .seatUnknown }
        case .seatRights, .seatLost, .seatBack, .repPointed, .repProposed, .seatTransferred, .repAsked:
            if !state.seats.contains(event.count(0)) { return .seatUnknown }
        case .seatSent:
            guard state.seats.contains(event.count(0)) else { return .seatUnknown }
            if let last = event.ranges(1).last?.last, last > state.frames { return .sentUnhashed }
        case .sessionEnded:
            if event.count(1) != state.frames || event.digest(2) != state.hash { return .frameHash }
        case .sessionAbandoned:
            if event.count(0) != state.frames || event.digest(1) != state.hash { return .frameHash }
        case .logOpened, .logRecovered, .logClosed, .auditGap, .auditBlocked, .daemonStarted, .daemonStopping,
            .configLoaded, .configRefused, .loginAccepted, .loginRefused, .loginEnded, .sessionOpened, .sessionPaused,
            .sessionResumed, .shopperLost, .shopperBack, .seatRefused, .consentAsked, .maskingApplied, .offerShown,
            .offerAccepted, .offerDeclined, .ticketQueued, .ticketAccepted, .ticketLeft, .codeRefused, .codeAccepted,
            .frameRefused, .logAlive, .proposalAnswered, .askAnswered, .grantGiven, .grantRefused, .grantAgreed,
            .recordingStarted,
            .recordingChunk, .recordingStopped, .recordingGap, .recordingDamaged, .logRead, .sessionReplayed,
            .logExported, .sessionErased, .recordingExpired, .holdPlaced, .holdLifted:
            break
        }
        return nil
    }

    private static func checkHashed(_ event: AuditEvent, _ state: inout OpenSession) -> AuditFinding.Rule? {
        let (first, last) = (event.count(0), event.count(1))
        guard first == state.frames + 1, last >= first else { return .frameRange }
        state.frames = last
        state.hash = event.digest(2)
        let lanes = (4...7).reduce(UInt64(0)) { $0 + event.count($1) }
        guard lanes == last - first + 1 else { return .frameCount }
        return event.count(4) + event.count(5) > 0 && !state.hasConsent ? .consentMissing : nil
    }
}
