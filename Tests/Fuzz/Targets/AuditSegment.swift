import AuditCore
import Wire

extension FuzzTarget {
    /// `s` and a segment that is the log's last, `f` and one that is finished, `r` and records, one a line.
    static func auditSegment(_ input: [UInt8]) throws(BrokenPromise) {
        let rest = Array(input.dropFirst())
        switch input.first {
        case UInt8(ascii: "s"): try Self.scan(rest, isLast: true)
        case UInt8(ascii: "f"): try Self.scan(rest, isLast: false)
        case UInt8(ascii: "r"): try Self.records(rest)
        case .some, nil:
            let name = String(decoding: input, as: UTF8.self)
            guard let index = SegmentFormat.firstIndex(ofName: name) else { return }
            try promise("a segment's name is the name of its index", SegmentFormat.name(firstIndex: index) == name)
        }
    }

    /// The segment's first index is taken from its first frame, so that indices need no guessing.
    private static func scan(_ bytes: [UInt8], isLast: Bool) throws(BrokenPromise) {
        let place = bytes.dropFirst(8).prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let first = bytes.count < AuditLimits.frameHeaderBytes ? 0 : place & ~(1 << 63)
        var verifier = AuditVerifier()
        var count: UInt64 = 0
        let scan = try SegmentScan(bytes, firstIndex: first, isLast: isLast) {
            (index, offset, record) throws(BrokenPromise) in
            try promise("records come in order", index == first + count)
            try promise("a record lies in the segment", offset + AuditLimits.frameHeaderBytes == record.startIndex)
            count += 1
            try Self.record(record, index: index, &verifier)
        }
        try promise("a scan ends after its last record", scan.next == first + count && scan.end <= bytes.count)
        switch scan.ending {
        case .whole:
            try promise("only zeros follow a whole segment", bytes[scan.end...].allSatisfy { $0 == 0 })
        case .torn(_, let torn):
            try promise("only the last segment is torn", isLast)
            try promise("no more is cut than one write", torn <= AuditLimits.batchBytesMax)
            let kept = Array(bytes[..<scan.end])
            let again = SegmentScan(kept, firstIndex: first, isLast: true) { _, _, _ in }
            try promise("a segment whose torn tail is cut is whole", again.ending == .whole && again.end == scan.end)
        case .damaged: break
        }
    }

    /// Reads the lines as records, and as the segment that carries them.
    private static func records(_ input: [UInt8]) throws(BrokenPromise) {
        let lines = input.split(separator: UInt8(ascii: "\n"), maxSplits: 64)
        var verifier = AuditVerifier()
        var segment: [UInt8] = []
        var written = 0
        for (index, line) in lines.enumerated() {
            try Self.record(line, index: UInt64(index), &verifier)
            guard line.count <= AuditLimits.recordBytesMax else { continue }
            SegmentFormat.append(line, index: UInt64(written), beginsWrite: written % 3 == 0, to: &segment)
            written += 1
        }
        try promise("a verifier counts what it reads", verifier.entries == UInt64(lines.count))
        let scan = SegmentScan(segment, firstIndex: 0, isLast: false) { _, _, _ in }
        // A record of zeros at the end cannot be told from preallocated ones; no record ends so.
        guard segment.last != 0 else { return }
        try promise("a segment holds what was appended", scan.next == UInt64(written) && scan.ending == .whole)
    }

    private static func record(
        _ slice: ArraySlice<UInt8>, index: UInt64, _ verifier: inout AuditVerifier
    ) throws(BrokenPromise) {
        let line = Array(slice)
        let record: AuditRecord
        do throws(AuditFormatError) {
            record = try AuditRecord(decoding: line)
        } catch {
            try promise("a fault lies in the line", (0...line.count).contains(error.at))
            let finding = verifier.read(slice, index: index)
            try promise("a verifier tells the fault", finding?.format == error && finding?.index == index)
            return try Self.shown(String(decoding: line.prefix(Self.shownBytesMax), as: UTF8.self))
        }
        try promise("a record has one spelling", record.line == line)
        _ = verifier.read(record, index: index)
        try Self.shown(record.summary(index: index))
    }

    /// Bytes shown of a line that is no record; looking up every scalar's category is slow.
    private static let shownBytesMax = 256

    /// The two ways of text from a log to a terminal.
    private static func shown(_ text: String) throws(BrokenPromise) {
        for shown in [TerminalText.safe(text), TerminalText.safeJSON(text)] {
            try promise("text for a terminal holds no controls", !shown.unicodeScalars.contains(where: Self.isControl))
        }
    }

    /// C0, DEL and C1.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
    }
}
