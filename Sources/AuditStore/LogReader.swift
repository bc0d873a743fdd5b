package import AuditCore

/// Reads a whole log, segment by segment, without changing it. Safe beside a running writer.
package struct LogReader {
    /// One record and its place.
    package struct Place: Sendable {
        /// The segment's file name.
        package let file: String
        /// The index of the segment's first record.
        package let segment: UInt64
        /// The offset of its frame in the file.
        package let offset: Int
        /// Its index in the log.
        package let index: UInt64
    }

    /// Where reading may begin.
    package struct Start: Sendable {
        /// The index of the segment's first record.
        package let segment: UInt64
        /// An offset in it, at which a frame begins or nothing follows.
        package let offset: Int
        /// The index of that frame.
        package let next: UInt64

        /// Begins at `offset` of the segment that begins with record `segment`, where record `next` stands.
        package init(segment: UInt64, offset: Int, next: UInt64) {
            self.segment = segment
            self.offset = offset
            self.next = next
        }
    }

    /// A last write that did not reach the disk whole.
    package struct TornTail: Equatable, Sendable {
        /// The last segment's file name.
        package let file: String
        /// Where the last good frame ends.
        package let offset: Int
        /// How many bytes follow it.
        package let bytes: Int
        /// What is wrong with them.
        package let fault: SegmentFault
    }

    /// How a log ends.
    package struct End: Equatable, Sendable {
        /// The last segment's first index; nil if there is no segment.
        package var lastSegment: UInt64?
        /// Where the last good frame of the last segment ends.
        package var offset = 0
        /// The index that the next record will have.
        package var next: UInt64 = 0
        /// The torn tail, if there is one.
        package var torn: TornTail?
        /// The sizes of all segments together.
        package var bytes = 0
    }

    /// Reads the log on `disk` and gives every record to `body` in order, from the first one or from `start` on;
    /// `segmentRead` is told how many bytes have been read after each segment.
    package static func read(
        _ disk: AuditDisk, from start: Start? = nil, _ body: (Place, ArraySlice<UInt8>) throws(AuditStoreError) -> Void,
        segmentRead: (_ bytes: Int) -> Void = { _ in }
    ) throws(AuditStoreError) -> End {
        var end = End()
        let names = try disk.segmentNames()
        for (at, name) in names.enumerated() {
            let file = "wal/" + name
            guard let first = SegmentFormat.firstIndex(ofName: name) else { throw .foreign(file: file) }
            if let start, first < start.segment { continue }
            let isStart = first == start?.segment
            guard isStart || first == end.next else { throw .missing(firstIndex: end.next, file: file) }
            let bytes = try disk.read(file, AuditLimits.segmentBytesMax)
            end.bytes += bytes.count
            let isLast = at == names.count - 1
            let scan = try SegmentScan(
                bytes, firstIndex: isStart ? start?.next ?? first : first, from: isStart ? start?.offset ?? 0 : 0,
                isLast: isLast
            ) { (index, offset, record) throws(AuditStoreError) in
                try body(Place(file: file, segment: first, offset: offset, index: index), record)
            }
            switch scan.ending {
            case .whole: break
            case .torn(let fault, let bytes):
                end.torn = TornTail(file: file, offset: scan.end, bytes: bytes, fault: fault)
            case .damaged(let fault): throw .damaged(file: file, offset: scan.end, fault: fault)
            }
            end.lastSegment = first
            end.offset = scan.end
            end.next = scan.next
            segmentRead(end.bytes)
        }
        return end
    }
}
