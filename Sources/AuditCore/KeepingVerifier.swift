package import Wire

/// What the records say about recordings, erasures and holds: groups K and X. Pure; grows with the recordings.
package struct KeepingVerifier: Sendable {
    /// A chunk that must lie on the disk.
    package struct Chunk: Equatable, Sendable {
        /// Its size in bytes.
        package let bytes: UInt64
        /// The SHA-256 of its file.
        package let hash: Digest32
    }

    /// One session's recording.
    package struct Recording: Equatable, Sendable {
        /// The chunks on record, the first being number 1.
        package fileprivate(set) var chunks: [Chunk] = []
        /// Whether no chunk can follow.
        package fileprivate(set) var isStopped = false
        /// The numbers of chunks that were found damaged and taken away.
        package fileprivate(set) var damaged: Set<UInt64> = []
        /// Whether key and chunks were destroyed, on request or by age.
        package fileprivate(set) var isGone = false
    }

    /// The recordings by session.
    package private(set) var recordings: [SessionID: Recording] = [:]
    /// The sessions of which nothing may be erased.
    package private(set) var held: Set<SessionID> = []

    /// The session that a record of group K or X names.
    static func session(of event: AuditEvent) -> SessionID? {
        if case .session(let session) = event.value("session") { session } else { nil }
    }

    /// Reads one event. `isKnown` says whether a session was ever opened.
    mutating func read(_ event: AuditEvent, isKnown: (SessionID) -> Bool) -> AuditFinding.Rule? {
        guard let session = Self.session(of: event) else { return nil }
        let code = event.code
        if code == .recordingStarted {
            guard self.recordings[session] == nil, isKnown(session) else { return .recordingUnknown }
            self.recordings[session] = Recording()
        } else if code == .recordingDamaged {
            self.recordings[session]?.damaged.insert(event.count(1))
        } else if code == .sessionErased || code == .recordingExpired {
            self.recordings[session]?.isGone = true
            if self.held.contains(session) { return .holdBroken }
        } else if code == .holdPlaced {
            self.held.insert(session)
        } else if code == .holdLifted {
            self.held.remove(session)
        } else if code == .recordingChunk || code == .recordingGap || code == .recordingStopped {
            guard let recording = self.recordings[session], !recording.isStopped else { return .recordingUnknown }
            return self.goOn(event, session, chunks: UInt64(recording.chunks.count))
        }
        return nil
    }

    private mutating func goOn(_ event: AuditEvent, _ session: SessionID, chunks: UInt64) -> AuditFinding.Rule? {
        if event.code == .recordingChunk {
            self.recordings[session]?.chunks.append(Chunk(bytes: event.count(4), hash: event.digest(5)))
            return event.count(1) == chunks + 1 ? nil : .recordingChunk
        }
        guard event.code == .recordingStopped else { return nil }
        self.recordings[session]?.isStopped = true
        return event.count(2) == chunks ? nil : .recordingChunk
    }
}
