import Glibc
import Wire

/// What one write has gathered: stretches of bytes in the order in which they are sent, in the gather area or in a
/// large frame itself. Owned by its loop. They stay where they are when they have been sent, for a block of them may go
/// to other links in the same turn.
@safe final class GatheredStretches {
    /// One system call takes this many at least (POSIX: 16; Linux 1024).
    static let countMax = 64

    private let parts = UnsafeMutablePointer<iovec>.allocate(capacity: countMax)
    /// The large frames that stretches lie in: held until others are gathered or the turn is over.
    private var frames: [SharedFrame] = []
    private var holdsFrames = false
    private var isBroken = false

    /// Stretches that wait to be sent, and their bytes.
    private(set) var count = 0
    private(set) var byteCount = 0

    init() { unsafe self.parts.initialize(repeating: iovec(), count: Self.countMax) }

    deinit { unsafe self.parts.deallocate() }

    /// Whether another stretch of `bytes` has no room.
    func isFull(for bytes: Int, bytesMax: Int) -> Bool {
        self.count == Self.countMax || (self.count > 0 && self.byteCount + bytes > bytesMax)
    }

    /// Bytes in the gather area; what lies behind the last of them becomes one stretch with it.
    func append(_ start: UnsafeMutableRawPointer, count: Int) {
        self.byteCount += count
        let last = unsafe self.parts + (self.count - 1)
        if self.count > 0, !self.isBroken, unsafe last.pointee.iov_base + last.pointee.iov_len == start {
            unsafe last.pointee.iov_len += count
        } else {
            unsafe self.add(start, count)
        }
    }

    /// The message of a large frame, which is held.
    func append(_ frame: SharedFrame) {
        if self.count == 0 { self.releaseFrames() }
        self.frames.append(frame)
        self.holdsFrames = true
        self.byteCount += frame.messageByteCount
        unsafe frame.withMessage { message in
            // Only read from: `iovec` knows no difference.
            unsafe self.add(UnsafeMutableRawPointer(mutating: message.baseAddress), message.count)
        }
    }

    private func add(_ start: UnsafeMutableRawPointer?, _ count: Int) {
        precondition(self.count < Self.countMax, "no room for a stretch")
        unsafe self.parts[self.count] = unsafe iovec(iov_base: start, iov_len: count)
        self.count += 1
        self.isBroken = false
    }

    /// What comes next begins a stretch of its own.
    func breakHere() { self.isBroken = true }

    /// All have been sent; they can be read until the next is appended.
    func sent() {
        self.count = 0
        self.byteCount = 0
        self.isBroken = false
    }

    /// Stretches `places`, the last ones that were appended.
    func withParts<Result>(_ places: Range<Int>, _ body: (UnsafeBufferPointer<iovec>) -> Result) -> Result {
        precondition(places.lowerBound >= 0 && places.upperBound <= Self.countMax, "no stretches stand there")
        return unsafe body(UnsafeBufferPointer(start: self.parts + places.lowerBound, count: places.count))
    }

    /// The turn is over, or other stretches follow.
    func releaseFrames() {
        guard self.holdsFrames else { return }
        self.holdsFrames = false
        self.frames.removeAll(keepingCapacity: true)
    }
}
