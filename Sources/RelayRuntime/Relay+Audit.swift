internal import AuditCore
internal import AuditStore
internal import Logging
internal import PairingCore
internal import RelayCore
internal import WebSocketTransport
internal import Wire

/// What happens once a record is on disk.
enum DurableEffect {
    case consent(SessionEntry)
    case login(RepKey, LinkState.Rep)
    case seat(LinkName, SessionEntry, SeatID, SeatGrant)
    case seatBack(LinkName, SessionEntry, SeatID, LinkState.Rep, Rights, FrameMark?)
}

/// The audit log: records on their way in, effects on their way out. No call here waits for the disk.
extension Relay {
    /// A record whose effect nobody awaits. One that is lost is on record as a gap by the log itself.
    func record(_ entry: AuditEntry) {
        _ = self.parts.audit.append(entry)
    }

    func record(_ event: AuditEvent, by actor: AuditActor, _ entry: SessionEntry) {
        self.record(AuditEntry(event, by: actor, site: entry.siteKey, session: entry.core.id))
    }

    /// A record whose effect is withheld until it is on disk. False: it cannot be written, the effect must not happen.
    func recordAwaited(_ entry: AuditEntry, _ effect: DurableEffect) -> Bool {
        guard self.auditFailure == nil else {
            self.record(entry)
            return false
        }
        switch self.parts.audit.append(entry) {
        case .queued(let ticket):
            self.awaitingDisk.append((ticket, effect))
            return true
        case .unrecorded:
            // Under `continue` nobody waits for the disk; the effect comes in the loop's next turn, as it would.
            self.awaitingDisk.append((.none, effect))
            self.mailbox.post(.durable(.none))
            return true
        case .full, .failed:
            self.logger.error("the audit log takes no records")
            return false
        }
    }

    func becameDurable(upTo ticket: AuditTicket, now: Instant) {
        var ready = 0
        while ready < self.awaitingDisk.count, self.awaitingDisk[ready].ticket <= ticket { ready += 1 }
        let effects = self.awaitingDisk.prefix(ready).map(\.effect)
        self.awaitingDisk.removeFirst(ready)
        for effect in effects {
            switch effect {
            case .consent(let entry): self.consentBecameDurable(entry, now: now)
            case .login(let key, let rep): self.frontDesk?.loginBecameDurable(key, rep, now: now)
            case .seat(let name, let entry, let seat, let grant):
                self.seatBecameDurable(name, entry, seat, grant, now: now)
            case .seatBack(let name, let entry, let seat, let rep, let rights, let last):
                self.seatReturned(seat, name, entry, rep, rights, after: last, now: now)
            }
        }
    }

    func recordConsent(_ consent: Consent, _ entry: SessionEntry, now: Instant) {
        let event: AuditEvent =
            switch consent.decision {
            case .given:
                .consentGiven(text: consent.text, language: consent.language, scope: consent.scope)
            case .refused:
                .consentRefused(text: consent.text, language: consent.language, scope: consent.scope)
            case .withdrawn:
                .consentWithdrawn(text: consent.text, language: consent.language, scope: consent.scope)
            }
        guard consent.decision == .given else { return self.record(event, by: .shopper(), entry) }
        entry.scope = consent.scope
        let isQueued = self.recordAwaited(
            AuditEntry(event, by: .shopper(), site: entry.siteKey, session: entry.core.id), .consent(entry))
        if !isQueued, let name = entry.shopper {
            self.send(.close(name.link, .auditUnavailable), to: name.loop, now: now)
        }
    }

    func recordSent(_ seat: SeatID, _ ranges: [ClosedRange<UInt64>], _ session: SessionID) {
        guard self.parts.provesFrames else { return }
        for range in ranges {
            let range = FrameRange(range.lowerBound, range.upperBound)
            _ = self.parts.audit.framesSent(session: session, seat: Int(seat.number), range: range)
        }
    }

    /// Frames that were refused are counted by the log, by session.
    func recordRefusedFrame(_ state: LinkState, _ code: CloseCode) {
        switch state.shopperSession {
        case .none, .asked: break
        case .own(let entry): self.recordRefusedFrame(entry.id, site: entry.siteKey, code)
        case .remote(let remote): self.recordRefusedFrame(remote.id, site: remote.site, code)
        }
    }

