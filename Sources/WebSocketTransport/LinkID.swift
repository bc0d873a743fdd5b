/// The name of one link on one loop: a slot of its table, and which tenant of the slot is meant.
///
/// A plain number for cores and for libwebsockets: a stale one finds another generation and is ignored.
package struct LinkID: Hashable, Sendable {
    /// Index into the loop's table.
    package let slot: UInt32

    /// Counts the tenants of the slot from 1; 0 names no link.
    package let generation: UInt32

    /// Names no link.
    static let none = LinkID(slot: 0, generation: 0)

    package init(slot: UInt32, generation: UInt32) {
        self.slot = slot
        self.generation = generation
    }

    /// Both halves in one word, as kept in a connection of libwebsockets. Never 0 for a real link.
    var word: UInt64 { UInt64(self.generation) << 32 | UInt64(self.slot) }

    init(word: UInt64) {
        self.slot = UInt32(truncatingIfNeeded: word)
        self.generation = UInt32(truncatingIfNeeded: word >> 32)
    }
}

extension LinkID: CustomStringConvertible {
    package var description: String { "\(self.slot).\(self.generation)" }
}
