import Testing
import Wire

@testable import AuditCore

@Suite struct AuditLedgerTests {
    static let session = AuditRecordTests.session

    /// A ledger with its output, and short words for what happens to it.
    final class World {
        var ledger = AuditLedger(boot: AuditRecordTests.boot)
        var lines = AuditLines()
        var mono: UInt64 = 0

        var stamp: AuditStamp { AuditStamp(wall: self.mono, mono: self.mono) }

        @discardableResult
        func append(_ event: AuditEvent, session: SessionID? = AuditLedgerTests.session) -> Bool {
            self.ledger.append(
                AuditEntry(event, by: .relay, site: "shop", session: session), at: self.stamp, into: &self.lines)
        }

        @discardableResult
        func frame(_ index: UInt64, kind: UInt8 = 0x10) -> Bool {
            self.ledger.frameAccepted(
                AuditLedgerTests.session, index: index,
                frame: SharedFrame([1, kind, UInt8(truncatingIfNeeded: index)]),
                at: self.stamp, into: &self.lines)
        }

        @discardableResult
        func sent(_ first: UInt64, _ last: UInt64, seat: Int = 1) -> Bool {
            self.ledger.framesSent(
                AuditLedgerTests.session, seat: seat, range: FrameRange(first, last), at: self.stamp, into: &self.lines)
        }

        /// The records written since the last call.
        func records() throws -> [AuditRecord] {
            defer { self.lines.removeAll() }
            return try (0..<self.lines.count).map { try AuditRecord(decoding: Array(self.lines[$0])) }
        }

        func events() throws -> [String] { try self.records().map { $0.event.code.rule.event.description } }

        static func live() throws -> World {
            let world = World()
            world.append(.sessionOpened(origin: "https://shop.example", path: "/"))
            world.append(.consentGiven(text: "view-1", language: "en", scope: ["view"]))
            world.append(.seatJoined(seat: 1, rights: ["view"]))
            _ = try world.records()
            return world
        }
    }

    @Test func framesAreHashedOnceASecondAndNotBefore() throws {
        let world = try World.live()
        world.frame(1)
        world.frame(2, kind: 0x20)
        world.sent(1, 2)
        #expect(world.ledger.deadline == AuditLimits.summaryIntervalMax)
        world.mono = AuditLimits.summaryIntervalMax - 1
        world.ledger.timePassed(world.stamp, into: &world.lines)
        #expect(try world.events() == [])
        world.mono = AuditLimits.summaryIntervalMax
        world.ledger.timePassed(world.stamp, into: &world.lines)
        let records = try world.records()
        #expect(records.map(\.event.code) == [.framesHashed, .seatSent])
        #expect(records[0].event.value("page") == .count(1))
        #expect(records[0].event.value("cursor") == .count(1))
        #expect(records[0].event.value("bytes") == .count(6))
        #expect(records[1].event.value("ranges") == .ranges([FrameRange(1, 2)]))
        #expect(world.ledger.deadline == nil)
    }

    @Test func whatWaitsIsWrittenBeforeTheSessionsNextRecord() throws {
        let world = try World.live()
        world.frame(1)
        world.append(.seatLeft(seat: 1, why: "rep"))
        #expect(try world.events() == ["frames.hashed", "seat.left"])
        world.append(.sessionEnded(why: "shopper"))
        let end = try world.records()[0]
        #expect(end.event.value("frames") == .count(1))
        #expect(world.ledger.sessionCount == 0)
    }

    @Test func soManySessionsAreOpenAndNoMoreUntilOneEnds() {
        let world = World()
        let most = UInt64(AuditLimits.sessionCountMax)
        func open(_ number: UInt64) -> Bool {
            defer { world.lines.removeAll() }
            return world.append(
                .sessionOpened(origin: "https://a", path: "/"), session: SessionID(high: 1, low: number))
        }
        for number in 1..<most where !open(number) { Issue.record("session \(number) is refused") }
        #expect(open(most))
        #expect(!open(most + 1))
        #expect(world.append(.sessionEnded(why: "shopper"), session: SessionID(high: 1, low: 1)))
        #expect(open(most + 1))
    }

    @Test func whatSoManySeatsWereSentIsKeptAndOfNoMore() throws {
        let world = try World.live()
        world.frame(1)
        for seat in 1...AuditLimits.seatCountMax where !world.sent(1, 1, seat: seat) {
            Issue.record("seat \(seat) is refused")
        }
        #expect(!world.sent(1, 1, seat: AuditLimits.seatCountMax + 1))
    }

