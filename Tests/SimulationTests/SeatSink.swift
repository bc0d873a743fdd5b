import RelayCore
import Wire

/// The last gathering that a simulated loop keeps for its other seats, as the transport's gather area does. Owned by
/// its simulation.
final class BlockShelf {
    struct Held {
        let serial: UInt64
        let kind: FrameKind
        let byteCount: Int
    }

    fileprivate var name: UInt64 = 0
    fileprivate var frames: [Held] = []
    /// Gatherings handed to another seat than the one they were made for.
    fileprivate(set) var uses = 0
}

/// Hands a gathering to a simulated seat.
struct SeatSink: FrameSink {
    private let seat: SimulatedSeat
    private let shelf: BlockShelf
    private var framesLeft: Int

    init(_ seat: SimulatedSeat, _ shelf: BlockShelf) {
        self.seat = seat
        self.shelf = shelf
        self.framesLeft = seat.framesPerGathering
    }

    mutating func beginBlock() { self.shelf.frames.removeAll(keepingCapacity: true) }

    mutating func endBlock() -> UInt64 {
        self.shelf.name += 1
        return self.shelf.frames.isEmpty ? 0 : self.shelf.name
    }

    mutating func append(block: UInt64) -> Bool {
        let frames = self.shelf.frames
        guard block == self.shelf.name, self.seat.canTake, frames.count <= self.framesLeft else { return false }
        self.framesLeft -= frames.count
        for frame in frames { self.seat.take(frame.serial, frame.kind, byteCount: frame.byteCount) }
        self.shelf.uses += 1
        return true
    }

    mutating func append(_ frame: SharedFrame) -> Bool {
        guard self.seat.canTake, self.framesLeft > 0 else { return false }
        self.framesLeft -= 1
        let (kind, serial) = unsafe frame.withBytes { bytes in
            unsafe (bytes[1], bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
        }
        guard let known = FrameKind(rawValue: kind) else { return false }
        let held = BlockShelf.Held(
            serial: UInt64(littleEndian: serial), kind: known, byteCount: frame.messageByteCount)
        self.shelf.frames.append(held)
        self.seat.take(held.serial, held.kind, byteCount: held.byteCount)
        return true
    }
}
