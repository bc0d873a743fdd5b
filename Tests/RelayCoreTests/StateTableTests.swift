import RelayCore
import Testing
import Wire

/// Every fact in every state: the table names what comes of it.
///
/// A letter an action: `W` wake, `K` requestKeyframe, `A` acknowledge, `+`/`-` watch, `L`/`Y` presence live/away,
/// `C` recordConsent, `F` recordFrame, `S` recordSent, `X` with the code closeShopper, `Z` closeSeat, `E` ended;
/// `.` none.
@Suite struct StateTableTests {
    enum Fact: String, CaseIterable {
        case arrived, lost, givenFirst, givenNext, refused, withdrawn, durable, keyframe, delta, cursor, unknown
        case unknownPage, unknownTalk, wrongRole, wrongNumber, end, join, leave, resync, deadline, muchLater, gather
        case blocked, turnEnded
    }

    /// What a session can be in: consent, shopper and one seat or none. A seat of a given consent has its keyframe.
    struct State: CustomTestStringConvertible {
        enum Consent: CaseIterable { case awaited, pending, given }
        enum Shopper: CaseIterable { case absent, present, refused }

        var consent: Consent
        var shopper: Shopper
        var hasSeat: Bool

        var testDescription: String { "\(self.consent), \(self.shopper), \(self.hasSeat ? "a seat" : "no seat")" }

        static let all = Consent.allCases.flatMap { consent in
            Shopper.allCases.flatMap { shopper in
                [false, true].map { State(consent: consent, shopper: shopper, hasSeat: $0) }
            }
        }
    }

    /// Columns: awaited, pending, given; in each absent, present, refused; in each without and with a seat.
    static let table: [Fact: String] = [
        .arrived: ". L  . .  . .        . L  . .  . .           . L+K  . +K  . +K",
        .lost: ". .  . Y  . Y           . .  . Y  . Y           . .  . Y  . Y",
        .givenFirst: ". .  C C  . .     . .  . .  . .           . .  A A  . .",
        .givenNext: ". .  C C  . .      . .  X4503 X4503  . .   . .  X4503 X4503  . .",
        .refused: ". .  CE CE  . .      . .  X4503 X4503  . .   . .  X4503 X4503  . .",
        .withdrawn: ". .  X4503 X4503  . .   . .  CE CE  . .     . .  CE CSE  . .",
        .durable: ". .  . .  . .        . .  A A+K  . .         . .  . .  . .",
        .keyframe: ". .  X4504 X4504  . .   . .  X4504 X4504  . .   . .  . FW  . .",
        .delta: ". .  X4504 X4504  . .   . .  X4504 X4504  . .      . .  X4503 FW  . .",
        .cursor: ". .  X4504 X4504  . .   . .  X4504 X4504  . .     . .  . FW  . .",
        .unknown: ". .  . .  . .        . .  . .  . .           . .  . .  . .",
        .unknownPage: ". .  X4504 X4504  . .   . .  X4504 X4504  . .   . .  X4503 .  . .",
        .unknownTalk: ". .  X4503 X4503  . .   . .  . .  . .   . .  A A  . .",
        .wrongRole: ". .  X4505 X4505  . .   . .  X4505 X4505  . .   . .  X4505 X4505  . .",
        .wrongNumber: ". .  X4500 X4500  . .   . .  X4500 X4500  . .   . .  X4500 X4500  . .",
        .end: "E E  E E  E E            E E  E E  E E           E SE  E SE  E SE",
        .join: ". .  . .  . .           . .  . .  . .           . W  +K W+  . W",
        .leave: ". .  . .  . .          . .  . .  . .           . S  . S-  . S",
        .resync: ". .  . .  . .         . .  . .  . .           . .  . K  . .",
        .deadline: ". .  . .  . .       . .  . .  . .           . .  . .  . .",
        .muchLater: "E E  . .  . .      E E  . .  . .           E SE  . S  . S",
        .gather: ". .  . .  . .         . .  . .  . .           . .  . .  . .",
        .blocked: ". .  . .  . .        . .  . .  . .           . .  . .  . .",
        .turnEnded: ". .  . .  . .      . .  . .  . .           . .  . .  . .",
    ]

