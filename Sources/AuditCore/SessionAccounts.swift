package import Wire

/// What the records say of the sessions that have no end yet: enough to abandon them. Pure; rules are the verifier's.
package struct SessionAccounts: Equatable, Sendable {
    /// One open session.
    package struct Account: Equatable, Sendable {
        /// Its site.
        package let site: String?
        /// The sequence of its last record.
        package fileprivate(set) var sequence: UInt64
        /// The number of its last frame on record.
        package fileprivate(set) var frames: UInt64
        /// The running hash there.
        package fileprivate(set) var hash: Digest32
    }

    /// The open sessions.
    package private(set) var open: [SessionID: Account] = [:]

    /// No session is open.
    package init() {}

    /// The sessions in the order of their ids.
    package var sessions: [SessionID] { self.open.keys.sorted { ($0.high, $0.low) < ($1.high, $1.low) } }

    mutating func put(_ session: SessionID, sequence: UInt64, frames: UInt64, hash: Digest32, site: String?) {
        self.open[session] = Account(site: site, sequence: sequence, frames: frames, hash: hash)
    }

    /// Reads the next record. True if it ends a session.
    package mutating func read(_ record: AuditRecord) -> Bool {
        guard let session = record.session, let sequence = record.sequence else { return false }
        let (code, event) = (record.event.code, record.event)
        if code == .sessionOpened {
            self.put(session, sequence: sequence, frames: 0, hash: FrameHash(of: session).digest, site: record.site)
        } else if code == .sessionEnded || code == .sessionAbandoned {
            return self.open.removeValue(forKey: session) != nil
        } else {
            self.open[session]?.sequence = sequence
            if code == .framesHashed || code == .framesLost { self.open[session]?.frames = event.count(1) }
            if code == .framesHashed { self.open[session]?.hash = event.digest(2) }
        }
        return false
    }
}
