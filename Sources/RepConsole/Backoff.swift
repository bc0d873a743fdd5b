/// The pause before the next dial: it doubles with every attempt and is jittered, so that the reps of a relay that was
/// restarted do not all come back in the same instant.
enum Backoff {
    /// The pause before the first attempt, at most.
    static let pauseMin: Duration = .milliseconds(400)
    /// A rep who looks at a lost link for longer than this believes that it is dead.
    static let pauseMax: Duration = .seconds(5)

    /// A pause between half of its value and its whole.
    ///
    /// - Parameters:
    ///   - attempt: 0 for the first attempt after a link that worked.
    ///   - entropy: random bits; only their top half counts.
    static func pause(attempt: Int, entropy: UInt64) -> Duration {
        let doublings = min(max(attempt, 0), 4)
        let whole = min(self.pauseMin * (1 << doublings), self.pauseMax)
        let share = Double(entropy >> 32) / Double(UInt32.max)
        return whole * (0.5 + share / 2)
    }
}
