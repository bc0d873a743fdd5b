package import AuditCore
package import Wire

/// What a verification of a whole log found.
package struct LogReport: Sendable {
    /// What a log is held against beside itself.
    package struct Wanted: Sendable {
        /// The log's key; without it no signature is checked.
        package var verifier: NoteVerifier?
        /// Checkpoints from elsewhere, with the name of each for the report.
        package var checkpoints: [(name: String, checkpoint: SignedCheckpoint)] = []
        /// Proofs from elsewhere, with the name of each for the report.
        package var proofs: [(name: String, proof: LogProof)] = []
        /// Only rules that records of this session break are reported.
        package var session: SessionID?
        /// Only rules that these records break are reported.
        package var range: ClosedRange<UInt64>?

        /// Nothing.
        package init() {}
    }

    /// A rule that a record breaks, and where it stands.
    package struct Fault: Sendable {
        /// Its place.
        package let place: LogReader.Place
        /// Which rule.
        package let finding: AuditFinding
    }

    /// A file beside the segments that is not as it must be.
    package struct Damage: Equatable, Sendable {
        /// Its name below the log's directory, or the name that it was given.
        package let file: String
        /// What is wrong with it.
        package let reason: String
    }

    /// At most so many faults, and so much damage, are kept; the rest is counted.
    package static let faultCountMax = 100

    /// The verifier after the last record.
    package private(set) var verifier = AuditVerifier()
    /// The first faults.
    package private(set) var faults: [Fault] = []
    /// How many faults and damaged files there are in all.
    package private(set) var faultCount = 0
    /// The first damaged files.
    package private(set) var damages: [Damage] = []
    /// How the log ends.
    package private(set) var end = LogReader.End()
    /// The root over all records.
    package private(set) var root = MerkleTree.emptyRoot
    /// The newest checkpoint in the log.
    package private(set) var checkpoint: SignedCheckpoint?

    /// Verifies the log on `disk`: its records, what is derived from them, and what is `wanted`. Throws for damage
    /// below the level of records and for the disk's own errors. `progress` is told how many bytes of the segments
    /// were read.
    package init(
        verifying disk: AuditDisk, _ wanted: Wanted = Wanted(), progress: (Int) -> Void = { _ in }
    ) throws(AuditStoreError) {
        var derived = try DerivedCheck(disk, wanted)
        var verifier = AuditVerifier()
        var faults: [Fault] = []
        var faultCount = 0
        self.end = try LogReader.read(disk) { (place, line) throws(AuditStoreError) in
            let record = Result { () throws(AuditFormatError) in try AuditRecord(decoding: Array(line)) }
            try derived.read(line, try? record.get(), place)
            guard let finding = verifier.read(record, index: place.index) else { return }
            if let range = wanted.range, !range.contains(place.index) { return }
            if let session = wanted.session, finding.session != session, finding.format == nil { return }
            faultCount += 1
            if faults.count < Self.faultCountMax { faults.append(Fault(place: place, finding: finding)) }
        } segmentRead: {
            progress($0)
        }
        try derived.finish(verifier.keeping)
        (self.verifier, self.faults, self.faultCount) = (verifier, faults, faultCount + derived.damageCount)
        (self.damages, self.root, self.checkpoint) = (derived.damages, derived.root, derived.checkpoint)
    }
}
