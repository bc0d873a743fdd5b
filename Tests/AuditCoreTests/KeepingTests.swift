import AuditCore
import Testing
import Wire

@Suite struct KeepingTests {
    private let session = SessionID(high: 7, low: 9)
    private let boot = BootID(high: 1, low: 2)

    private func record(_ event: AuditEvent, sequence: UInt64? = nil) -> AuditRecord {
        AuditRecord(
            AuditEntry(event, by: .rep("mari", key: nil), session: sequence.map { _ in self.session }),
            sequence: sequence, at: AuditStamp(wall: 0, mono: 0), boot: self.boot)
    }

    /// The rules that `events` break, after a log that was opened with one session.
    private func findings(_ events: [AuditEvent]) -> [AuditFinding.Rule?] {
        var verifier = AuditVerifier()
        #expect(verifier.read(self.record(.logOpened(program: "p")), index: 0) == nil)
        let opened = AuditEvent.sessionOpened(origin: "o", path: "/")
        #expect(verifier.read(self.record(opened, sequence: 1), index: 1) == nil)
        return events.map { verifier.read(self.record($0), index: 2)?.rule }
    }

    @Test func everyNewEventReadsBackAsItWasWritten() throws {
        let long = String(repeating: "s", count: AuditLimits.signatureBytesMax)
        let inSession: [AuditEvent] = [
            .repPointed(seat: 1, acts: 12),
            .repProposed(seat: 1, proposal: 3, act: "fill", frame: .zero, signature: long + "cut"),
            .proposalAnswered(proposal: 3, answer: "yes"), .seatTransferred(seat: 1, to: "tiina"),
            .repAsked(seat: 1, ask: 4, what: "tab"), .askAnswered(ask: 4, answer: "no"),
            .grantGiven(pool: "summer", amount: 500, currency: "EUR", code: .zero),
            .grantRefused(pool: "summer", amount: 900, currency: "EUR", reason: "budget"),
            .grantAgreed(pool: "summer", amount: 900, currency: "EUR"),
        ]
        let inLog: [AuditEvent] = [
            .logAlive, .recordingStarted(self.session, recipients: [.zero]),
            .recordingChunk(self.session, chunk: 1, frames: FrameRange(1, 9), bytes: 200, hash: .zero),
            .recordingGap(self.session, frames: FrameRange(10, 11), reason: "disk-low"),
            .recordingStopped(self.session, why: "ended", chunks: 1),
            .recordingDamaged(self.session, chunk: 1, reason: "hash"), .logRead(what: "list"),
            .logRead(what: "show", session: self.session), .sessionReplayed(self.session, seat: 1),
            .logExported(format: "jsonl"), .sessionErased(self.session, reason: "asked", files: 2, bytes: 300),
            .recordingExpired(self.session, why: "age", files: 2, bytes: 300),
            .holdPlaced(self.session, reason: "case 7"), .holdLifted(self.session, reason: "case 7"),
        ]
        let records = inSession.map { self.record($0, sequence: 5) } + inLog.map { self.record($0) }
        for record in records { #expect(try AuditRecord(decoding: record.line) == record) }
        #expect(inSession[1].value("signature") == .text(long))
    }

    @Test func aRecordingIsBegunOnceCountedAndEnded() {
        let start = AuditEvent.recordingStarted(self.session, recipients: [])
        func chunk(_ number: UInt64) -> AuditEvent {
            .recordingChunk(self.session, chunk: number, frames: FrameRange(1, 2), bytes: 3, hash: .zero)
        }
        func stop(_ chunks: UInt64) -> AuditEvent { .recordingStopped(self.session, why: "ended", chunks: chunks) }
        #expect(self.findings([start, chunk(1), chunk(2), stop(2)]) == [nil, nil, nil, nil])
        #expect(self.findings([chunk(1)]) == [.recordingUnknown])
        #expect(self.findings([start, start]) == [nil, .recordingUnknown])
        #expect(self.findings([start, chunk(2)]) == [nil, .recordingChunk])
        #expect(self.findings([start, stop(1)]) == [nil, .recordingChunk])
        #expect(self.findings([start, stop(0), chunk(1)]) == [nil, nil, .recordingUnknown])
        let other = AuditEvent.recordingStarted(SessionID(high: 0, low: 1), recipients: [])
        #expect(self.findings([other]) == [.recordingUnknown])
    }

    @Test func whatIsHeldIsNotErased() {
        let hold = AuditEvent.holdPlaced(self.session, reason: "case 7")
        let lift = AuditEvent.holdLifted(self.session, reason: "case 7")
        let erase = AuditEvent.sessionErased(self.session, reason: "asked", files: 0, bytes: 0)
        let expire = AuditEvent.recordingExpired(self.session, why: "age", files: 0, bytes: 0)
        #expect(self.findings([hold, erase]) == [nil, .holdBroken])
        #expect(self.findings([hold, expire]) == [nil, .holdBroken])
        #expect(self.findings([hold, lift, erase]) == [nil, nil, nil])
    }

    @Test func theVerifierKnowsWhichChunksMustBeThere() {
        var verifier = AuditVerifier()
        _ = verifier.read(self.record(.logOpened(program: "p")), index: 0)
        _ = verifier.read(self.record(.sessionOpened(origin: "o", path: "/"), sequence: 1), index: 1)
        let events: [AuditEvent] = [
            .recordingStarted(self.session, recipients: []),
            .recordingChunk(self.session, chunk: 1, frames: FrameRange(1, 2), bytes: 3, hash: .zero),
            .recordingDamaged(self.session, chunk: 1, reason: "hash"),
            .recordingStopped(self.session, why: "ended", chunks: 1),
        ]
        for event in events { #expect(verifier.read(self.record(event), index: 2) == nil) }
        let recording = verifier.keeping.recordings[self.session]
        #expect(recording?.chunks.map(\.bytes) == [3])
        #expect(recording?.damaged == [1])
        #expect(recording?.isStopped == true)
        #expect(recording?.isGone == false)
    }
}