    @Test func lanesAreReadFromTheFrame() throws {
        let world = try World.live()
        for (index, kind) in [0x10, 0x13, 0x20, 0x30, 0x40, 0x50].enumerated() {
            world.frame(UInt64(index + 1), kind: UInt8(kind))
        }
        world.ledger.settleAll(at: world.stamp, into: &world.lines)
        let event = try world.records()[0].event
        #expect(
            ["page", "cursor", "talk", "control"].map { event.value($0) } == [
                .count(2), .count(1), .count(1), .count(2),
            ])
    }

    @Test func aHoleInTheFramesIsPutOnRecordAsLost() throws {
        let world = try World.live()
        world.frame(1)
        world.frame(5)
        world.ledger.settleAll(at: world.stamp, into: &world.lines)
        let records = try world.records()
        #expect(records.map(\.event.code) == [.framesHashed, .framesLost, .framesHashed])
        #expect(records[1].event.values == [.count(2), .count(4)])
        #expect(records[2].event.value("first") == .count(5))
    }

    @Test func aSeatSentFramesThatWereNeverHashedMakesThemLost() throws {
        let world = try World.live()
        world.sent(1, 3)
        #expect(try world.events() == ["frames.lost"])
    }

    @Test func aSeatWithRangesWaitingMayBeSentFramesThatWereNeverHashed() throws {
        let world = try World.live()
        world.frame(1)
        world.sent(1, 1)
        #expect(world.sent(2, 3))
        #expect(try world.events() == ["frames.hashed", "seat.sent", "frames.lost"])
        world.ledger.settleAll(at: world.stamp, into: &world.lines)
        #expect(try world.records().map(\.event.values) == [[.count(1), .ranges([FrameRange(2, 3)])]])
    }

    @Test func aSessionThatEndsLeavesNothingToTheNext() throws {
        let world = try World.live()
        world.frame(1)
        world.sent(1, 1)
        world.append(.sessionEnded(why: "shopper"))
        world.append(.sessionOpened(origin: "https://shop.example", path: "/"))
        _ = try world.records()
        #expect(world.frame(1))
        world.append(.sessionEnded(why: "shopper"))
        let records = try world.records()
        #expect(records.map(\.event.code) == [.framesHashed, .sessionEnded])
        #expect(records[0].event.value("first") == .count(1))
        #expect(records[1].event.value("frames") == .count(1))
        #expect(records[1].event.value("hash") == records[0].event.value("hash"))
    }

    @Test func aSessionWithoutFramesEndsWithTheHashOfNone() throws {
        let world = try World.live()
        world.append(.sessionEnded(why: "shopper"))
        let end = try world.records()[0].event
        #expect(end.value("frames") == .count(0))
        #expect(end.value("hash") == .digest(FrameHash(of: Self.session).digest))
    }

    @Test func aSeatWithManyHolesIsWrittenEarly() throws {
        let world = try World.live()
        for index in UInt64(1)...512 { world.frame(index, kind: 0x20) }
        for index in UInt64(0)..<256 { world.sent(index * 2 + 1, index * 2 + 1) }
        let records = try world.records()
        #expect(records.map(\.event.code) == [.framesHashed, .seatSent])
    }

    @Test func whatCannotBePlacedIsRefused() throws {
        var world = World()
        #expect(!world.append(.shopperLost))
        #expect(!world.frame(1))
        #expect(!world.sent(1, 1))
        #expect(!world.append(.logClosed))
        #expect(!world.append(.shopperLost, session: nil))
        world = try World.live()
        #expect(!world.append(.sessionOpened(origin: "https://shop.example", path: "/")))
        world.frame(1)
        #expect(!world.frame(1))
        #expect(!world.sent(2, 1))
        #expect(!world.sent(0, 1))
        #expect(try world.events() == [])
    }

    @Test func anEntryOfEitherScopeIsNumberedOnlyInASession() throws {
        let world = try World.live()
        world.append(.offerAccepted)
        world.append(.offerAccepted, session: nil)
        #expect(try world.records().map(\.sequence) == [4, nil])
    }

    @Test func whateverHappensTheVerifierAgrees() throws {
        var random = SplitMix(state: 7)
        for _ in 0..<50 {
            let world = World()
            world.append(.logOpened(program: "test"), session: nil)
            world.append(.sessionOpened(origin: "https://shop.example", path: "/"))
            world.append(.consentGiven(text: "view-1", language: "en", scope: ["view"]))
            world.append(.seatJoined(seat: 1, rights: ["view"]))
            var index: UInt64 = 0
            for _ in 0..<200 {
                world.mono += random.next() % 400_000
                switch random.next() % 8 {
                case 0: world.append(.shopperLost)
                case 1: world.ledger.timePassed(world.stamp, into: &world.lines)
                case 2 where index > 0:
                    let first = 1 + random.next() % index
                    world.sent(first, min(index, first + random.next() % 4))
                case 3:
                    index += 1 + random.next() % 3
                    world.frame(index)
                default:
                    index += 1
                    world.frame(index, kind: UInt8(0x10 + 0x10 * (random.next() % 3)))
                }
            }
            world.append(.sessionEnded(why: "shopper"))
            var verifier = AuditVerifier()
            for (index, record) in try world.records().enumerated() {
                let finding = verifier.read(record, index: UInt64(index))
                #expect(finding == nil)
            }
            #expect(verifier.open.isEmpty)
        }
    }
}

/// Reproducible random numbers (SplitMix64).
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var z = self.state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
