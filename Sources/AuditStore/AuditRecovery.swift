internal import AuditCore
internal import Glibc
internal import Wire

/// Opens what the last run left: everything is verified, only a torn tail of the last segment is cut, and it is said.
enum AuditRecovery {
    struct Result {
        let writer: SegmentWriter
        let opening: AuditLog.Opening
        /// The stamp of the records of opening.
        let stamp: AuditStamp
    }

    /// Reads the log, makes the reserve, and writes the records of opening.
    static func run(
        _ disk: AuditDisk, options: AuditOptions, program: String, clock: AuditClock
    ) throws(AuditStoreError) -> Result {
        var verifier = AuditVerifier()
        let end = try LogReader.read(disk) { (place, line) throws(AuditStoreError) in
            let finding = verifier.read(line, index: place.index)
            guard let format = finding?.format else { return }
            throw .unreadable(file: place.file, offset: place.offset, index: place.index, format: format)
        }
        try Self.makeReserve(disk, bytes: options.reserveBytes)
        let writer = try SegmentWriter(disk, after: end, options: options)
        let stamp = clock.now()
        let lines = Self.records(verifier, end, program: program, boot: clock.boot, at: stamp)
        for index in 0..<lines.count { try writer.append(lines[index]) }
        try writer.commit()
        let opening = AuditLog.Opening(
            entries: verifier.entries, torn: end.torn, abandoned: Self.openSessions(verifier))
        return Result(writer: writer, opening: opening, stamp: stamp)
    }

    /// `log.opened`, then what was cut, then the sessions without an end in the order of their ids.
    private static func records(
        _ verifier: AuditVerifier, _ end: LogReader.End, program: String, boot: BootID, at stamp: AuditStamp
    ) -> AuditLines {
        var lines = AuditLines()
        func append(_ entry: AuditEntry, sequence: UInt64? = nil) {
            lines.append(AuditRecord(entry, sequence: sequence, at: stamp, boot: boot))
        }
        append(AuditEntry(.logOpened(program: program), by: .relay))
        if let torn = end.torn {
            let event = AuditEvent.logRecovered(
                file: torn.file, offset: torn.offset, bytes: torn.bytes, from: end.next)
            append(AuditEntry(event, by: .relay))
        }
        for session in Self.openSessions(verifier) {
            guard let state = verifier.open[session] else { continue }
            let event = AuditEvent.sessionAbandoned(frames: state.frames, hash: state.hash)
            append(
                AuditEntry(event, by: .relay, site: state.site, session: session), sequence: state.sequence + 1)
        }
        return lines
    }

    private static func openSessions(_ verifier: AuditVerifier) -> [SessionID] {
        verifier.open.keys.sorted { ($0.high, $0.low) < ($1.high, $1.low) }
    }

    /// Bytes kept back for `SegmentWriter.sayBlocked`, made anew if an earlier run used them.
    private static func makeReserve(_ disk: AuditDisk, bytes: Int) throws(AuditStoreError) {
        let file: Int32
        do {
            file = try disk.open("reserve", true)
        } catch .disk(_, _, errno: EEXIST) {
            return
        } catch {
            throw error
        }
        defer { disk.close(file) }
        do {
            try disk.allocate(file, "reserve", bytes)
            try disk.sync(file, "reserve")
            try disk.syncDirectories()
        } catch {
            try? disk.remove("reserve")
            throw error
        }
    }
}
