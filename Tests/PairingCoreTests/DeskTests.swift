import Testing
import Wire

@testable import PairingCore

/// Builds tickets and reps, and leaves out what is told, so that stories read as what happened.
struct DeskWorld {
    var desk = Desk(limits: PairingLimits(), seatCountMax: 16)

    static func session(_ number: UInt64) -> SessionID { SessionID(high: 0, low: number) }

    static func request(
        _ number: UInt64, site: String = "shop", priority: Int = 0, rights: Rights = .view
    ) -> TicketRequest {
        TicketRequest(
            session: Self.session(number), site: site,
            page: PageFacts(url: "https://shop.example/", title: "Cart", language: "en-GB"), reason: "stuck",
            priority: priority, rights: rights)
    }

    /// Reps 1…n named Rep 1…n with principals of their own.
    init(reps: Int = 0, tickets: Int = 0, sessionCountMax: Int = 4) {
        for number in 0..<reps { self.arrive(UInt64(number + 1), sessionCountMax: sessionCountMax) }
        for number in 0..<tickets {
            _ = self.desk.ticketOpened(Self.request(UInt64(number + 1)), now: at(number))
        }
    }

    mutating func arrive(_ rep: UInt64, as principal: UInt64? = nil, sessionCountMax: Int = 4, mayJoin: Bool = true) {
        let profile = RepProfile(
            principal: "rep\(principal ?? rep)", name: "Rep \(principal ?? rep)", sessionCountMax: sessionCountMax,
            mayJoin: mayJoin)
        _ = self.desk.repArrived(RepKey(rep), profile, now: at(0))
    }

    mutating func accept(_ rep: UInt64, _ session: UInt64, now: Instant) -> [DeskAction] {
        Self.withoutNews(self.desk.accept(RepKey(rep), Self.session(session), now: now))
    }

    static func withoutNews(_ actions: [DeskAction]) -> [DeskAction] {
        actions.filter { action in
            switch action {
            case .tellQueue, .tellPlace: false
            case .seat, .seatBack, .seatGivenUp, .refuse, .refuseRep, .refuseTicket, .returned: true
            }
        }
    }

    static func seat(_ rep: UInt64, _ session: UInt64) -> DeskAction {
        .seat(RepKey(rep), Self.session(session), .view)
    }

    static func refuse(_ rep: UInt64, _ session: UInt64, _ why: DeskRefusal) -> DeskAction {
        .refuse(RepKey(rep), Self.session(session), why)
    }
}

@Suite struct DeskTests {
    private typealias World = DeskWorld

