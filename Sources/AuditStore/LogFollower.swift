internal import AuditCore

/// Reads records behind a writer, from where a derived log stands up to what is durable.
struct LogFollower {
    /// So much of a segment is read at once: some hundred records, and always more than one.
    private static let readBytes = 262_144

    private let disk: AuditDisk
    private var firstIndex: UInt64
    private var offset: Int

    /// Goes on after the last record of `log`.
    init(_ disk: AuditDisk, after log: DerivedLog) {
        self.disk = disk
        self.firstIndex = log.segments.last?.firstIndex ?? 0
        self.offset = log.segments.last?.end ?? 0
    }

    /// Reads the records of `log.size` to before `durable`.
    mutating func read(into log: inout DerivedLog, upTo durable: UInt64) throws(AuditStoreError) {
        while log.size < durable {
            let file = "wal/" + SegmentFormat.name(firstIndex: self.firstIndex)
            let bytes = try self.disk.readPart(file, self.offset, Self.readBytes)
            var at = 0
            while log.size < durable, case .success(let frame) = SegmentFormat.record(bytes, at: at) {
                guard frame.index == log.size else {
                    throw .damaged(file: file, offset: self.offset + at, fault: .index)
                }
                at = frame.record.endIndex
                do throws(AuditFormatError) {
                    try log.read(frame.record, segment: self.firstIndex, end: self.offset + at)
                } catch {
                    throw .unreadable(file: file, offset: self.offset + at, index: frame.index, format: error)
                }
            }
            if at > 0 {
                self.offset += at
            } else if self.firstIndex != log.size {
                // The writer went on in the next segment, whose name is the next record's index.
                (self.firstIndex, self.offset) = (log.size, 0)
            } else {
                throw .damaged(file: file, offset: self.offset, fault: .cut)
            }
        }
    }
}
