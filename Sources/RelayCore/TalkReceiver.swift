/// The receiving half of a talk lane (`Protocol/talk.md`): what has come, and how far it is safe.
///
/// Goes on over reconnects. Pure; owned by whoever owns the session.
struct TalkReceiver {
    /// Where a frame stands.
    enum Order {
        /// Acknowledged before: acknowledged again, otherwise ignored.
        case safe
        /// Received, and acknowledged once it is safe.
        case held
        case next
        case gap
    }

    /// The last sequence that arrived in order; what lies beyond `acknowledged` is not yet safe.
    private(set) var received: UInt32 = 0
    /// The last sequence that is safe.
    private(set) var acknowledged: UInt32 = 0

    func order(_ sequence: UInt32) -> Order {
        if sequence <= self.acknowledged { return .safe }
        if sequence <= self.received { return .held }
        return sequence - 1 == self.received ? .next : .gap
    }

    /// The next frame is taken. Any other is our own fault.
    mutating func take(_ sequence: UInt32) {
        precondition(self.order(sequence) == .next, "talk is taken in order")
        self.received = sequence
    }

    /// Everything that was taken is safe.
    mutating func allIsSafe() { self.acknowledged = self.received }
}
