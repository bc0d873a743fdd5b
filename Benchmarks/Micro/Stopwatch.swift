/// Times a piece of work: the median of several rounds, in nanoseconds for each operation.
struct Stopwatch {
    private static let rounds = 11

    /// Runs `work` with a number of operations to do, and prints what one took.
    static func measure(_ name: String, operations: Int, _ work: (Int) -> Void) {
        work(operations / 10 + 1)
        let clock = ContinuousClock()
        let times = (0..<Self.rounds).map { _ in
            let time = clock.measure { work(operations) }
            return Double(time.components.seconds) * 1e9 + Double(time.components.attoseconds) / 1e9
        }
        let median = times.sorted()[Self.rounds / 2] / Double(operations)
        let hundredths = Int((median * 100).rounded())
        let cents = hundredths % 100
        print("| \(name) | \(hundredths / 100).\(cents < 10 ? "0" : "")\(cents) |")
    }
}
