/// How the links of a loop are visited one after the other, so that each is seen once in a round, and few at a time:
/// a visit makes three system calls on a socket that is in no cache, some microseconds, in which nobody else is served.
struct VisitPace: Equatable {
    /// Visits at a time while a round has milliseconds enough: about 0.1 ms of them.
    static let visitsMax = 32

    /// With few links the loop wakes up no more often than this many times a round.
    static let stepsMin = 16

    private static let millisecond: UInt64 = 1_000_000

    /// Nanoseconds between two steps, whole milliseconds, as the loop's timers count.
    let interval: UInt64

    /// Slots to visit in each.
    let visits: Int

    /// For so many slots and a round of so many nanoseconds.
    init(slots: Int, round: UInt64) {
        let wanted = UInt64(Swift.max(Self.stepsMin, (slots + Self.visitsMax - 1) / Self.visitsMax))
        self.interval = Swift.max(round / wanted / Self.millisecond, 1) * Self.millisecond
        let steps = Swift.max(Int(round / self.interval), 1)
        self.visits = (slots + steps - 1) / steps
    }
}