    private static func world(_ state: State) -> World {
        var world = World()
        _ = world.arrive()
        if state.consent != .awaited { _ = world.consent(World.given) }
        if state.consent == .given { _ = world.durable() }
        if state.hasSeat {
            _ = world.join(0)
            if state.consent == .given {
                _ = world.send(.keyframe)
                _ = world.gather(0)
            }
        }
        world.pass(.milliseconds(600))
        switch state.shopper {
        case .absent: _ = world.lose()
        case .present: break
        case .refused: _ = world.send(raw: 0x40, sequence: 1)
        }
        return world
    }

    private static func perform(_ fact: Fact, _ state: State, _ world: inout World) -> [SessionAction] {
        let nextTalk: UInt32 = state.consent == .awaited ? 1 : 2
        switch fact {
        case .arrived: return world.arrive()
        case .lost: return world.lose()
        case .givenFirst: return world.consent(World.given, 1)
        case .givenNext: return world.consent(World.given, nextTalk)
        case .refused: return world.consent(World.refused, nextTalk)
        case .withdrawn: return world.consent(World.withdrawn, nextTalk)
        case .durable: return world.durable()
        case .keyframe: return world.send(.keyframe)
        case .delta: return world.send(.delta)
        case .cursor: return world.send(.cursor)
        case .unknown: return world.send(raw: 0xff, sequence: 1)
        case .unknownPage: return world.send(raw: 0x1f, sequence: world.pageSequence + 1)
        case .unknownTalk: return world.send(raw: 0x31, sequence: nextTalk)
        case .wrongRole: return world.send(raw: 0x40, sequence: 1)
        case .wrongNumber: return world.send(raw: 0x10, sequence: world.pageSequence + 1, session: 0)
        case .end: return world.act { $0.endAsked(by: .rep, now: $1, into: &$2) }
        case .join: return world.join(9 + UInt32(world.session.seatCount)) ?? []
        case .leave: return world.leave(0)
        case .resync: return world.resync(0)
        case .deadline: return world.deadline()
        case .muchLater:
            world.pass(.seconds(1000))
            return world.deadline()
        case .gather:
            _ = world.gather(0)
            return []
        case .blocked:
            world.block(0)
            return []
        case .turnEnded:
            world.session.turnEnded()
            return []
        }
    }

    private static func letter(_ action: SessionAction) -> String {
        switch action {
        case .wake: "W"
        case .requestKeyframe: "K"
        case .acknowledge: "A"
        case .watch(let on): on ? "+" : "-"
        case .presence(let state): state == .live ? "L" : "Y"
        case .recordConsent: "C"
        case .recordFrame: "F"
        case .recordSent: "S"
        case .closeShopper(let code): "X\(code.rawValue)"
        case .closeSeat: "Z"
        case .ended: "E"
        }
    }

    @Test(arguments: Fact.allCases) func everyFactInEveryStateDoesWhatTheTableSays(fact: Fact) throws {
        let row = try #require(Self.table[fact]).split(separator: " ").map(String.init)
        try #require(row.count == State.all.count)
        for (state, expected) in zip(State.all, row) {
            var world = Self.world(state)
            let letters = Self.perform(fact, state, &world).map(Self.letter).joined()
            #expect((letters.isEmpty ? "." : letters) == expected, "\(fact) in \(state.testDescription)")
        }
    }

    @Test(arguments: Fact.allCases) func nothingComesOfAnyFactAfterTheEnd(fact: Fact) {
        for state in State.all {
            var world = Self.world(state)
            _ = world.act { $0.endAsked(by: .rep, now: $1, into: &$2) }
            #expect(Self.perform(fact, state, &world) == [], "\(fact) in \(state.testDescription)")
            #expect(world.gather(0) == Gathered(frames: [], isMoreDue: false))
            #expect(world.session.nextDeadline == nil)
        }
    }

    @Test(arguments: Fact.allCases) func anyTwoFactsInARowLeaveADeadlineThatIsMet(first: Fact) {
        for state in State.all {
            for second in Fact.allCases {
                var world = Self.world(state)
                _ = Self.perform(first, state, &world)
                _ = Self.perform(second, state, &world)
                world.session.turnEnded()
                for _ in 0..<4 where world.session.nextDeadline.map({ $0 <= world.now }) == true {
                    _ = world.deadline()
                }
                #expect(world.session.nextDeadline.map { $0 > world.now } != false, "\(first), \(second), \(state)")
            }
        }
    }
}
