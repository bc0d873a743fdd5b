/// One of those who share a loop's turns by `FairRounds`.
package protocol FairFlow: AnyObject {
    /// Its own, the same for all its life.
    var share: FairShare { get }
}

/// What `FairRounds` keeps of a flow. Confined to its loop.
package final class FairShare {
    /// What the flow may still spend, or owes when it is below zero.
    fileprivate var credit = 0
    fileprivate var isWaiting = false

    package init() {}

    /// Whether the flow waits to be served.
    package var isActive: Bool { self.isWaiting }
}

/// Deficit round robin (Shreedhar and Varghese, SIGCOMM 1995) over sessions: in each turn of a loop every session that
/// has something due is served once, for at most its credit, so that a large one cannot starve a small one.
///
/// A class, because a service may activate others. O(1) a session and turn. What a service spends beyond the credit is
/// owed in the next rounds. Confined to its loop.
///
/// Whatever is generic is not compiled anew for another module's type (Swift 6.3, `package` access): an array of a type
/// that only the caller knows would be worked through tables of that type, looked up each time, and that was a fifth of
/// all that the relay itself did in a turn of small writes. So flows wait as plain objects in a ring of their own.
@safe package final class FairRounds<Flow: FairFlow> {
    private let quantum: Int
    private let waiting = FlowRing()

    /// Each flow may spend `quantum` a round.
    package init(quantum: Int) {
        precondition(quantum > 0, "a round that gives nothing never ends")
        self.quantum = quantum
    }

    /// Whether nobody waits.
    package var isEmpty: Bool { self.waiting.count == 0 }

    /// The flow has something due; it is served in the next round, in the order of activation.
    package func activate(_ flow: Flow) {
        let share = flow.share
        guard !share.isWaiting else { return }
        share.isWaiting = true
        self.waiting.append(flow)
    }

    /// Serves those who wait, once each: `serve` spends from the credit and answers whether something is left, for
    /// which the flow stays active. Who owes more than its credit is not served. `over` is told of each in either case.
    /// Who is activated in between is served in the next round.
    package func serveRound(_ serve: (Flow, inout Int) -> Bool, over: (Flow) -> Void) {
        for _ in 0..<self.waiting.count {
            // Proof: only `activate` and `serve` fill the ring, with flows of this type.
            let flow = unsafe unsafeDowncast(self.waiting.takeFirst(), to: Flow.self)
            self.serve(flow, serve)
            over(flow)
        }
    }

    private func serve(_ flow: Flow, _ serve: (Flow, inout Int) -> Bool) {
        let share = flow.share
        var credit = share.credit + self.quantum
        let isMoreDue = credit <= 0 || serve(flow, &credit)
        guard isMoreDue else {
            // Who has nothing to send saves nothing up, and owes on.
            share.credit = Swift.min(credit, 0)
            share.isWaiting = false
            return
        }
        share.credit = Swift.min(credit, self.quantum)
        self.waiting.append(flow)
    }
}

/// Objects in the order in which they came. As large as the most that waited at once.
@safe private final class FlowRing {
    /// `count` references from `first` on, each counted by `append` and given back by `takeFirst`; the place of the
    /// n-th is `(first + n) & (capacity - 1)`.
    private var places = UnsafeMutablePointer<Unmanaged<AnyObject>>.allocate(capacity: 16)
    /// A power of two.
    private var capacity = 16
    private var first = 0
    private(set) var count = 0

    deinit {
        while self.count > 0 { _ = self.takeFirst() }
        unsafe self.places.deallocate()
    }

    func append(_ object: AnyObject) {
        if self.count == self.capacity { self.grow() }
        let place = (self.first + self.count) & (self.capacity - 1)
        unsafe (self.places + place).initialize(to: .passRetained(object))
        self.count += 1
    }

    /// The object that came first; there is one.
    func takeFirst() -> AnyObject {
        precondition(self.count > 0, "nobody waits")
        let object = unsafe self.places[self.first]
        self.first = (self.first + 1) & (self.capacity - 1)
        self.count -= 1
        // Balances `append`.
        return unsafe object.takeRetainedValue()
    }

    private func grow() {
        let larger = UnsafeMutablePointer<Unmanaged<AnyObject>>.allocate(capacity: self.capacity * 2)
        for index in 0..<self.count {
            unsafe (larger + index).initialize(to: self.places[(self.first + index) & (self.capacity - 1)])
        }
        unsafe self.places.deallocate()
        unsafe self.places = larger
        self.capacity *= 2
        self.first = 0
    }
}
