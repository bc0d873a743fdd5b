import Testing
import Wire

@testable import PairingCore

/// A repeatable stream of numbers (SplitMix64).
struct SplitMix64 {
    var state: UInt64

    mutating func next(below bound: Int) -> Int {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }
}

/// Random days at the desk beside a naive model: who has a seat where, from the actions alone.
@Suite struct DeskModelTests {
    @Test(arguments: 1...20) func noTicketIsTakenTwiceAndNobodyStarves(seed: Int) {
        var random = SplitMix64(state: UInt64(seed))
        var world = DeskWorld(reps: 5, sessionCountMax: 3)
        var seats: [SessionID: Set<RepKey>] = [:]
        var present: [RepKey] = (1...5).map { RepKey($0) }
        var open: [UInt64] = []
        var (nextRep, nextTicket): (UInt64, UInt64) = (6, 1)
        var now = at(0)
        for step in 0..<300 {
            now = now + .milliseconds(random.next(below: 20_000))
            var actions = world.desk.deadlinePassed(now: now)
            switch random.next(below: 10) {
            case 0...2:
                let request = DeskWorld.request(nextTicket, priority: random.next(below: 4))
                actions += world.desk.ticketOpened(request, now: now)
                open.append(nextTicket)
                nextTicket += 1
            case 3...6:
                guard !present.isEmpty, !open.isEmpty else { continue }
                let session = DeskWorld.session(open[random.next(below: open.count)])
                // Everybody reaches for the same ticket at the same moment.
                let wasWaiting = world.desk.waitingSessions.contains(session)
                let before = actions.count
                for rep in present { actions += world.desk.accept(rep, session, now: now) }
                let winners = Set(actions[before...].compactMap { Self.principal(of: $0, world.desk) })
                #expect(!wasWaiting || winners.count <= 1, "seed \(seed) step \(step): \(winners)")
            case 7:
                guard let rep = present.popLast() else { continue }
                let isLost = random.next(below: 2) == 0
                actions += isLost ? world.desk.repLinkLost(rep, now: now) : world.desk.repLeft(rep, now: now)
                for session in seats.keys { seats[session]?.remove(rep) }
            case 8:
                world.arrive(nextRep, as: nextRep % 5 + 1, sessionCountMax: 3)
                present.append(RepKey(nextRep))
                nextRep += 1
            default:
                guard !open.isEmpty else { continue }
                let number = open.remove(at: random.next(below: open.count))
                seats[DeskWorld.session(number)] = nil
                actions += world.desk.sessionEnded(DeskWorld.session(number), now: now)
            }
            for action in actions {
                guard case .seat(let rep, let session, _) = action else { continue }
                let isNew = seats[session, default: []].insert(rep).inserted
                #expect(isNew, "seed \(seed) step \(step): \(rep) seated twice")
            }
            Self.check(world.desk, seats, present, "seed \(seed) step \(step)")
        }
        Self.serveAll(&world, &random, now: now)
    }

    private static func principal(of action: DeskAction, _ desk: Desk) -> String? {
        guard case .seat(let rep, _, _) = action else { return nil }
        return desk.reps[rep]?.profile.principal
    }

    private static func check(
        _ desk: Desk, _ seats: [SessionID: Set<RepKey>], _ present: [RepKey], _ place: Comment
    ) {
        for rep in present {
            let count = seats.values.count { $0.contains(rep) }
            #expect(count <= 3 && desk.reps[rep]?.sessions.count == count, place)
        }
        for (session, ticket) in desk.tickets {
            #expect(Set(ticket.seats.compactMap(\.rep)) == seats[session, default: []], place)
        }
        let waiting = desk.waitingSessions
        let tickets = desk.tickets.values
        #expect(desk.waiting.turns == tickets.filter(\.isWaiting).map(\.turn).sorted(), place)
        #expect(desk.live.turns == tickets.filter { !$0.isWaiting }.map(\.turn).sorted(), place)
        let kept = tickets.flatMap { $0.seats.compactMap(\.keptUntil) }
        #expect(desk.isChanged || desk.nextDeadline == kept.min(), place)
        if let first = waiting.first, let last = waiting.last {
            #expect(desk.place(first)?.position == 1, place)
            #expect(desk.place(last)?.position == waiting.count, place)
        }
    }

    /// From now on urgent tickets come all the time and the first in the queue is served: every ticket that waits now
    /// is served after a bounded number of others.
    private static func serveAll(_ world: inout DeskWorld, _ random: inout SplitMix64, now: Instant) {
        var now = now + .seconds(100)
        _ = world.desk.deadlinePassed(now: now)
        world.arrive(100_000)
        var old = Set(world.desk.waitingSessions)
        var number: UInt64 = 1_000_000
        var served = 0
        while !old.isEmpty, served < 1_000 {
            now = now + .seconds(5)
            _ = world.desk.ticketOpened(DeskWorld.request(number, priority: 3), now: now)
            number += 1
            guard let first = world.desk.waitingSessions.first else { break }
            let actions = DeskWorld.withoutNews(world.desk.accept(RepKey(100_000), first, now: now))
            #expect(actions == [.seat(RepKey(100_000), first, .view)])
            _ = world.desk.sessionEnded(first, now: now)
            old.remove(first)
            served += 1
        }
        #expect(old.isEmpty)
    }
}
