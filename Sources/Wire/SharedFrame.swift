/// One frame as it crossed the wire, shared by the ring, the seats and the audit queue.
///
/// The bytes never change after `init`, so any thread may read them. In front of them stands the header of an unmasked,
/// unfragmented binary WebSocket message (RFC 6455, 5.2), made once: the same bytes go to every seat.
// Sendable by hand: `memory` is written only before `init` returns.
@safe package final class SharedFrame: @unchecked Sendable {
    private let memory: FrameMemory
    /// The first byte of `memory`.
    private let storage: UnsafeMutableRawPointer
    private let messageOffset: Int

    /// The frame's own length: header and body, without the WebSocket header.
    package let byteCount: Int

    /// Takes over the storage of `buffer` without copying it.
    package init(adopting buffer: consuming FrameBuffer) {
        let (memory, count) = buffer.release()
        self.memory = memory
        unsafe self.storage = memory.start
        self.byteCount = count
        self.messageOffset = unsafe Self.writeMessageHeader(before: memory.start, count: count)
    }

    /// Copies `bytes` once.
    package convenience init(copying bytes: UnsafeRawBufferPointer) {
        var buffer = FrameBuffer(capacity: bytes.count)
        unsafe buffer.append(bytes)
        self.init(adopting: buffer)
    }

    /// Copies `bytes` once.
    package convenience init(_ bytes: [UInt8]) {
        var buffer = FrameBuffer(capacity: bytes.count)
        buffer.append(bytes)
        self.init(adopting: buffer)
    }

    /// The length of `withMessage`'s bytes: WebSocket header, frame header and body.
    package var messageByteCount: Int { FrameBuffer.headroom - self.messageOffset + self.byteCount }

    /// Reads the frame: its header and body. The pointer is valid only inside `body`.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        unsafe try body(UnsafeRawBufferPointer(start: self.storage + FrameBuffer.headroom, count: self.byteCount))
    }

    /// Reads the ready WebSocket message. The pointer is valid only inside `body`.
    package func withMessage<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        unsafe try body(
            UnsafeRawBufferPointer(start: self.storage + self.messageOffset, count: self.messageByteCount))
    }

    /// A copy of the frame's bytes, for tests and cold paths.
    package var array: [UInt8] { unsafe self.withBytes { unsafe Array($0) } }

    /// Writes FIN, opcode 2 and the shortest length form so that they end where the frame begins.
    /// Returns the offset of the first byte written.
    private static func writeMessageHeader(before storage: UnsafeMutableRawPointer, count: Int) -> Int {
        let binaryAndFinal: UInt8 = 0x82
        let lengthBytes = count < 126 ? 0 : count <= 0xFFFF ? 2 : 8
        let offset = FrameBuffer.headroom - 2 - lengthBytes
        unsafe storage.storeBytes(of: binaryAndFinal, toByteOffset: offset, as: UInt8.self)
        let short: UInt8 = lengthBytes == 0 ? UInt8(count) : lengthBytes == 2 ? 126 : 127
        unsafe storage.storeBytes(of: short, toByteOffset: offset + 1, as: UInt8.self)
        for index in 0..<lengthBytes {
            let shift = (lengthBytes - 1 - index) * 8
            unsafe storage.storeBytes(
                of: UInt8(truncatingIfNeeded: count >> shift), toByteOffset: offset + 2 + index, as: UInt8.self)
        }
        return offset
    }
}
