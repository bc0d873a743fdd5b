import Testing
import Wire

@testable import AuditCore

@Suite struct AuditRecordTests {
    static let session = SessionID(high: 0x0001_0203_0405_0607, low: 0x0809_0A0B_0C0D_0E0F)
    static let boot = BootID(high: 1, low: 2)

    @Test func everyGoodRecordIsReadAndWrittenAgainByteForByte() throws {
        let vectors = try Vectors.load(Vectors.Records.self, "audit-records.json")
        for line in vectors.good {
            let record = try AuditRecord(decoding: Array(line.utf8))
            #expect(String(decoding: record.line, as: UTF8.self) == line)
        }
    }

    @Test func everyBadRecordIsRefusedForItsReason() throws {
        let vectors = try Vectors.load(Vectors.Records.self, "audit-records.json")
        for bad in vectors.bad {
            let error = #expect(throws: AuditFormatError.self, "\(bad.why)") {
                try AuditRecord(decoding: Array(bad.line.utf8))
            }
            #expect(error?.reason.rawValue == bad.reason, "\(bad.why)")
        }
        #expect(Set(vectors.bad.map(\.reason)) == Set(AuditFormatError.Reason.allCases.map(\.rawValue)))
    }

    @Test func everyByteOfARecordThatIsFlippedIsRefusedOrChangesTheRecord() throws {
        let vectors = try Vectors.load(Vectors.Records.self, "audit-records.json")
        for line in vectors.good.prefix(14) {
            let bytes = Array(line.utf8)
            let record = try AuditRecord(decoding: bytes)
            for at in bytes.indices {
                for bit in 0..<8 {
                    var flipped = bytes
                    flipped[at] ^= 1 << UInt8(bit)
                    guard let other = try? AuditRecord(decoding: flipped) else { continue }
                    #expect(other != record)
                    #expect(other.line == flipped)
                }
            }
        }
    }

    @Test func everyPrefixOfARecordIsRefused() throws {
        let vectors = try Vectors.load(Vectors.Records.self, "audit-records.json")
        for line in vectors.good.prefix(14) {
            let bytes = Array(line.utf8)
            for count in 0..<bytes.count {
                #expect(throws: AuditFormatError.self) { try AuditRecord(decoding: Array(bytes[..<count])) }
            }
        }
    }

    @Test func everyCodeHasItsRowInTheContract() throws {
        let rows = try Vectors.text("audit-log.md").split(separator: "\n").map {
            $0.split(separator: "|", omittingEmptySubsequences: false).map { $0.trimming(" ") }
        }
        let table = rows.filter { $0.count == 8 && AuditCode(rawValue: $0[1]) != nil }
        #expect(table.map { $0[1] } == AuditCode.allCases.map(\.rawValue))
        for (row, code) in zip(table, AuditCode.allCases) {
            let rule = code.rule
            let fields = rule.fields.map { "`\($0.name)`\($0.isOptional ? "?" : "") \($0.kind.rawValue)" }
            #expect(row[2] == "`\(rule.event)`")
            #expect(row[3] == rule.durability.rawValue)
            #expect(row[4] == rule.scope.rawValue)
            #expect(row[5] == (fields.isEmpty ? "—" : fields.joined(separator: ", ")))
        }
    }

    @Test func everyRuleOfTheVerifierHasItsRowInTheContract() throws {
        let text = try Vectors.text("audit-log.md")
        for rule in AuditFinding.Rule.allCases where rule != .format { #expect(text.contains("| \(rule) |")) }
        for limit in ["16,384", "65,536", "1,024", "8,192", "267", "4,096", "256"] { #expect(text.contains(limit)) }
    }

    @Test func codesAreSpelledByTheirRule() {
        for code in AuditCode.allCases {
            let text = Array(code.rawValue.utf8)
            #expect(text.count == 5 && "LDASCQFRGKX".utf8.contains(text[0]) && "IWE".utf8.contains(text[4]))
            #expect(code.rule.event.description.contains("."))
        }
        #expect(Set(AuditCode.allCases.map { $0.rule.event.description }).count == AuditCode.allCases.count)
    }

    @Test func whateverAPeerSendsBecomesAWholeRecord() throws {
        let long = String(repeating: "\u{1}", count: 3_000)
        let events: [AuditEvent] = [
            .sessionOpened(origin: long, path: long, continues: Self.session),
            .sessionOpened(origin: "", path: "?q=secret"),
            .consentGiven(text: "ä\u{1B}", language: "", scope: Array(repeating: long, count: 40)),
            .frameRefused(close: -1, frames: .max, bytes: .max),
        ]
        for event in events {
            let entry = AuditEntry(event, by: .rep(long, key: long), site: long, session: Self.session)
            let record = AuditRecord(
                entry, sequence: AuditLimits.countMax, at: AuditStamp(wall: .max, mono: .max), boot: Self.boot)
            #expect(record.line.count <= AuditLimits.recordBytesMax)
            #expect(try AuditRecord(decoding: record.line).line == record.line)
            #expect(!record.line.contains { $0 < 0x20 })
        }
    }

    @Test func queryAndFragmentNeverEnterARecord() {
        let event = AuditEvent.sessionOpened(origin: "https://shop.example#a", path: "/pay?card=4111#x")
        #expect(event.value("path") == .text("/pay"))
        #expect(event.value("origin") == .text("https://shop.example"))
    }

    @Test func aShopperIsNeverNamedInClear() {
        #expect(AuditActor.shopper("mari@shop.example").id == nil)
    }

    @Test func theLongestSeatSentFitsARecord() throws {
        let top = AuditLimits.countMax
        let ranges = (0..<UInt64(AuditLimits.rangeCountMax)).reversed().map { FrameRange(top - $0 * 2, top - $0 * 2) }
        let entry = AuditEntry(.seatSent(seat: 1, ranges: ranges), by: .relay, site: "s", session: Self.session)
        let record = AuditRecord(entry, sequence: 1, at: AuditStamp(wall: 0, mono: 0), boot: Self.boot)
        #expect(record.line.count <= AuditLimits.recordBytesMax)
        #expect(try AuditRecord(decoding: record.line) == record)
    }

    @Test func aSummaryNamesEventSessionActorAndFields() throws {
        let vectors = try Vectors.load(Vectors.Records.self, "audit-records.json")
        let seat = try AuditRecord(decoding: Array(vectors.good[7].utf8)).summary(index: 7)
        #expect(seat.hasPrefix("7  2026-11-22T02:20:00.007000Z  S110I  seat.joined  00041061050r3gg28a1c60t3gf#5"))
        #expect(seat.contains("by rep mari SHA256:"))
        let sent = try AuditRecord(decoding: Array(vectors.good[9].utf8)).summary(index: 9)
        #expect(sent.hasSuffix("seat=1  ranges=1,3"))
    }
}

extension Substring {
    /// The text without leading and trailing spaces.
    func trimming(_ space: Character) -> String {
        var text = self
        while text.first == space { text.removeFirst() }
        while text.last == space { text.removeLast() }
        return String(text)
    }
}
