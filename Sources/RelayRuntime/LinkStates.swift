internal import WebSocketTransport

/// The links of one loop by their slots: found by comparing one number, for there is one search a message.
///
/// As large as the most links that were open at once. Confined to the loop's thread.
struct LinkStates {
    private var slots: [LinkState?] = []

    /// The links, in the order of their slots.
    var values: [LinkState] { self.slots.compactMap(\.self) }

    /// The link of this name; nil when it is not here, or another has its slot by now.
    subscript(_ link: LinkID) -> LinkState? {
        let slot = Int(link.slot)
        guard slot < self.slots.count, let state = self.slots[slot], state.id == link else { return nil }
        return state
    }

    /// Adds a link that has just opened.
    mutating func insert(_ state: LinkState) {
        let slot = Int(state.id.slot)
        while self.slots.count <= slot { self.slots.append(nil) }
        self.slots[slot] = state
    }

    /// Takes a link out; nil when it is not here.
    mutating func remove(_ link: LinkID) -> LinkState? {
        guard let state = self[link] else { return nil }
        self.slots[Int(link.slot)] = nil
        return state
    }
}
