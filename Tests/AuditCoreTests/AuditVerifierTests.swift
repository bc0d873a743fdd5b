import Testing

@testable import AuditCore

@Suite struct AuditVerifierTests {
    @Test func everyGoodLogIsAccepted() throws {
        for log in try Vectors.load(Vectors.Logs.self, "audit-logs.json").good {
            var verifier = AuditVerifier()
            for (index, line) in log.lines.enumerated() {
                let finding = verifier.read(Array(line.utf8)[...], index: UInt64(index))
                #expect(finding == nil, "\(log.why)")
            }
            #expect(verifier.entries == UInt64(log.lines.count))
            #expect(verifier.sessions == log.sessions)
            #expect(verifier.open.count == log.open)
            #expect(verifier.isClosed == log.closed)
        }
    }

    @Test func everyBadLogBreaksItsRuleAtItsPlace() throws {
        let logs = try Vectors.load(Vectors.Logs.self, "audit-logs.json").bad
        for log in logs {
            var verifier = AuditVerifier()
            let findings = log.lines.enumerated().compactMap { index, line in
                verifier.read(Array(line.utf8)[...], index: UInt64(index))
            }
            #expect(findings.first.map { "\($0.rule)" } == log.rule)
            #expect(findings.first?.index == log.index, "\(log.rule)")
        }
        let rules = Set(AuditFinding.Rule.allCases.map { "\($0)" }).subtracting(["format"])
        #expect(Set(logs.map(\.rule)) == rules)
    }

    @Test func aLineThatIsNoRecordIsAFindingAndReadingGoesOn() {
        var verifier = AuditVerifier()
        let finding = verifier.read(Array("x".utf8)[...], index: 0)
        #expect(finding?.rule == .format)
        #expect(finding?.format?.reason == .shape)
        #expect(verifier.entries == 1)
    }

    @Test func aWallClockThatStepsBackIsCounted() throws {
        let lines = try Vectors.load(Vectors.Logs.self, "audit-logs.json").good[0].lines
        var verifier = AuditVerifier()
        for (index, line) in lines.enumerated() {
            let record = try AuditRecord(decoding: Array(line.utf8))
            let wall = index == 5 ? 0 : record.stamp.wall
            let moved = AuditRecord(
                AuditEntry(record.event, by: record.actor, site: record.site, session: record.session),
                sequence: record.sequence, at: AuditStamp(wall: wall, mono: record.stamp.mono), boot: record.boot)
            let finding = verifier.read(moved, index: UInt64(index))
            #expect(finding == nil)
        }
        #expect(verifier.wallSteps == 1)
    }
}
