internal import RelayCore
internal import WebSocketTransport
internal import Wire

/// A rep who looks round the page: the shopper's script is asked for the part that the rep looks at.
extension Relay {
    /// A rep asks for a part of the page. Only who holds a seat may; what comes too soon after the one before is
    /// dropped, for the rep asks again. What the seat then sees are frames, on record like all others.
    func looked(_ look: Look, at number: UInt32, _ state: LinkState, now: Instant) {
        guard let place = state.heldSeats.firstIndex(where: { $0.outlet.number == number }) else { return }
        if let before = state.heldSeats[place].lookedAt, now < before + RuntimeLimits.lookIntervalMin { return }
        state.heldSeats[place].lookedAt = now
        switch state.heldSeats[place].outlet {
        case let entry as SessionEntry: self.lookWanted(look, entry, now: now)
        case let entry as MirrorEntry:
            self.send(.lookWanted(session: entry.number, look), to: entry.remote.loop, now: now)
        default: return
        }
    }

    /// Tells the shopper, while the shopper is there; captures stay within the consent and the policy of the script.
    func lookWanted(_ look: Look, _ entry: SessionEntry, now: Instant) {
        guard !entry.core.isEnded, entry.watchTold == true else { return }
        self.tellShopper(entry, .look, look.body(), now: now)
    }
}
