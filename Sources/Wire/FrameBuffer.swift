/// Bytes on their way to becoming a frame: one owner, growing, with room in front for a WebSocket header.
///
/// The transport assembles a message straight into one of these, so that a whole frame becomes a `SharedFrame` without
/// another copy. Owned by one service loop until it is given away by `SharedFrame.init(adopting:)`.
@safe package struct FrameBuffer: ~Copyable {
    /// Bytes kept free in front: the longest header of an unmasked WebSocket message (RFC 6455, 5.2).
    package static let headroom = 10

    /// `headroom + capacity` bytes, allocated by this value and freed by it or by the `SharedFrame` that adopts it.
    private var storage: UnsafeMutableRawPointer
    private var capacity: Int

    /// The number of bytes appended so far.
    package private(set) var count: Int = 0

    /// Makes an empty buffer with room for `capacity` bytes; it grows when more are appended.
    package init(capacity: Int) {
        self.capacity = Swift.max(capacity, 16)
        unsafe self.storage = UnsafeMutableRawPointer.allocate(
            byteCount: Self.headroom + self.capacity, alignment: 16)
    }

    deinit {
        unsafe self.storage.deallocate()
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
        let larger = UnsafeMutableRawPointer.allocate(byteCount: Self.headroom + grown, alignment: 16)
        unsafe larger.copyMemory(from: self.storage, byteCount: Self.headroom + self.count)
        unsafe self.storage.deallocate()
        unsafe self.storage = unsafe larger
        self.capacity = grown
    }

    /// Reads the bytes appended so far. The pointer is valid only inside `body`.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        unsafe try body(UnsafeRawBufferPointer(start: self.storage + Self.headroom, count: self.count))
    }

    /// Gives the storage away: the caller frees it.
    consuming func release() -> (storage: UnsafeMutableRawPointer, count: Int) {
        let result = unsafe (storage: self.storage, count: self.count)
        discard self
        return unsafe result
    }
}
