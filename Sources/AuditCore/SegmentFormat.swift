/// Segments of the write-ahead log as bytes: `u32 length | u32 crc32c | u64 place | record`, little-endian, then zeros.
///
/// `place` is the record's index in bits 0-62; bit 63 is set on the first record of each write, which was made only
/// after all earlier ones were durable. The checksum covers `place` and the record.
package enum SegmentFormat {
    static let firstOfWrite: UInt64 = 1 << 63

    /// `<first index, 20 digits>.seg`.
    package static func name(firstIndex: UInt64) -> String {
        let digits = String(firstIndex)
        return String(repeating: "0", count: 20 - digits.count) + digits + ".seg"
    }

    /// The first index that `name` says, or nil if it is not a segment's name.
    package static func firstIndex(ofName name: String) -> UInt64? {
        guard name.utf8.count == 24, name.hasSuffix(".seg"), let index = UInt64(name.dropLast(4)),
            index < Self.firstOfWrite, Self.name(firstIndex: index) == name
        else { return nil }
        return index
    }

    /// How many bytes a record of `byteCount` bytes takes in a segment.
    package static func frameBytes(_ byteCount: Int) -> Int { AuditLimits.frameHeaderBytes + byteCount }

    /// Appends a frame for `record` to `bytes`.
    package static func append(
        _ record: ArraySlice<UInt8>, index: UInt64, beginsWrite: Bool, to bytes: inout [UInt8]
    ) {
        let start = bytes.count
        Self.append(UInt64(record.count), bytes: 4, to: &bytes)
        Self.append(0, bytes: 4, to: &bytes)
        Self.append(beginsWrite ? index | Self.firstOfWrite : index, bytes: 8, to: &bytes)
        bytes.append(contentsOf: record)
        let checksum = CRC32C.checksum(bytes[(start + 8)...])
        for byte in 0..<4 { bytes[start + 4 + byte] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * byte)) }
    }

    /// The record of the good frame at `offset` and its index, or what is wrong there.
    package static func record(
        _ bytes: [UInt8], at offset: Int
    ) -> Result<(index: UInt64, record: ArraySlice<UInt8>), SegmentFault> {
        SegmentScan.frame(bytes, at: offset).map { ($0.index, $0.record) }
    }

    private static func append(_ value: UInt64, bytes count: Int, to bytes: inout [UInt8]) {
        for byte in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * byte))) }
    }
}

/// What is wrong at a place of a segment.
package enum SegmentFault: String, Error, CaseIterable, Sendable {
    /// Fewer bytes than a frame's header are left, and they are not zeros.
    case header = "not a whole frame header"
    /// A length of 0 or above 16 KiB.
    case length = "impossible length"
    /// The frame would go on beyond the end of the file.
    case cut = "frame goes beyond the end of the file"
    /// The checksum differs.
    case checksum = "checksum differs"
    /// The index is not the next one.
    case index = "index is not the next one"
    /// Zeros or other bytes after the last frame of a segment that is not the last.
    case trailing = "bytes after the last frame of a finished segment"
}

/// One pass over a segment's bytes.
package struct SegmentScan: Equatable, Sendable {
    /// How the segment ends.
    package enum Ending: Equatable, Sendable {
        /// Whole; only preallocated zeros may follow.
        case whole
        /// The last write did not reach the disk whole: `bytes` bytes from the end of the last good frame are to be
        /// cut.
        case torn(SegmentFault, bytes: Int)
        /// Something that had been durable is not as it was.
        case damaged(SegmentFault)
    }

    /// Where the last good frame ends.
    package private(set) var end = 0
    /// The index after the last good frame's.
    package private(set) var next: UInt64
    /// How the segment ends.
    package private(set) var ending = Ending.whole

    /// Reads `bytes`, the whole file of the segment that begins with record `firstIndex`, and gives each good record to
    /// `body` with its index and the offset of its frame. With `from`, reading begins at that offset, where the frame
    /// of record `firstIndex` stands.
    package init<Failure>(
        _ bytes: [UInt8], firstIndex: UInt64, from start: Int = 0, isLast: Bool,
        _ body: (UInt64, Int, ArraySlice<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        self.next = firstIndex
        self.end = start
        let used = Self.used(bytes)
        while self.end < used {
            switch Self.frame(bytes, at: self.end) {
            case .success(let frame) where frame.index == self.next:
                try body(frame.index, self.end, frame.record)
                self.end = frame.record.endIndex
                self.next += 1
            case .success:
                self.ending = self.ending(.index, bytes, used: used, isLast: isLast)
                return
            case .failure(let fault):
                self.ending = self.ending(fault, bytes, used: used, isLast: isLast)
                return
            }
        }
        if !isLast, self.end < bytes.count { self.ending = .damaged(.trailing) }
    }

    /// Where only zeros follow. By words: a segment has megabytes of them.
    private static func used(_ bytes: [UInt8]) -> Int {
        var used = bytes.count
        unsafe bytes.withUnsafeBytes { raw in
            // In bounds: eight bytes before `used` are read, and there are at least eight.
            while used >= 8, unsafe raw.loadUnaligned(fromByteOffset: used - 8, as: UInt64.self) == 0 { used -= 8 }
        }
        while used > 0, bytes[used - 1] == 0 { used -= 1 }
        return used
    }

    struct Frame {
        let index: UInt64
        let beginsWrite: Bool
        let record: ArraySlice<UInt8>
    }

    /// A fault in the last write of the last segment is a torn tail: nothing in it was ever reported durable, or it is
    /// its own proof of having been cut. A later write proves that this one had been durable.
    private func ending(_ fault: SegmentFault, _ bytes: [UInt8], used: Int, isLast: Bool) -> Ending {
        guard isLast, used - self.end <= AuditLimits.batchBytesMax, !self.aLaterWriteFollows(bytes, used: used) else {
            return .damaged(fault)
        }
        return .torn(fault, bytes: used - self.end)
    }

    private func aLaterWriteFollows(_ bytes: [UInt8], used: Int) -> Bool {
        guard self.end + 1 < used else { return false }
        return (self.end + 1..<used).contains { at in
            guard case .success(let frame) = Self.frame(bytes, at: at) else { return false }
            return frame.beginsWrite && frame.index > self.next
        }
    }

    static func frame(_ bytes: [UInt8], at offset: Int) -> Result<Frame, SegmentFault> {
        let recordStart = offset + AuditLimits.frameHeaderBytes
        guard recordStart <= bytes.count else { return .failure(.header) }
        let length = Int(Self.number(bytes[offset..<offset + 4]))
        guard (1...AuditLimits.recordBytesMax).contains(length) else { return .failure(.length) }
        guard length <= bytes.count - recordStart else { return .failure(.cut) }
        let end = recordStart + length
        guard Self.number(bytes[offset + 4..<offset + 8]) == UInt64(CRC32C.checksum(bytes[offset + 8..<end])) else {
            return .failure(.checksum)
        }
        let place = Self.number(bytes[offset + 8..<recordStart])
        return .success(
            Frame(
                index: place & ~SegmentFormat.firstOfWrite, beginsWrite: place >= SegmentFormat.firstOfWrite,
                record: bytes[recordStart..<end]))
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
