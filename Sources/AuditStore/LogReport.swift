package import AuditCore

/// What a verification of a whole log found.
package struct LogReport: Sendable {
    /// A rule that a record breaks, and where it stands.
    package struct Fault: Sendable {
        /// Its place.
        package let place: LogReader.Place
        /// Which rule.
        package let finding: AuditFinding
    }

    /// At most so many faults are kept; the rest are counted.
    package static let faultCountMax = 100

    /// The verifier after the last record.
    package private(set) var verifier = AuditVerifier()
    /// The first faults.
    package private(set) var faults: [Fault] = []
    /// How many faults there are in all.
    package private(set) var faultCount = 0
    /// How the log ends.
    package private(set) var end = LogReader.End()

    /// Verifies the log on `disk`. Throws for damage below the level of records and for the disk's own errors.
    package init(verifying disk: AuditDisk) throws(AuditStoreError) {
        var verifier = AuditVerifier()
        var faults: [Fault] = []
        var faultCount = 0
        self.end = try LogReader.read(disk) { (place, line) throws(AuditStoreError) in
            guard let finding = verifier.read(line, index: place.index) else { return }
            faultCount += 1
            if faults.count < Self.faultCountMax { faults.append(Fault(place: place, finding: finding)) }
        }
        (self.verifier, self.faults, self.faultCount) = (verifier, faults, faultCount)
    }
}
