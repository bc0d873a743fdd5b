internal import WebSocketTransport

/// The links of one loop by their slots: found by comparing one number, for there is one search a message.
///
/// As large as the most links that were open at once. Confined to the loop's thread. A class of plain words: a search
/// neither counts a reference nor checks an access.
@safe final class LinkStates {
    /// Each filled slot holds one reference: counted by `insert`, handed on by `remove`, given back by `deinit`.
    private var slots = UnsafeMutablePointer<Unmanaged<LinkState>?>.allocate(capacity: 64)
    private var capacity = 64

    init() {
        unsafe self.slots.initialize(repeating: nil, count: self.capacity)
    }

    deinit {
        for slot in 0..<self.capacity { unsafe self.slots[slot]?.release() }
        unsafe self.slots.deallocate()
    }

    /// The links, in the order of their slots.
    var values: [LinkState] { (0..<self.capacity).compactMap { unsafe self.slots[$0]?.takeUnretainedValue() } }

    /// The link of this name; nil when it is not here, or another has its slot by now.
    subscript(_ link: LinkID) -> LinkState? {
        let slot = Int(link.slot)
        guard slot < self.capacity, let state = unsafe self.slots[slot]?.takeUnretainedValue(), state.id == link
        else { return nil }
        return state
    }

    /// Adds a link that has just opened.
    func insert(_ state: LinkState) {
        let slot = Int(state.id.slot)
        while self.capacity <= slot { self.grow() }
        unsafe self.slots[slot]?.release()
        unsafe self.slots[slot] = .passRetained(state)
    }

    /// Takes a link out; nil when it is not here.
    func remove(_ link: LinkID) -> LinkState? {
        guard self[link] != nil else { return nil }
        let slot = Int(link.slot)
        let state = unsafe self.slots[slot]?.takeRetainedValue()
        unsafe self.slots[slot] = nil
        return state
    }

    private func grow() {
        let larger = UnsafeMutablePointer<Unmanaged<LinkState>?>.allocate(capacity: self.capacity * 2)
        unsafe larger.moveInitialize(from: self.slots, count: self.capacity)
        unsafe (larger + self.capacity).initialize(repeating: nil, count: self.capacity)
        unsafe self.slots.deallocate()
        unsafe self.slots = larger
        self.capacity *= 2
    }
}