    func recordRefusedFrame(_ session: SessionID, site: String, _ code: CloseCode) {
        self.record(
            AuditEntry(
                .frameRefused(close: Int(code.rawValue), frames: 1, bytes: 0), by: .shopper(), site: site,
                session: session))
    }

    /// The log is lost: nothing new may happen that cannot be recorded. What becomes of what runs is the operator's
    /// choice: the sessions in which a rep sits go on to their end and all in them are told that it is not on record
    /// (`deny-new`), they end with words (`end-sessions`), or everything goes on (`continue`).
    func auditFailed(_ error: AuditStoreError, now: Instant) {
        let policy = self.parts.configuration.auditOnFailure
        let words: String
        switch policy {
        case .denyNew: words = "nothing new begins"
        case .endSessions: words = "sessions end"
        case .continue: words = "everything goes on"
        }
        guard self.auditFailure == nil else { return }
        self.logger.critical("the audit log has failed; \(words)", metadata: ["error": "\(error)"])
        let entries = self.sessions.values.sorted { $0.core.number < $1.core.number }
        guard policy != .continue else {
            for entry in entries { self.goesOnUnrecorded(entry, now: now) }
            return self.becameDurable(upTo: .all, now: now)
        }
        self.auditFailure = "\(error)"
        self.refuseWhatWaits(now: now)
        for entry in entries {
            // A shopper who waits would wait in vain: no rep can take a seat any more.
            if policy == .denyNew, !entry.holders.isEmpty {
                self.goesOnUnrecorded(entry, now: now)
            } else {
                self.end(entry, .relay, now: now)
            }
        }
        self.checkUnrecordedOver()
    }

    /// From here on nothing of the session is on record, to its end: those in it hear of it.
    func goesOnUnrecorded(_ entry: SessionEntry, now: Instant) {
        entry.isUnrecorded = true
        self.tellSeatsUnrecorded(entry, now: now)
        if let on = entry.watchTold { self.tellWatch(entry, on, now: now) }
    }

    func tellSeatsUnrecorded(_ entry: SessionEntry, now: Instant) {
        guard entry.isUnrecorded else { return }
        let state: SessionState = entry.core.isShopperPresent ? .live : .away
        self.tellSeats(entry, Presence(session: entry.core.id, state: state, unrecorded: true), now: now)
    }

    /// Says once, after the log has failed, that no session of this loop runs any more.
    func checkUnrecordedOver() {
        guard self.auditFailure != nil, self.sessions.isEmpty, !self.isUnrecordedOver else { return }
        self.isUnrecordedOver = true
        self.parts.unrecordedOver(self.parts.index)
    }

    /// What waited for the disk does not happen; whoever asked for it is told. A shopper hears of it as the session
    /// ends.
    private func refuseWhatWaits(now: Instant) {
        let waiting = self.awaitingDisk
        self.awaitingDisk.removeAll()
        for (_, effect) in waiting {
            switch effect {
            case .consent: break
            case .login(let key, _): self.frontDesk?.loginRefusedByAudit(key, now: now)
            case .seat(let name, let entry, _, _):
                self.refuseWish(
                    name, .accept, entry.core.id, .audit, "\(CloseCode.auditUnavailable.sentence)", now: now)
            case .seatBack(let name, let entry, _, _, _, _):
                self.refuseWish(
                    name, .resume, entry.core.id, .audit, "\(CloseCode.auditUnavailable.sentence)", now: now)
            }
        }
    }

    /// The daemon stops: sessions end in order, everyone is told, links are closed by the transport afterwards.
    func drain(now: Instant) {
        guard !self.isDraining else { return }
        if self.auditFailure != nil {
            // What goes on unrecorded ends here, and for this reason: there is nothing to come back to.
            for entry in self.sessions.values.sorted(by: { $0.core.number < $1.core.number }) {
                self.end(entry, .relay, now: now)
            }
        }
        self.isDraining = true
        for entry in self.sessions.values.sorted(by: { $0.core.number < $1.core.number }) {
            self.end(entry, .relay, now: now)
        }
        for state in self.links.values { self.close(state, .relayStopping) }
        self.checkDrained()
    }

    /// Says once that every session of this loop has its end on record.
    func checkDrained() {
        guard self.isDraining, !self.isDrained, self.endingSessions.isEmpty else { return }
        self.isDrained = true
        self.parts.drained(self.parts.index)
    }
}
