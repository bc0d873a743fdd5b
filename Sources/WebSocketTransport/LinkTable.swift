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

    let id: LinkID
    let peer: PeerAddress
    let isSecure: Bool

    /// We dialled it: what we send must be masked (RFC 6455, 5.3).
    let isDialled: Bool

    var phase: Phase

    /// Counted in the ledger as a connection whose handshake is not over.
    var isStarting = false

    /// libwebsockets' object; valid from `linkOpened` to `linkClosed`.
    var connection: OpaquePointer?

    /// The descriptor to send on past libwebsockets, or -1: TLS is spoken, or the link is not open yet.
    var socket: Int32 = -1

    /// Facts between the handler's yes and the end of the handshake.
    var facts: RequestFacts?

    /// The message that is being put together.
    var assembly: FrameBuffer?

    /// The bytes in `assembly`. Kept beside it because Swift 6.3.1 reads `assembly?.count` of a non-copyable optional
    /// without looking whether it is nil.
    var assembledCount = 0
    var fragmentCount = 0
    /// When the first piece of `assembly` came.
    var assembledSince: UInt64?

    /// Bytes read when they were last counted; those of messages and the longest headers of their frames since then;
    /// the rest, which is control frames, less what is allowed (`LinkLoop+Floods`).
    var readBytes: UInt64 = 0
    var messageBytes: UInt64 = 0
    var controlBytes: UInt64 = 0
    var countedAt: UInt64 = 0

    var messageBytesMax: Int
    var oversizeCloseCode: UInt16

    /// The socket did not take all of the last write.
    var behindSince: UInt64?
    var wantsWritable = false

    var heardAt: UInt64 = 0
    var pingedAt: UInt64?
    /// This link's own share of `pingInterval`, at random.
    var pingAfter: UInt64 = 0

    var response: PendingResponse?

    init(id: LinkID, peer: PeerAddress, isSecure: Bool, phase: Phase, isDialled: Bool, limits: TransportLimits) {
        self.id = id
        self.peer = peer
        self.isSecure = isSecure
        self.phase = phase
        self.isDialled = isDialled
        self.messageBytesMax = limits.messageBytesMax
        self.oversizeCloseCode = limits.oversizeCloseCode
    }

    var isOpen: Bool {
        if case .open = self.phase { return true }
        return false
    }
}

/// The connections of one loop by slot. A stale `LinkID` finds another generation, or nothing.
struct LinkTable {
    private var slots: [Link?] = []
    private var generations: [UInt32] = []
    private var free: [UInt32] = []

    /// Connections now, handshakes included.
    private(set) var count = 0

    /// Slots that were ever used: the bound for `link(atSlot:)`.
    var slotCount: Int { self.slots.count }

    /// Makes a link in a free slot.
    mutating func insert(_ make: (LinkID) -> Link) -> Link {
        let slot: UInt32
        if let reused = self.free.popLast() {
            slot = reused
        } else {
            slot = UInt32(self.slots.count)
            self.slots.append(nil)
            self.generations.append(1)
        }
        let link = make(LinkID(slot: slot, generation: self.generations[Int(slot)]))
        self.slots[Int(slot)] = link
        self.count += 1
        return link
    }

    subscript(_ id: LinkID) -> Link? {
        guard Int(id.slot) < self.slots.count, self.generations[Int(id.slot)] == id.generation else { return nil }
        return self.slots[Int(id.slot)]
    }

    func link(atSlot slot: Int) -> Link? { self.slots[slot] }

    /// Frees the slot for the next generation; 0 is skipped when the count wraps.
    mutating func remove(_ id: LinkID) {
        guard self[id] != nil else { return }
        let slot = Int(id.slot)
        self.slots[slot] = nil
        self.generations[slot] = self.generations[slot] == .max ? 1 : self.generations[slot] + 1
        self.free.append(id.slot)
        self.count -= 1
    }
}
