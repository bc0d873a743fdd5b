import Wire

/// One connection of a loop, from accepting or dialling to its last callback. Owned by the loop's thread.
@safe final class Link {
    /// What the connection is at. Only `open` sends and receives messages.
    enum Phase {
        case handshaking
        /// The handshake was checked; the handler is asked next.
        case upgrading
        case answering
        case dialing
        case open
        /// We close with this: the close frame goes out as soon as the socket takes it, then the peer answers.
        case closing(LinkClose, since: UInt64, isSent: Bool)
        /// The peer closed with this; libwebsockets echoes it.
        case peerClosing(LinkClose, since: UInt64)
        /// Cut off: the socket was shut down and its last callback is on the way.
        case cut(LinkClose)
        case ended
    }

    // What every write and every message looks at comes first, so that it lies together.

    let id: LinkID

    /// libwebsockets' object; valid from `linkOpened` to `linkClosed`.
    var connection: OpaquePointer?

    /// The descriptor to send on past libwebsockets, or -1: TLS is spoken, or the link is not open yet.
    var socket: Int32 = -1

    /// We dialled it: what we send must be masked (RFC 6455, 5.3).
    let isDialled: Bool

    /// `phase` is `open`.
    private(set) var isOpen = false

    /// Calls under way that hold this link by nothing but the table's reference (`LinkTable.with`).
    var borrowCount: Int32 = 0

    /// The socket did not take all of the last write.
    var behindSince: UInt64?
    var wantsWritable = false

    /// Its last piece was large, and its socket is read once more at the end of the turn.
    var isReadingOn = false

    var heardAt: UInt64 = 0
    var pingedAt: UInt64?

    /// The bytes in `assembly`. Kept beside it because Swift 6.3.1 reads `assembly?.count` of a non-copyable optional
    /// without looking whether it is nil.
    var assembledCount = 0
    var messageBytesMax: Int
    var messageBytes: UInt64 = 0
    var fragmentCount = 0

    let peer: PeerAddress
    let isSecure: Bool

    var phase: Phase {
        didSet { self.isOpen = Self.isOpen(self.phase) }
    }

    /// Pongs that nobody asked for, since they were last counted.
    var unaskedPongs: UInt16 = 0

    /// What came after we closed, each piece at no less than `latePieceBytesMin`.
    var lateBytes: UInt32 = 0

    /// Counted in the ledger as a connection whose handshake is not over.
    var isStarting = false

    /// Facts between the handler's yes and the end of the handshake; elsewhere, for a link lives much longer.
    var facts: KeptFacts?

    /// The message that is being put together.
    var assembly: FrameBuffer?

    /// When the first piece of `assembly` came.
    var assembledSince: UInt64?

    /// Bytes read when they were last counted; those of messages and the longest headers of their frames since then;
    /// the rest, which is control frames, less what is allowed (`LinkLoop+Floods`).
    var readBytes: UInt64 = 0
    var controlBytes: UInt64 = 0
    var countedAt: UInt64 = 0

    var oversizeCloseCode: UInt16

    /// This link's own share of `pingInterval`, at random.
    var pingAfter: UInt64 = 0

    var response: PendingResponse?

    init(id: LinkID, peer: PeerAddress, isSecure: Bool, phase: Phase, isDialled: Bool, limits: TransportLimits) {
        self.id = id
        self.peer = peer
        self.isSecure = isSecure
        self.phase = phase
        self.isOpen = Self.isOpen(phase)
        self.isDialled = isDialled
        self.messageBytesMax = limits.messageBytesMax
        self.oversizeCloseCode = limits.oversizeCloseCode
    }

    private static func isOpen(_ phase: Phase) -> Bool {
        if case .open = phase { return true }
        return false
    }
}

/// The facts of a request until its link is open.
final class KeptFacts {
    let facts: RequestFacts

    init(_ facts: RequestFacts) { self.facts = facts }
}

/// The connections of one loop by slot. A stale `LinkID` finds another generation, or nothing.
///
/// A class of plain words, confined to the loop's thread: looking a link up neither counts a reference nor checks an
/// access, for there is one look-up a message and one a write.
@safe final class LinkTable {
    /// The table's own reference, counted by `insert` and given back by `remove` and `deinit`.
    @safe private struct Slot {
        var link: Unmanaged<Link>?
        var generation: UInt32 = 1
    }

    private var slots = UnsafeMutablePointer<Slot>.allocate(capacity: 64)
    private var capacity = 64
    private var free: [UInt32] = []

    /// Connections now, handshakes included.
    private(set) var count = 0

    /// Slots that were ever used: the bound for `link(atSlot:)`.
    private(set) var slotCount = 0

    deinit {
        for slot in 0..<self.slotCount { unsafe self.slots[slot].link?.release() }
        unsafe self.slots.deallocate()
    }

    /// Makes a link in a free slot.
    func insert(_ make: (LinkID) -> Link) -> Link {
        let slot = self.free.popLast().map { Int($0) } ?? self.addSlot()
        let link = make(LinkID(slot: UInt32(slot), generation: unsafe self.slots[slot].generation))
        unsafe self.slots[slot].link = .passRetained(link)
        self.count += 1
        return link
    }

    private func addSlot() -> Int {
        if self.slotCount == self.capacity {
            let larger = UnsafeMutablePointer<Slot>.allocate(capacity: self.capacity * 2)
            unsafe larger.moveInitialize(from: self.slots, count: self.slotCount)
            unsafe self.slots.deallocate()
            unsafe self.slots = larger
            self.capacity *= 2
        }
        unsafe (self.slots + self.slotCount).initialize(to: Slot())
        self.slotCount += 1
        return self.slotCount - 1
    }

    subscript(_ id: LinkID) -> Link? { unsafe self.find(id)?.takeUnretainedValue() }

    func link(atSlot slot: Int) -> Link? {
        precondition(slot < self.slotCount, "a slot that was never used")
        return unsafe self.slots[slot].link?.takeUnretainedValue()
    }

    /// Hands the link to `body` without counting a reference; nil when the name is stale. `remove` traps while `body`
    /// runs: libwebsockets forgets a connection only in a callback of its own, never inside one of our calls.
    func with<Result>(_ id: LinkID, _ body: (Link) -> Result) -> Result? {
        guard let link = unsafe self.find(id) else { return nil }
        // Proof: the slot's reference stays, because `remove` refuses while `borrowCount` is not 0.
        return unsafe link._withUnsafeGuaranteedRef { link in
            link.borrowCount += 1
            defer { link.borrowCount -= 1 }
            return body(link)
        }
    }

    private func find(_ id: LinkID) -> Unmanaged<Link>? {
        let slot = Int(id.slot)
        guard slot < self.slotCount, unsafe self.slots[slot].generation == id.generation else { return nil }
        return unsafe self.slots[slot].link
    }

    /// Frees the slot for the next generation; 0 is skipped when the count wraps.
    func remove(_ id: LinkID) {
        guard let link = self[id] else { return }
        precondition(link.borrowCount == 0, "a link was forgotten inside a call that uses it")
        let slot = Int(id.slot)
        let generation = unsafe self.slots[slot].generation
        // Balances `insert`.
        unsafe self.slots[slot].link?.release()
        unsafe self.slots[slot] = Slot(link: nil, generation: generation == .max ? 1 : generation + 1)
        self.free.append(id.slot)
        self.count -= 1
    }
}
