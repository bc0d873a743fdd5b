package import Wire

/// A seat's name inside its session, chosen by the runtime and never reused in the session.
package struct SeatID: Hashable, Sendable {
    package var number: UInt32

    package init(_ number: UInt32) {
        self.number = number
    }
}

/// What a session wants done. Performed by the runtime after the session's method has returned.
package enum SessionAction: Equatable, Sendable {
    /// Frames are due: gather for the seats at the end of this turn.
    case wake
    /// Ask the shopper's script for a keyframe.
    case requestKeyframe
    /// Tell the shopper that its talk frames up to this one are safe.
    case acknowledge(talk: UInt32)
    /// Tell the shopper whether anyone watches: the seats changed.
    case watch(on: Bool)
    /// Tell every seat that the shopper is there or away.
    case presence(SessionState)
    /// Write the shopper's decision into the audit log; answer with `consentDurable` when `given` is on disk.
    case recordConsent(Consent)
    /// The frame just received is frame `index` of the session: the audit log hashes it.
    case recordFrame(index: UInt64)
    /// These frames were handed to the seat since the last such record.
    case recordSent(SeatID, [ClosedRange<UInt64>])
    /// Close the shopper's link.
    case closeShopper(CloseCode)
    /// Close or vacate one seat; it has left the session already.
    case closeSeat(SeatID, CloseCode)
    /// The session is over: tell seats and shopper, record it, forget it.
    case ended(EndReason)
}

/// Actions in the order in which they are to be performed; reused from turn to turn by its owner.
package struct Outbox: Equatable, Sendable {
    package private(set) var actions: [SessionAction] = []

    package init() {}

    package mutating func append(_ action: SessionAction) {
        self.actions.append(action)
    }

    /// Empties the outbox and keeps its memory.
    package mutating func removeAll() {
        // One by one: there are one or two, and to remove all at once is a way through the runtime's tables.
        while self.actions.popLast() != nil {}
    }
}

/// Takes the frames that are due for a seat. The reference is good only inside `append`.
package protocol FrameSink: ~Copyable {
    /// False: not taken, because the link takes no more now; the seat keeps its place.
    mutating func append(_ frame: SharedFrame) -> Bool

    /// What is appended from here up to `endBlock` is likely to be due for other seats as well.
    mutating func beginBlock()

    /// The name under which what was appended since `beginBlock` can be had again in this turn; 0: it was not kept.
    mutating func endBlock() -> UInt64

    /// Takes again, whole, what was kept under this name. False: nothing was taken, hand the frames over one by one.
    mutating func append(block: UInt64) -> Bool
}

/// A sink need not keep anything.
extension FrameSink where Self: ~Copyable {
    package mutating func beginBlock() {}
    package mutating func endBlock() -> UInt64 { 0 }
    package mutating func append(block: UInt64) -> Bool { false }
}
