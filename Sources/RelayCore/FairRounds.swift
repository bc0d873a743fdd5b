/// One of those who share a loop's turns by `FairRounds`.
package protocol FairFlow: AnyObject {
    /// Kept by `FairRounds`: what the flow may still spend, or owes when it is below zero.
    var credit: Int { get set }
    /// Kept by `FairRounds`: whether the flow waits to be served.
    var isActive: Bool { get set }
}

/// Deficit round robin (Shreedhar and Varghese, SIGCOMM 1995) over sessions: in each turn of a loop every session that
/// has something due is served once, for at most its credit, so that a large one cannot starve a small one.
///
/// A class, because a service may activate others. O(1) a session and turn.
///
/// What a service spends beyond the credit is owed in the next rounds. Confined to its loop. Inlinable, so that another
/// module's flow is served by its own type and not through a table of its methods.
package final class FairRounds<Flow: FairFlow> {
    @usableFromInline let quantum: Int
    @usableFromInline var waiting: [Flow] = []
    /// The array of the round before, empty and with its memory.
    @usableFromInline var spare: [Flow] = []

    /// Each flow may spend `quantum` a round.
    @inlinable
    package init(quantum: Int) {
        precondition(quantum > 0, "a round that gives nothing never ends")
        self.quantum = quantum
    }

    /// Whether nobody waits.
    @inlinable
    package var isEmpty: Bool { self.waiting.isEmpty }

    /// The flow has something due; it is served in the next round, in the order of activation.
    @inlinable
    package func activate(_ flow: Flow) {
        guard !flow.isActive else { return }
        flow.isActive = true
        self.waiting.append(flow)
    }

    /// Takes those who are served in this round.
    @inlinable
    package func begin() -> [Flow] {
        let round = self.waiting
        self.waiting = self.spare
        self.spare = []
        return round
    }

    /// Serves one flow of the round: `serve` spends from the credit and answers whether something is left, for which
    /// the flow stays active.
    @inlinable
    package func serve(_ flow: Flow, _ serve: (inout Int) -> Bool) {
        var credit = flow.credit + self.quantum
        let isMoreDue = credit <= 0 || serve(&credit)
        guard isMoreDue else {
            // Who has nothing to send saves nothing up, and owes on.
            flow.credit = Swift.min(credit, 0)
            flow.isActive = false
            return
        }
        flow.credit = Swift.min(credit, self.quantum)
        self.waiting.append(flow)
    }

    /// Gives the round's array back, for its memory.
    @inlinable
    package func end(_ round: consuming [Flow]) {
        round.removeAll(keepingCapacity: true)
        self.spare = round
    }
}
