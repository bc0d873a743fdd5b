internal import AuditCore
internal import AuditStore
internal import RelayCore
internal import WebSocketTransport
internal import Wire

/// What a rep asks of the shopper's page, another tab or a finer picture, and what became of it.
extension Relay {
    /// A rep asks. Only who holds a seat may, so often as the limit allows, and never what could not be put on record.
    func asked(_ ask: Ask, at number: UInt32, _ state: LinkState, now: Instant) {
        guard let place = state.heldSeats.firstIndex(where: { $0.outlet.number == number }) else { return }
        let held = state.heldSeats[place]
        guard self.auditFailure == nil, self.parts.audit.state.allowsNewSessions else {
            return self.refuseWish(
                self.name(state.id), .ask, held.outlet.id, .audit, "\(CloseCode.auditUnavailable.sentence)", now: now)
        }
        state.heldSeats[place].asks.removeAll { $0 + .seconds(60) <= now }
        guard state.heldSeats[place].asks.count < self.limits.asksPerMinuteMax else {
            return self.refuseWish(
                self.name(state.id), .ask, held.outlet.id, .capacity, "You ask too often; wait a minute.", now: now)
        }
        state.heldSeats[place].asks.append(now)
        switch held.outlet {
        case let entry as SessionEntry: self.askWanted(ask, held.seat, self.name(state.id), entry, now: now)
        case let entry as MirrorEntry:
            self.send(
                .askWanted(session: entry.number, held.seat.number, state.id, ask), to: entry.remote.loop, now: now)
        default: return
        }
    }

    /// Asks the shopper's script, while it is there and watched.
    func askWanted(_ ask: Ask, _ seat: SeatID, _ name: LinkName, _ entry: SessionEntry, now: Instant) {
        guard !entry.core.isEnded, entry.shopper != nil, entry.watchTold == true,
            let holder = entry.holders.first(where: { $0.seat == seat && $0.link == name })
        else { return }
        let what: String
        switch ask.thing {
        case .tab:
            what = "tab"
            self.lapseAsk(entry, now: now)
            entry.openAsk = entry.askCount + 1
        case .picture: what = "picture"
        }
        entry.askCount += 1
        self.record(
            .repAsked(seat: Int(seat.number), ask: UInt64(entry.askCount), what: what), by: self.actor(holder.rep),
            entry)
        let told = Ask(ask.thing, number: entry.askCount, rep: holder.rep.name)
        self.tellShopper(entry, .ask, told.body(), now: now)
    }

    /// Nothing came of the open ask, if there is one: a newer one takes its place, or its page is gone.
    func lapseAsk(_ entry: SessionEntry, now: Instant) {
        self.answered(Answer(ask: entry.openAsk, word: .lapsed), entry, now: now)
    }

    /// What became of the open ask; an answer to any other comes too late or of nothing.
    func answered(_ answer: Answer, _ entry: SessionEntry, now: Instant) {
        guard !entry.core.isEnded, answer.ask > 0, answer.ask == entry.openAsk else { return }
        entry.openAsk = 0
        self.record(.askAnswered(ask: UInt64(answer.ask), answer: answer.word.rawValue), by: .shopper(), entry)
        let body = answer.body()
        for holder in entry.holders where !holder.isLost {
            self.tell(holder.link, .answer, session: entry.core.number, body, now: now)
        }
    }
}
