/// How the daemon's stop went.
package struct StopReport: Equatable, Sendable {
    /// Loops that hung and were left, by their places.
    package let stuckLoops: [Int]

    /// What went wrong, for the operator; nil after a stop in order. sysexits(3): 70, an error of the program itself.
    package var problem: StartError? {
        guard !self.stuckLoops.isEmpty else { return nil }
        let names = self.stuckLoops.map(String.init).joined(separator: ", ")
        return StartError("service loop \(names) did not end; the audit log is closed", exitCode: 70)
    }
}
