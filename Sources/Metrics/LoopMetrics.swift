package import Wire

/// What one service loop has done since its start. Owned by the loop: recorded on its thread, without a lock or an
/// allocation for a frame or a write; another thread is given a copy. Copies of several loops add up.
package struct LoopMetrics: Sendable {
    /// Frames that shoppers and reps sent, and their bytes.
    package private(set) var framesReceived: UInt64 = 0
    package private(set) var bytesReceived: UInt64 = 0
    /// Frames of sessions handed to the kernel for seats, and their bytes on the wire.
    package private(set) var framesHandedOver: UInt64 = 0
    package private(set) var bytesHandedOver: UInt64 = 0
    /// Seats that were sent to a keyframe, for lagging or as they asked.
    package private(set) var resyncs: UInt64 = 0
    /// Keyframes asked of shoppers.
    package private(set) var keyframesRequested: UInt64 = 0
    /// Links that opened, and those that closed, by code.
    package private(set) var linksOpened: UInt64 = 0
    package private(set) var linksClosed: [UInt16: UInt64] = [:]
    /// Frames that were refused, by the code that their link was closed with.
    package private(set) var framesRefused: [CloseCode: UInt64] = [:]
    /// Sessions, seats and links of the loop when the copy was taken.
    package var sessions = 0
    package var seats = 0
    package var links = 0

    /// From a frame's arrival to its handing to the kernel, in nanoseconds: for all frames of a write that of its
    /// oldest.
    package private(set) var residence = Distribution(least: 1_000, greatest: 60_000_000_000)
    /// Frames and bytes of one write to one link.
    package private(set) var writeFrames = Distribution(least: 1, greatest: 65_536)
    package private(set) var writeBytes = Distribution(least: 16, greatest: 64 << 20)
    /// Bytes that a seat was behind when its link took no more.
    package private(set) var lag = Distribution(least: 16, greatest: 512 << 20)
    /// A turn of the loop, from its first event to the end of its writes, in nanoseconds.
    package private(set) var turn = Distribution(least: 1_000, greatest: 60_000_000_000)

    /// Nothing has happened.
    package init() {}

    /// So many writes gave the kernel so many frames of sessions each, the oldest of which arrived so long ago.
    package mutating func handedOver(frames: Int, bytes: Int, after nanoseconds: UInt64, writes: Int = 1) {
        let (frames, writes) = (UInt64(frames), UInt64(writes))
        self.framesHandedOver &+= frames &* writes
        self.bytesHandedOver &+= UInt64(bytes) &* writes
        self.residence.record(nanoseconds, count: frames &* writes)
        self.writeFrames.record(frames, count: writes)
        self.writeBytes.record(UInt64(bytes), count: writes)
    }

    /// A link takes no more while its seat is so many bytes behind.
    package mutating func blocked(bytesBehind: Int) { self.lag.record(UInt64(bytesBehind)) }

    /// A turn took so long; so many frames came in it, of so many bytes together.
    package mutating func turned(in nanoseconds: UInt64, frames: Int, bytes: Int) {
        self.framesReceived &+= UInt64(frames)
        self.bytesReceived &+= UInt64(bytes)
        self.turn.record(nanoseconds)
    }

    /// So many seats were sent to a keyframe.
    package mutating func resynced(_ count: Int) { self.resyncs &+= UInt64(count) }

    /// A keyframe was asked of a shopper.
    package mutating func keyframeRequested() { self.keyframesRequested += 1 }

    /// A link opened.
    package mutating func linkOpened() { self.linksOpened += 1 }

    /// A link closed with this code, or without one: 1006 (RFC 6455, 7.4.1).
    package mutating func linkClosed(_ code: UInt16) {
        // A peer chooses its code: what is in no table is counted as one.
        let isKnown = (1000...1015).contains(code) || CloseCode(rawValue: code) != nil
        self.linksClosed[isKnown ? code : 1006, default: 0] += 1
    }

    /// A frame was refused and its link is being closed with this code.
    package mutating func frameRefused(_ code: CloseCode) { self.framesRefused[code, default: 0] += 1 }

    /// Adds what another loop has done.
    package mutating func add(_ other: LoopMetrics) {
        self.framesReceived &+= other.framesReceived
        self.bytesReceived &+= other.bytesReceived
        self.framesHandedOver &+= other.framesHandedOver
        self.bytesHandedOver &+= other.bytesHandedOver
        self.resyncs &+= other.resyncs
        self.keyframesRequested &+= other.keyframesRequested
        self.linksOpened &+= other.linksOpened
        self.linksClosed.merge(other.linksClosed, uniquingKeysWith: +)
        self.framesRefused.merge(other.framesRefused, uniquingKeysWith: +)
        self.sessions += other.sessions
        self.seats += other.seats
        self.links += other.links
        self.residence.add(other.residence)
        self.writeFrames.add(other.writeFrames)
        self.writeBytes.add(other.writeBytes)
        self.lag.add(other.lag)
        self.turn.add(other.turn)
    }
}
