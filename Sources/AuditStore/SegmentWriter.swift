internal import AuditCore

/// Appends records to segments and makes them durable, one write and one `fdatasync` a batch.
///
/// After the first error it is broken for good: the kernel may have dropped what could not be written, so trying the
/// same file again would report a success that is none. Owned by the opener's thread, then by the audit thread.
final class SegmentWriter {
    private let disk: AuditDisk
    private let options: AuditOptions
    private var file: Int32
    private var name: String
    private var offset: Int
    private var staged: [UInt8] = []
    /// The index of the next record.
    private(set) var next: UInt64
    /// The index after the last durable record.
    private(set) var durable: UInt64
    private(set) var isBroken = false

    /// Goes on where `end` says, having cut its torn tail, or begins the first segment.
    init(_ disk: AuditDisk, after end: LogReader.End, options: AuditOptions) throws(AuditStoreError) {
        self.disk = disk
        self.options = options
        self.next = end.next
        self.durable = end.next
        self.offset = end.offset
        self.staged.reserveCapacity(AuditLimits.batchBytesMax)
        guard let first = end.lastSegment else {
            self.name = Self.path(end.next)
            self.file = try Self.create(disk, self.name, bytes: options.segmentBytesMax)
            return
        }
        self.name = Self.path(first)
        self.file = try disk.open(self.name, false)
        do {
            if end.torn != nil {
                try disk.truncate(self.file, self.name, end.offset)
                try disk.sync(self.file, self.name)
            }
            try disk.allocate(self.file, self.name, options.segmentBytesMax)
        } catch {
            disk.close(self.file)
            throw error
        }
    }

    deinit {
        self.disk.close(self.file)
    }

    /// Stages a record, having committed those before it where it would not fit with them.
    func append(_ record: ArraySlice<UInt8>) throws(AuditStoreError) {
        let bytes = SegmentFormat.frameBytes(record.count)
        if self.offset + self.staged.count + bytes > self.options.segmentBytesMax, self.offset + self.staged.count > 0 {
            try self.commit()
            try self.guarded { () throws(AuditStoreError) in try self.rotate() }
        } else if self.staged.count + bytes > AuditLimits.batchBytesMax {
            try self.commit()
        }
        SegmentFormat.append(record, index: self.next, beginsWrite: self.staged.isEmpty, to: &self.staged)
        self.next += 1
    }

    /// Makes every staged record durable.
    func commit() throws(AuditStoreError) {
        guard !self.staged.isEmpty else { return }
        try self.guarded { () throws(AuditStoreError) in
            var written = 0
            while written < self.staged.count {
                written += try self.disk.write(
                    self.file, self.name, self.staged[written...], self.offset + written)
            }
            try self.disk.sync(self.file, self.name)
            guard self.disk.linkCount(self.file) > 0 else { throw .unlinked(file: self.name) }
        }
        self.offset += self.staged.count
        self.staged.removeAll(keepingCapacity: true)
        self.durable = self.next
    }

    /// Cuts the preallocated rest off. Nothing may be appended any more.
    func finish() throws(AuditStoreError) {
        try self.commit()
        try self.guarded { () throws(AuditStoreError) in
            try self.disk.truncate(self.file, self.name, self.offset)
            try self.disk.sync(self.file, self.name)
        }
        self.isBroken = true
    }

    /// After a full disk: frees the reserve, forgets what is not durable, and writes the one record made by `record` in
    /// a segment of its own, so that the log says why it stops. The file in which the write failed is only cut.
    func sayBlocked(_ record: (_ index: UInt64) -> [UInt8]) throws(AuditStoreError) {
        try self.disk.truncate(self.file, self.name, self.offset)
        try self.disk.sync(self.file, self.name)
        try? self.disk.remove("reserve")
        try self.disk.syncDirectories()
        let isEmpty = self.offset == 0
        if isEmpty { try self.disk.remove(self.name) }
        let name = Self.path(self.durable)
        let file = try Self.create(self.disk, name, bytes: AuditLimits.batchBytesMax)
        defer { self.disk.close(file) }
        var bytes: [UInt8] = []
        SegmentFormat.append(record(self.durable)[...], index: self.durable, beginsWrite: true, to: &bytes)
        var written = 0
        while written < bytes.count { written += try self.disk.write(file, name, bytes[written...], written) }
        try self.disk.truncate(file, name, bytes.count)
        try self.disk.sync(file, name)
    }

    private func rotate() throws(AuditStoreError) {
        try self.disk.truncate(self.file, self.name, self.offset)
        try self.disk.sync(self.file, self.name)
        let name = Self.path(self.next)
        let file = try Self.create(self.disk, name, bytes: self.options.segmentBytesMax)
        self.disk.close(self.file)
        self.file = file
        self.name = name
        self.offset = 0
    }

    private func guarded(_ body: () throws(AuditStoreError) -> Void) throws(AuditStoreError) {
        precondition(!self.isBroken, "a broken segment writer is never used again")
        do {
            try body()
        } catch {
            self.isBroken = true
            throw error
        }
    }

    private static func path(_ firstIndex: UInt64) -> String { "wal/" + SegmentFormat.name(firstIndex: firstIndex) }

    /// Makes a segment with its room reserved and its name durable; nothing of it stays if that fails.
    private static func create(_ disk: AuditDisk, _ name: String, bytes: Int) throws(AuditStoreError) -> Int32 {
        let file = try disk.open(name, true)
        do {
            try disk.allocate(file, name, bytes)
            try disk.sync(file, name)
            try disk.syncDirectories()
            return file
        } catch {
            disk.close(file)
            try? disk.remove(name)
            throw error
        }
    }
}