    @Test func oneOfTwoRepsWhoAcceptAtOnceGetsTheTicket() {
        var world = World(reps: 2, tickets: 1)
        #expect(world.accept(1, 1, now: at(10)) == [World.seat(1, 1)])
        #expect(
            world.accept(2, 1, now: at(.milliseconds(10_300)))
                == [World.refuse(2, 1, .taken(by: "Rep 1", ago: .milliseconds(300)))])
        #expect(world.accept(1, 1, now: at(11)) == [])
    }

    @Test func aSecondRepJoinsOnceTheNewsHasArrived() {
        var world = World(reps: 2, tickets: 1)
        world.arrive(3, mayJoin: false)
        _ = world.accept(1, 1, now: at(10))
        #expect(world.accept(2, 1, now: at(12)) == [World.seat(2, 1)])
        #expect(world.desk.repNames(World.session(1)) == ["Rep 1", "Rep 2"])
        #expect(world.accept(3, 1, now: at(13)) == [World.refuse(3, 1, .taken(by: "Rep 1", ago: .seconds(3)))])
    }

    @Test func aRaceIsLostForSoLongAndNoLonger() {
        let race = PairingLimits.raceDurationMax
        for (ago, isSeated) in [(race - .nanoseconds(1), false), (race, true)] {
            var world = World(reps: 2, tickets: 1)
            _ = world.accept(1, 1, now: at(10))
            #expect(
                world.accept(2, 1, now: at(10) + ago)
                    == [isSeated ? World.seat(2, 1) : World.refuse(2, 1, .taken(by: "Rep 1", ago: ago))])
        }
    }

    @Test func aListingNamesSoManyRepsAndNoMore() {
        let most = PairingLimits.namesListedMax
        var world = World(reps: most + 1, tickets: 1)
        for rep in 1...(most + 1) {
            _ = world.accept(UInt64(rep), 1, now: at(rep * 10))
            let names = world.desk.listing(for: RepKey(1), now: at(rep * 10)).first?.reps
            #expect(names == (1...min(rep, most)).map { "Rep \($0)" })
        }
        #expect(world.desk.repNames(World.session(1)).count == most + 1)
    }

    @Test func aRepsNameAndAPagesLanguageAreCutAtTheirLimits() {
        for more in [0, 1] {
            let name = String(repeating: "n", count: PairingLimits.nameBytesMax)
            #expect(RepProfile(principal: "a", name: name + String(repeating: "x", count: more)).name == name)
            let language = String(repeating: "l", count: PairingLimits.languageBytesMax)
            let page = PageFacts(url: "", title: "", language: language + String(repeating: "x", count: more))
            #expect(TicketRequest(session: World.session(1), site: "s", page: page).page.language == language)
        }
    }

    @Test func unknownForeignAndFullAreRefusedInWords() {
        var world = World(reps: 1, tickets: 2, sessionCountMax: 1)
        #expect(world.accept(1, 9, now: at(10)) == [World.refuse(1, 9, .unknown)])
        #expect(world.accept(1, 1, now: at(10)) == [World.seat(1, 1)])
        #expect(world.accept(1, 2, now: at(10)) == [World.refuse(1, 2, .atCapacity(seatCountMax: 1))])
        #expect(world.accept(7, 2, now: at(10)) == [])
        _ = world.desk.ticketOpened(World.request(3, rights: []), now: at(10))
        world.arrive(2)
        #expect(world.accept(2, 3, now: at(10)) == [World.refuse(2, 3, .notAllowed)])
        #expect(DeskRefusal.taken(by: "Ann", ago: .milliseconds(300)).text == "Ann took this ticket 300 ms ago")
        #expect(DeskRefusal.atCapacity(seatCountMax: 1).reason == .capacity)
    }

    @Test func aSessionHasSixteenSeats() {
        var world = World(reps: 17, tickets: 1)
        for rep in UInt64(1)...16 { #expect(world.accept(rep, 1, now: at(Int(rep) * 10)) == [World.seat(rep, 1)]) }
        #expect(world.accept(17, 1, now: at(200)) == [World.refuse(17, 1, .full(seatCountMax: 16))])
    }

    @Test func aLostRepsTicketGoesToTheFrontAfterTheGrace() {
        var world = World(reps: 2, tickets: 3)
        _ = world.accept(1, 3, now: at(10))
        _ = world.desk.repLinkLost(RepKey(1), now: at(20))
        #expect(world.desk.waitingSessions == [1, 2].map(World.session))
        #expect(World.withoutNews(world.desk.deadlinePassed(now: at(79))) == [])
        #expect(world.desk.nextDeadline == at(80))
        #expect(
            World.withoutNews(world.desk.deadlinePassed(now: at(80)))
                == [.seatGivenUp(RepKey(1), World.session(3)), .returned(World.session(3))])
        #expect(world.desk.waitingSessions == [3, 1, 2].map(World.session))
    }

    @Test func theSamePrincipalComesBackToItsSeat() {
        var world = World(reps: 2, tickets: 1)
        _ = world.accept(1, 1, now: at(10))
        _ = world.desk.repLinkLost(RepKey(1), now: at(11))
        world.arrive(5, as: 1)
        #expect(world.desk.listing(for: RepKey(5), now: at(11)).first?.isMine == true)
        #expect(world.accept(2, 1, now: at(11)) == [World.refuse(2, 1, .taken(by: "Rep 1", ago: .seconds(1)))])
        #expect(world.accept(5, 1, now: at(12)) == [World.seat(5, 1)])
        #expect(World.withoutNews(world.desk.deadlinePassed(now: at(200))) == [])
        #expect(world.desk.repNames(World.session(1)) == ["Rep 1"])
    }

    @Test func leavingFreesTheSeatAtOnce() {
        var world = World(reps: 1, tickets: 2, sessionCountMax: 1)
        _ = world.accept(1, 2, now: at(10))
        #expect(
            World.withoutNews(world.desk.seatLeft(RepKey(1), World.session(2), now: at(11)))
                == [.returned(World.session(2))])
        #expect(world.desk.seatLeft(RepKey(1), World.session(2), now: at(11)) == [])
        #expect(world.accept(1, 1, now: at(12)) == [World.seat(1, 1)])
        #expect(World.withoutNews(world.desk.repLeft(RepKey(1), now: at(13))) == [.returned(World.session(1))])
        #expect(world.desk.repLeft(RepKey(1), now: at(13)) == [])
    }

    @Test func anEndedSessionFreesItsSeatsAndIsUnknown() {
        var world = World(reps: 1, tickets: 2, sessionCountMax: 1)
        _ = world.accept(1, 1, now: at(10))
        _ = world.desk.sessionEnded(World.session(1), now: at(11))
        #expect(world.desk.sessionEnded(World.session(1), now: at(11)) == [])
        #expect(world.accept(1, 1, now: at(12)) == [World.refuse(1, 1, .unknown)])
        #expect(world.accept(1, 2, now: at(12)) == [World.seat(1, 2)])
    }

    @Test func urgentTicketsOvertakeOnlyThoseThatHaveNotWaitedLong() {
        var world = World()
        _ = world.desk.ticketOpened(World.request(1), now: at(0))
        let ageing = PairingLimits.ageingDuration
        _ = world.desk.ticketOpened(World.request(2, priority: 1), now: at(ageing - .nanoseconds(1)))
        _ = world.desk.ticketOpened(World.request(3, priority: 1), now: at(ageing))
        #expect(world.desk.waitingSessions == [2, 1, 3].map(World.session))
    }

    @Test func newsIsGatheredAndPlacesAreToldWhenTheyChange() {
        var world = World(reps: 1)
        let first = world.desk.ticketOpened(World.request(1), now: at(10))
        #expect(
            first == [
                .tellQueue,
                .tellPlace(World.session(1), TicketPlace(position: 1, waiting: 1, expectedWait: nil)),
            ])
        #expect(world.desk.ticketOpened(World.request(2), now: at(10)) == [])
        let due = at(10) + PairingLimits().tellIntervalMin
        #expect(world.desk.nextDeadline == due)
        #expect(world.desk.deadlinePassed(now: at(10) + (PairingLimits().tellIntervalMin - .nanoseconds(1))) == [])
        let told = world.desk.deadlinePassed(now: due)
        #expect(
            told == [
                .tellQueue,
                .tellPlace(World.session(1), TicketPlace(position: 1, waiting: 2, expectedWait: nil)),
                .tellPlace(World.session(2), TicketPlace(position: 2, waiting: 2, expectedWait: nil)),
            ])
        #expect(world.desk.nextDeadline == nil)
        #expect(world.desk.place(World.session(2))?.position == 2)
    }

    @Test func theExpectedWaitComesFromThePace() {
        var world = World(reps: 2, tickets: 8)
        for session in UInt64(1)...4 { _ = world.accept(1, session, now: at(Int(session) * 30)) }
        #expect(world.desk.place(World.session(6))?.expectedWait == .seconds(60))
        _ = world.desk.repLinkLost(RepKey(1), now: at(200))
        _ = world.desk.repLeft(RepKey(2), now: at(200))
        #expect(world.desk.place(World.session(6))?.expectedWait == nil)
    }

    @Test func thePaceIsThatOfTheLastTicketsAndOfNoFewerThanItTakes() {
        let (least, most) = (PairingLimits.waitSampleCountMin, PairingLimits.waitSampleCountMax)
        var world = World(reps: 1, tickets: most + 2, sessionCountMax: most + 2)
        func wait() -> Duration? { world.desk.place(World.session(UInt64(most + 2)))?.expectedWait }
        // The first comes a day before the others, which come a minute apart.
        for taken in 1...most {
            _ = world.accept(1, UInt64(taken), now: at(taken == 1 ? 100 : 86_400 + 60 * taken))
            #expect((wait() == nil) == (taken < least))
        }
        #expect(wait().map { $0 > .seconds(2 * 60) } == true)
        _ = world.accept(1, UInt64(most + 1), now: at(86_400 + 60 * (most + 1)))
        #expect(wait() == .seconds(60))
    }

    @Test func theListingSaysWhoWaitsAndWhy() {
        var world = World(reps: 2, tickets: 3)
        _ = world.accept(1, 2, now: at(31))
        _ = world.desk.shopperLost(World.session(3), now: at(40))
        let listing = world.desk.listing(for: RepKey(1), now: at(60))
        #expect(listing.map(\.session) == [2, 1, 3].map(World.session))
        #expect(listing.map(\.state) == [.live, .waiting, .away])
        #expect(listing.map(\.waited) == [.seconds(30), .seconds(60), .seconds(58)])
        #expect(listing.map(\.isMine) == [true, false, false])
        #expect(listing[0].reps == ["Rep 1"])
        _ = world.desk.shopperReturned(World.session(3), now: at(61))
        #expect(world.desk.listing(for: RepKey(2), now: at(61)).map(\.state) == [.waiting, .waiting, .live])
    }

    @Test func aRepSeesOnlyItsSites() {
        var world = World(tickets: 1)
        _ = world.desk.repArrived(
            RepKey(1), RepProfile(principal: "a", name: "A", languages: ["et"], sites: ["other"]), now: at(0))
        #expect(world.desk.listing(for: RepKey(1), now: at(1)) == [])
        #expect(world.accept(1, 1, now: at(1)) == [World.refuse(1, 1, .unknown)])
        _ = world.desk.ticketOpened(World.request(2, site: "other"), now: at(2))
        #expect(world.desk.listing(for: RepKey(1), now: at(3)).map(\.isSpoken) == [false])
    }

    @Test func textsAreCleanedAndCut() {
        let page = PageFacts(
            url: "\u{1B}]0;x\u{7}", title: String(repeating: "ä", count: 1_000), language: "en")
        let request = TicketRequest(session: World.session(1), site: "s", page: page, reason: "a\u{9B}b", priority: 99)
        #expect(request.page.url == "]0;x")
        #expect(request.page.title.utf8.count == PairingLimits.textBytesMax)
        #expect(request.reason == "ab")
        #expect(request.priority == PairingLimits.priorityMax)
    }

    @Test func oneRepAndOneTicketMoreThanTheLimitAreRefused() {
        var world = World(reps: PairingLimits().repCountMax)
        let profile = RepProfile(principal: "x", name: "X")
        #expect(world.desk.repArrived(RepKey(9_999), profile, now: at(0)) == [.refuseRep(RepKey(9_999))])
        for number in 0..<PairingLimits().sessionCountMax {
            _ = world.desk.ticketOpened(World.request(UInt64(number)), now: at(0))
        }
        let last = World.request(1 << 40)
        #expect(world.desk.ticketOpened(last, now: at(0)) == [.refuseTicket(last.session)])
        #expect(world.desk.listing(for: RepKey(1), now: at(0)).count == PairingLimits().listingCountMax)
    }
}
