/// Records ready to be written, in order; its storage is used again.
package struct AuditLines: Sendable {
    /// The lines, back to back.
    package private(set) var bytes: [UInt8] = []
    private var ends: [Int] = []
    /// What the lines account for.
    package private(set) var tally = AuditTally()

    /// No lines.
    package init() {}

    /// How many lines.
    package var count: Int { self.ends.count }

    /// The line at `index`.
    package subscript(index: Int) -> ArraySlice<UInt8> {
        self.bytes[(index == 0 ? 0 : self.ends[index - 1])..<self.ends[index]]
    }

    /// Appends the line of `record`.
    package mutating func append(_ record: AuditRecord) {
        record.encode(into: &self.bytes)
        self.ends.append(self.bytes.count)
        self.tally.count(record)
    }

    /// Forgets the lines and keeps the room.
    package mutating func removeAll() {
        self.bytes.removeAll(keepingCapacity: true)
        self.ends.removeAll(keepingCapacity: true)
        self.tally = AuditTally()
    }
}
