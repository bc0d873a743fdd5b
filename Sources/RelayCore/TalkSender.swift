package import Wire

/// The sending half of a talk lane (`Protocol/talk.md`): frames are kept until they are acknowledged, and sent again,
/// with the same numbers, to a peer that comes back without them. With `TalkReceiver`'s rule at the other end nothing
/// is lost or doubled over any number of broken links.
///
/// Bounded: what does not fit is refused to the user before it has a number. Pure; owned by whoever owns the session.
package struct TalkSender: Sendable {
    /// A frame that the peer may not have.
    package struct Kept: Equatable, Sendable {
        package let sequence: UInt32
        package let kind: FrameKind
        package let body: [UInt8]
    }

    /// Not acknowledged, in order; the last has the number `sent`.
    package private(set) var kept: [Kept] = []
    /// The last number given.
    package private(set) var sent: UInt32 = 0
    private var keptByteCount = 0

    /// Nothing was said yet.
    package init() {}

    /// Numbers a frame and keeps it. Nil when too much waits for the peer: nothing happened.
    package mutating func send(_ kind: FrameKind, _ body: [UInt8]) -> Kept? {
        precondition(kind.lane == .talk && body.count <= WireLimits.talkBodyBytesMax, "a talk frame within its limit")
        guard self.kept.count < WireLimits.talkKeptCountMax, self.sent < .max,
            self.keptByteCount + body.count <= WireLimits.talkKeptBytesMax
        else { return nil }
        self.sent += 1
        let frame = Kept(sequence: self.sent, kind: kind, body: body)
        self.kept.append(frame)
        self.keptByteCount += body.count
        return frame
    }

    /// The peer has everything up to `sequence`, by an acknowledgement or by what it says when it is back: the rest is
    /// in `kept`, to be sent again when the link is new. False when so much was never sent: the peer's fault. An old
    /// number changes nothing.
    package mutating func acknowledged(_ sequence: UInt32) -> Bool {
        guard sequence <= self.sent else { return false }
        let done = self.kept.prefix { $0.sequence <= sequence }
        self.keptByteCount -= done.reduce(0) { $0 + $1.body.count }
        self.kept.removeFirst(done.count)
        return true
    }
}
