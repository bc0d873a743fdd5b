import RelayCore
import Testing

@Suite struct FairRoundsTests {
    /// A session with so many bytes due for each of its seats.
    private final class Flow: FairFlow {
        let share = FairShare()
        var due: [Int]
        var sent = 0

        init(seats: Int, bytes: Int) { self.due = Array(repeating: bytes, count: seats) }

        /// One seat after the other, as a loop serves them.
        func serve(_ credit: inout Int) -> Bool {
            while credit > 0, let bytes = self.due.popLast() {
                credit -= bytes
                self.sent += bytes
            }
            return !self.due.isEmpty
        }
    }

    private func run(_ rounds: FairRounds<Flow>) {
        rounds.serveRound {
            $0.serve(&$1)
        } over: { _ in
        }
    }

    @Test func aSessionOfOneSeatIsServedWithinOneRoundBesideOneOfFiveHundred() {
        let rounds = FairRounds<Flow>(quantum: 1000)
        let (large, small) = (Flow(seats: 500, bytes: 100), Flow(seats: 1, bytes: 100))
        rounds.activate(large)
        rounds.activate(small)
        self.run(rounds)
        #expect(small.due.isEmpty)
        #expect(large.sent == 1000)
        #expect(!rounds.isEmpty, "the large one goes on in the next turn")
        for _ in 1..<50 { self.run(rounds) }
        #expect(large.due.isEmpty)
        #expect(rounds.isEmpty)
    }

    @Test func aSessionThatAlwaysHasMoreGetsNoMoreThanItsShare() {
        let rounds = FairRounds<Flow>(quantum: 1000)
        let (flood, steady) = (Flow(seats: 1 << 16, bytes: 700), Flow(seats: 1 << 16, bytes: 130))
        rounds.activate(flood)
        rounds.activate(steady)
        for _ in 0..<100 { self.run(rounds) }
        #expect(abs(flood.sent - 100_000) <= 700)
        #expect(abs(steady.sent - 100_000) <= 130)
    }

    @Test func whatOneWriteSpendsBeyondTheCreditIsOwed() {
        let rounds = FairRounds<Flow>(quantum: 1000)
        let flow = Flow(seats: 2, bytes: 4500)
        rounds.activate(flow)
        for _ in 0..<4 { self.run(rounds) }
        #expect(flow.sent == 4500)
        for _ in 4..<6 { self.run(rounds) }
        #expect(flow.sent == 9000)
    }

    @Test func aSessionIsActiveOnceHoweverOftenItIsActivated() {
        let rounds = FairRounds<Flow>(quantum: 1000)
        let flow = Flow(seats: 1, bytes: 1)
        rounds.activate(flow)
        rounds.activate(flow)
        var served = 0
        rounds.serveRound { flow, credit in
            served += 1
            return flow.serve(&credit)
        } over: { _ in
        }
        #expect(served == 1)
    }

    @Test func whoOwesIsNotServedAndItsTurnIsOverAllTheSame() {
        let rounds = FairRounds<Flow>(quantum: 1000)
        let flow = Flow(seats: 2, bytes: 2500)
        rounds.activate(flow)
        self.run(rounds)
        var (served, over) = (0, 0)
        rounds.serveRound { _, _ in
            served += 1
            return true
        } over: { _ in
            over += 1
        }
        #expect(served == 0)
        #expect(over == 1)
        #expect(flow.share.isActive)
    }

    @Test func whoIsActivatedInARoundIsServedInTheNext() {
        let rounds = FairRounds<Flow>(quantum: 1000)
        let (first, second) = (Flow(seats: 1, bytes: 1), Flow(seats: 1, bytes: 1))
        rounds.activate(first)
        rounds.serveRound { flow, credit in
            rounds.activate(second)
            return flow.serve(&credit)
        } over: { _ in
        }
        #expect(second.sent == 0)
        self.run(rounds)
        #expect(second.sent == 1)
        #expect(rounds.isEmpty)
    }
}
