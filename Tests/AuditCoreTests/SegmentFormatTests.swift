import Testing

@testable import AuditCore

@Suite struct SegmentFormatTests {
    private func describe(_ ending: SegmentScan.Ending) -> (String, String?, Int) {
        switch ending {
        case .whole: ("whole", nil, 0)
        case .torn(let fault, let bytes): ("torn", "\(fault)", bytes)
        case .damaged(let fault): ("damaged", "\(fault)", 0)
        }
    }

    @Test func everySegmentVectorEndsAsItSays() throws {
        let vectors = try Vectors.load([Vectors.Segment].self, "audit-segments.json")
        for vector in vectors {
            var records = 0
            let scan = SegmentScan(Vectors.bytes(vector.hex), firstIndex: vector.first, isLast: vector.last) {
                _, _, _ in
                records += 1
            }
            let (ending, fault, bytes) = self.describe(scan.ending)
            #expect(records == vector.records, "\(vector.why)")
            #expect(scan.end == vector.end, "\(vector.why)")
            #expect(ending == vector.ending, "\(vector.why)")
            #expect(fault == vector.fault, "\(vector.why)")
            #expect(bytes == vector.bytes, "\(vector.why)")
        }
        #expect(Set(vectors.compactMap(\.fault)) == Set(SegmentFault.allCases.map { "\($0)" }))
    }

    /// Three writes of two records each, with the offset of each frame and the offset at which the last write begins.
    private func sample() -> (bytes: [UInt8], offsets: [Int], lastWrite: Int) {
        var bytes: [UInt8] = []
        var offsets: [Int] = []
        for index in 0..<6 {
            offsets.append(bytes.count)
            SegmentFormat.append(
                Array("record \(index)".utf8)[...], index: UInt64(index), beginsWrite: index % 2 == 0, to: &bytes)
        }
        return (bytes, offsets, offsets[4])
    }

    @Test func everyFlippedBitIsDamageOrATornLastWrite() {
        let (bytes, offsets, lastWrite) = self.sample()
        for padding in [0, 100] {
            let file = bytes + [UInt8](repeating: 0, count: padding)
            for at in bytes.indices {
                for bit in 0..<8 {
                    var flipped = file
                    flipped[at] ^= 1 << UInt8(bit)
                    let scan = SegmentScan(flipped, firstIndex: 0, isLast: true) { _, _, _ in }
                    let frame = offsets.last { $0 <= at }
                    #expect(scan.end == frame)
                    #expect(self.describe(scan.ending).0 == (at >= lastWrite ? "torn" : "damaged"))
                    let finished = SegmentScan(flipped, firstIndex: 0, isLast: false) { _, _, _ in }
                    #expect(self.describe(finished.ending).0 == "damaged")
                }
            }
        }
    }

    @Test func aFlippedBitInTheReservedRoomIsATornTail() {
        let (bytes, _, _) = self.sample()
        for at in 0..<64 {
            var file = bytes + [UInt8](repeating: 0, count: 64)
            file[bytes.count + at] = 1
            let scan = SegmentScan(file, firstIndex: 0, isLast: true) { _, _, _ in }
            #expect(scan.end == bytes.count)
            #expect(self.describe(scan.ending).0 == "torn")
            #expect(self.describe(scan.ending).2 == at + 1)
        }
    }

    @Test func aSegmentCutAnywhereEndsAtTheLastWholeRecord() {
        let (bytes, offsets, _) = self.sample()
        for count in bytes.indices {
            let scan = SegmentScan(Array(bytes[..<count]), firstIndex: 0, isLast: true) { _, _, _ in }
            let end = offsets.last { $0 <= count } ?? 0
            #expect(scan.end == end)
            #expect(scan.next == UInt64(offsets.firstIndex(of: end) ?? -1))
            // Trailing zero bytes of a header cannot be told from reserved room: they are no fault.
            let isWhole = bytes[end..<count].allSatisfy { $0 == 0 }
            #expect(self.describe(scan.ending).0 == (isWhole ? "whole" : "torn"))
        }
    }

    @Test func namesCarryTheFirstIndex() {
        #expect(SegmentFormat.name(firstIndex: 42) == "00000000000000000042.seg")
        #expect(SegmentFormat.firstIndex(ofName: "00000000000000000042.seg") == 42)
        for name in [
            "42.seg", "00000000000000000042.SEG", "99999999999999999999.seg", "0000000000000000004x.seg",
            "+0000000000000000042.seg",
        ] {
            #expect(SegmentFormat.firstIndex(ofName: name) == nil)
        }
    }
}
