import Testing
import Wire

@testable import PairingCore

@Suite struct QueueTellingTests {
    private typealias World = DeskWorld

    private func sessions(_ telling: inout QueueTelling, _ rep: UInt64) -> [SessionID] {
        telling.lines(for: RepKey(rep)).map(\.session)
    }

    @Test func repsOfTheSameSitesShareWhatTheySee() {
        var world = World(reps: 3, tickets: 3)
        _ = world.desk.ticketOpened(World.request(4, site: "other"), now: at(4))
        let elsewhere = RepProfile(principal: "e", name: "E", sites: ["other"])
        _ = world.desk.repArrived(RepKey(9), elsewhere, now: at(4))
        _ = world.accept(3, 2, now: at(5))
        var telling = QueueTelling(world.desk)
        #expect(telling.sharedKey(of: RepKey(1)) == [])
        #expect(telling.sharedKey(of: RepKey(2)) == [])
        #expect(telling.sharedKey(of: RepKey(9)) == ["other"])
        #expect(telling.sharedKey(of: RepKey(3)) == nil)
        #expect(self.sessions(&telling, 1) == [1, 3, 4, 2].map(World.session))
        #expect(telling.lines(for: RepKey(2)) == telling.lines(for: RepKey(1)))
        #expect(self.sessions(&telling, 9) == [World.session(4)])
        #expect(self.sessions(&telling, 3) == [2, 1, 3, 4].map(World.session))
    }

    @Test func aKeptSeatIsItsPrincipalsOwnLine() {
        var world = World(reps: 2, tickets: 2)
        _ = world.accept(1, 2, now: at(5))
        _ = world.desk.repLinkLost(RepKey(1), now: at(6))
        world.arrive(5, as: 1)
        var telling = QueueTelling(world.desk)
        #expect(telling.sharedKey(of: RepKey(5)) == nil)
        #expect(telling.lines(for: RepKey(5)).map(\.isMine) == [true, false])
        #expect(telling.sharedKey(of: RepKey(2)) == [])
    }

    @Test func aFullListingHoldsARepsOwnSessionsFirst() {
        let countMax = PairingLimits().listingCountMax
        var world = World(reps: 2)
        for number in 1...UInt64(countMax + 10) {
            _ = world.desk.ticketOpened(World.request(number), now: at(0))
            _ = world.desk.accept(RepKey(1), World.session(number), now: at(0))
        }
        world.arrive(3, sessionCountMax: countMax)
        for number in 1...UInt64(countMax / 2) {
            _ = world.desk.accept(RepKey(3), World.session(number * 2), now: at(10))
        }
        var telling = QueueTelling(world.desk)
        let lines = telling.lines(for: RepKey(3))
        #expect(lines.count == countMax)
        #expect(lines.map(\.isMine) == (0..<countMax).map { $0 < countMax / 2 })
        #expect(Set(lines).count == countMax)
    }

    @Test func aLongQueueIsToldItsPlacesInParts() {
        let countMax = PairingLimits.placesToldMax
        var world = World(reps: 1)
        for number in 1...UInt64(countMax + 20) { _ = world.desk.ticketOpened(World.request(number), now: at(0)) }
        var told: [SessionID] = []
        let first = world.desk.deadlinePassed(now: at(1))
        told += Self.told(first)
        #expect(first.first == .tellQueue && told.count == countMax)
        #expect(world.desk.nextDeadline == at(.milliseconds(1_200)))
        let second = world.desk.deadlinePassed(now: at(.milliseconds(1_200)))
        #expect(!second.contains(.tellQueue) && Self.told(second).count == 20)
        told += Self.told(second)
        #expect(told == world.desk.waitingSessions)
        #expect(world.desk.nextDeadline == nil)
    }

    private static func told(_ actions: [DeskAction]) -> [SessionID] {
        actions.compactMap { if case .tellPlace(let session, _) = $0 { session } else { nil } }
    }

    @Test func aRepThatArrivesChangesNobodysQueue() {
        var world = World(reps: 1, tickets: 1)
        _ = world.desk.deadlinePassed(now: at(5))
        #expect(world.desk.repArrived(RepKey(7), RepProfile(principal: "g", name: "G"), now: at(9)) == [])
    }
}
