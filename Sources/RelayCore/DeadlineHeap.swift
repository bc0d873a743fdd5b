package import Wire

/// The next deadlines of many timers, the earliest first: a binary heap that knows where each timer stands.
///
/// Setting, moving and taking away a deadline costs O(log n), looking at the earliest O(1); a timer without a deadline
/// costs nothing. Pure; a timer is a small number, given out by `add` and used again after `remove`.
package struct DeadlineHeap {
    /// Timer at each place of the heap; no due time is later than those of its children, at 2n + 1 and 2n + 2.
    private var heap: [Int] = []
    /// When each timer is due.
    private var due: [Instant] = []
    /// Each timer's place in the heap; -1 while it has no deadline.
    private var places: [Int] = []
    private var free: [Int] = []

    package init() {}

    /// Timers that have a deadline.
    package var count: Int { self.heap.count }

    /// The earliest deadline.
    package var next: Instant? { self.heap.first.map { self.due[$0] } }

    /// A new timer, without a deadline.
    package mutating func add() -> Int {
        if let timer = self.free.popLast() { return timer }
        self.places.append(-1)
        self.due.append(Instant(nanoseconds: 0))
        return self.places.count - 1
    }

    /// The timer's number may be given out again.
    package mutating func remove(_ timer: Int) {
        self.set(timer, nil)
        self.free.append(timer)
    }

    /// When the timer is due.
    package func deadline(of timer: Int) -> Instant? { self.places[timer] < 0 ? nil : self.due[timer] }

    /// The timer is due at `moment`, or never.
    package mutating func set(_ timer: Int, _ moment: Instant?) {
        let place = self.places[timer]
        guard let moment else {
            if place >= 0 { self.take(at: place) }
            return
        }
        if place < 0 {
            self.due[timer] = moment
            self.heap.append(timer)
            self.places[timer] = self.heap.count - 1
            self.rise(from: self.heap.count - 1)
        } else if self.due[timer] != moment {
            self.due[timer] = moment
            self.rise(from: place)
            self.sink(from: self.places[timer])
        }
    }

    /// Takes the deadline of a timer that is due at `now`, the earliest first; nil when none is.
    package mutating func popDue(now: Instant) -> Int? {
        guard let timer = self.heap.first, self.due[timer] <= now else { return nil }
        self.take(at: 0)
        return timer
    }

    private mutating func take(at place: Int) {
        self.places[self.heap[place]] = -1
        let last = self.heap.removeLast()
        guard place < self.heap.count else { return }
        self.heap[place] = last
        self.places[last] = place
        self.rise(from: place)
        self.sink(from: self.places[last])
    }

    private mutating func rise(from start: Int) {
        var place = start
        while place > 0, self.isEarlier(place, (place - 1) / 2) {
            self.swap(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private mutating func sink(from start: Int) {
        var place = start
        while true {
            var earliest = place
            for child in (2 * place + 1)...(2 * place + 2) where child < self.heap.count {
                if self.isEarlier(child, earliest) { earliest = child }
            }
            guard earliest != place else { return }
            self.swap(place, earliest)
            place = earliest
        }
    }

    /// Timers that are due together go by their numbers, so that their order is the same every time.
    private func isEarlier(_ left: Int, _ right: Int) -> Bool {
        let (first, second) = (self.heap[left], self.heap[right])
        return (self.due[first], first) < (self.due[second], second)
    }

    private mutating func swap(_ left: Int, _ right: Int) {
        self.heap.swapAt(left, right)
        self.places[self.heap[left]] = left
        self.places[self.heap[right]] = right
    }
}
