/// Bytes on their way to becoming a frame: one owner, growing, with room in front for a WebSocket header.
///
/// The transport assembles a message straight into one of these, so that a whole frame becomes a `SharedFrame` without
/// another copy. Owned by one service loop until it is given away by `SharedFrame.init(adopting:)`.
@safe package struct FrameBuffer: ~Copyable {
    /// Bytes kept free in front: the longest header of an unmasked WebSocket message (RFC 6455, 5.2).
    package static let headroom = 10

    /// `headroom + capacity` bytes, which go with this value or with the `SharedFrame` that adopts it.
    private var memory: FrameMemory
    private var storage: UnsafeMutableRawPointer
    private var capacity: Int

    /// The number of bytes appended so far.
    package private(set) var count: Int = 0

    /// Makes an empty buffer with room for `capacity` bytes; it grows when more are appended.
    package init(capacity: Int) {
        self.capacity = Swift.max(capacity, 16)
        self.memory = FrameMemory.make(byteCount: Self.headroom + self.capacity)
        unsafe self.storage = self.memory.start
    }

    /// Appends a copy of `bytes`. The caller has checked the sum against its limit.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        self.reserve(self.count + bytes.count)
        if let source = bytes.baseAddress, bytes.count > 0 {
            unsafe (self.storage + Self.headroom + self.count).copyMemory(from: source, byteCount: bytes.count)
        }
        self.count += bytes.count
    }

    /// Appends a copy of `bytes`.
    package mutating func append(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe self.append($0) }
    }

    /// Makes room for `total` bytes in all, at least doubling, so that appending stays linear.
    package mutating func reserve(_ total: Int) {
        guard total > self.capacity else { return }
        let grown = Swift.max(total, self.capacity * 2)
        let larger = FrameMemory.make(byteCount: Self.headroom + grown)
        unsafe larger.start.copyMemory(from: self.storage, byteCount: Self.headroom + self.count)
        self.memory = larger
        unsafe self.storage = larger.start
        self.capacity = grown
    }

    /// Reads the bytes appended so far. The pointer is valid only inside `body`.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        unsafe try body(UnsafeRawBufferPointer(start: self.storage + Self.headroom, count: self.count))
    }

    /// Gives the memory away.
    consuming func release() -> (memory: FrameMemory, count: Int) { (self.memory, self.count) }
}

/// The bytes of one frame behind an object's head: so they come from the allocator's short way, which Swift's raw
/// allocations of whatever alignment do not (`posix_memalign`, glibc 2.36).
// Not `Sendable` by itself: `SharedFrame` says why it may be shared.
@safe final class FrameMemory: ManagedBuffer<Void, UInt8> {
    static func make(byteCount: Int) -> FrameMemory {
        // Proof: `create` makes an object of the class that it is called on.
        unsafe unsafeDowncast(FrameMemory.create(minimumCapacity: byteCount) { _ in () }, to: FrameMemory.self)
    }

    /// The first byte; good for as long as the object is.
    var start: UnsafeMutableRawPointer {
        unsafe self.withUnsafeMutablePointerToElements { UnsafeMutableRawPointer($0) }
    }
}
