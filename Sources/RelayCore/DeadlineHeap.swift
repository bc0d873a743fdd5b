package import Wire

/// The next deadlines of many timers, the earliest first: a binary heap that knows where each timer stands.
///
/// Setting, moving and taking away a deadline costs O(log n), looking at the earliest O(1); a timer without a deadline
/// costs nothing. Pure; a timer is a small number, given out by `add` and used again after `remove`. A class of plain
/// words behind two pointers, confined to its loop's thread: its owner calls it some times a frame, and no access to it
/// is checked.
@safe package final class DeadlineHeap {
    private struct Timer {
        /// When it is due.
        var due = Instant(nanoseconds: 0)
        /// Its place in the heap; -1 while it has no deadline.
        var place = -1
    }

    /// Initialised below `timerCount`.
    private var timers = UnsafeMutablePointer<Timer>.allocate(capacity: 16)
    /// The timer at each place of the heap, below `count`; no due time is later than those of its children, at 2n + 1
    /// and 2n + 2. As large as `timers`.
    private var heap = UnsafeMutablePointer<Int>.allocate(capacity: 16)
    private var capacity = 16
    private var timerCount = 0
    private var free: [Int] = []

    /// Timers that have a deadline.
    package private(set) var count = 0

    package init() {}

    deinit {
        unsafe self.timers.deallocate()
        unsafe self.heap.deallocate()
    }

    /// The earliest deadline.
    package var next: Instant? { self.count > 0 ? self[self.timer(at: 0)].due : nil }

    /// A new timer, without a deadline.
    package func add() -> Int {
        if let timer = self.free.popLast() { return timer }
        if self.timerCount == self.capacity { self.grow() }
        unsafe (self.timers + self.timerCount).initialize(to: Timer())
        self.timerCount += 1
        return self.timerCount - 1
    }

    /// The timer's number may be given out again.
    package func remove(_ timer: Int) {
        self.set(timer, nil)
        self.free.append(timer)
    }

    /// When the timer is due.
    package func deadline(of timer: Int) -> Instant? { self[timer].place < 0 ? nil : self[timer].due }

    /// The timer is due at `moment`, or never.
    package func set(_ timer: Int, _ moment: Instant?) {
        let place = self[timer].place
        guard let moment else {
            if place >= 0 { self.take(at: place) }
            return
        }
        if place < 0 {
            self[timer].due = moment
            self.count += 1
            self.put(timer, at: self.count - 1)
            self.rise(from: self.count - 1)
        } else if self[timer].due.nanoseconds != moment.nanoseconds {
            self[timer].due = moment
            self.rise(from: place)
            self.sink(from: self[timer].place)
        }
    }

    /// Takes the deadline of a timer that is due at `now`, the earliest first; nil when none is.
    package func popDue(now: Instant) -> Int? {
        guard self.count > 0 else { return nil }
        let timer = self.timer(at: 0)
        guard self[timer].due <= now else { return nil }
        self.take(at: 0)
        return timer
    }

    private subscript(_ timer: Int) -> Timer {
        _read {
            precondition(timer >= 0 && timer < self.timerCount, "no such timer")
            yield unsafe self.timers[timer]
        }
        _modify {
            precondition(timer >= 0 && timer < self.timerCount, "no such timer")
            yield unsafe &self.timers[timer]
        }
    }

    private func timer(at place: Int) -> Int {
        precondition(place >= 0 && place < self.count, "no timer stands there")
        return unsafe self.heap[place]
    }

    private func put(_ timer: Int, at place: Int) {
        precondition(place >= 0 && place < self.count, "no timer stands there")
        unsafe self.heap[place] = timer
        self[timer].place = place
    }

    private func take(at place: Int) {
        self[self.timer(at: place)].place = -1
        let last = self.timer(at: self.count - 1)
        self.count -= 1
        guard place < self.count else { return }
        self.put(last, at: place)
        self.rise(from: place)
        self.sink(from: self[last].place)
    }

    private func rise(from start: Int) {
        var place = start
        while place > 0, self.isEarlier(place, (place - 1) / 2) {
            self.swap(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private func sink(from start: Int) {
        var place = start
        while true {
            var earliest = place
            if 2 * place + 1 < self.count, self.isEarlier(2 * place + 1, earliest) { earliest = 2 * place + 1 }
            if 2 * place + 2 < self.count, self.isEarlier(2 * place + 2, earliest) { earliest = 2 * place + 2 }
            guard earliest != place else { return }
            self.swap(place, earliest)
            place = earliest
        }
    }

    /// Timers that are due together go by their numbers, so that their order is the same every time.
    private func isEarlier(_ left: Int, _ right: Int) -> Bool {
        let (first, second) = (self.timer(at: left), self.timer(at: right))
        let (one, other) = (self[first].due.nanoseconds, self[second].due.nanoseconds)
        return one == other ? first < second : one < other
    }

    private func swap(_ left: Int, _ right: Int) {
        let (first, second) = (self.timer(at: left), self.timer(at: right))
        self.put(first, at: right)
        self.put(second, at: left)
    }

    private func grow() {
        let timers = UnsafeMutablePointer<Timer>.allocate(capacity: self.capacity * 2)
        let heap = UnsafeMutablePointer<Int>.allocate(capacity: self.capacity * 2)
        unsafe timers.moveInitialize(from: self.timers, count: self.timerCount)
        unsafe heap.moveInitialize(from: self.heap, count: self.count)
        unsafe self.timers.deallocate()
        unsafe self.heap.deallocate()
        unsafe (self.timers, self.heap) = (timers, heap)
        self.capacity *= 2
    }
}
