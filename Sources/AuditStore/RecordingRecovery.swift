internal import AuditCore
internal import Glibc
internal import Wire

/// Finishes what a crash left of recordings and erasures: an erasure on record is carried out, a recording without an
/// end is ended, and chunks that no record names go.
///
/// Marks in `inbox/` say which sessions these are (`Protocol/recording.md`, "Marks"), so that a start after an orderly
/// stop reads nothing.
enum RecordingRecovery {
    /// What a mark is for.
    enum Mark: String, CaseIterable {
        case recording
        case erasing

        func path(_ session: SessionID, in directory: String) -> String {
            "\(directory)/inbox/\(session.text).\(self.rawValue)"
        }

        /// Makes the mark and its name durable.
        func set(_ session: SessionID, in directory: String) throws(AuditStoreError) {
            let path = self.path(session, in: directory)
            let file = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            guard file >= 0 else { throw .disk(operation: "open", file: path, errno: errno) }
            _ = close(file)
            try RecordingFiles.syncDirectory(directory + "/inbox")
        }

        /// Takes the mark away; one that stays costs the next start a look.
        func clear(_ session: SessionID, in directory: String) {
            _ = unsafe unlink(self.path(session, in: directory))
        }
    }

    /// Runs once, on an open log, before anything is recorded. What fails is tried again at the next start.
    static func run(_ log: AuditLog, directory: String) {
        let marks = Self.marks(in: directory)
        guard !marks.isEmpty, let standings = try? Self.standings(directory) else { return }
        let files = RecordingFiles(directory: directory)
        for (session, mark) in marks {
            let standing = standings[session]
            switch mark {
            case .erasing:
                guard standing?.isGone != true || (try? files.destroy(session)) != nil else { continue }
            case .recording:
                guard let standing else {
                    // Not even its beginning is on record: nothing proves what is there.
                    guard (try? files.destroy(session)) != nil else { continue }
                    break
                }
                guard !standing.isStopped else { break }
                for chunk in (try? files.chunks(session)) ?? [] where chunk.number > standing.chunks {
                    try? files.remove(session, chunk.number)
                }
                let event = AuditEvent.recordingStopped(session, why: "abandoned", chunks: standing.chunks)
                guard log.appendAndWait(AuditEntry(event, by: .relay)) else { continue }
            }
            mark.clear(session, in: directory)
        }
    }

    private static func marks(in directory: String) -> [(SessionID, Mark)] {
        let names = (try? AuditDisk.names(directory + "/inbox")) ?? []
        return names.compactMap { name in
            let parts = name.split(separator: ".")
            guard parts.count == 2, let session = SessionID(String(parts[0])),
                let mark = Mark(rawValue: String(parts[1]))
            else { return nil }
            return (session, mark)
        }
    }

    private struct Standing {
        var chunks: UInt64 = 0
        var isStopped = false
        var isGone = false
    }

    private static func standings(_ directory: String) throws(AuditStoreError) -> [SessionID: Standing] {
        let disk = try AuditDisk.system(directory: directory, forWriting: false)
        defer { disk.release() }
        var standings: [SessionID: Standing] = [:]
        _ = try LogReader.read(disk) { (_, line) throws(AuditStoreError) in
            guard let record = try? AuditRecord(decoding: Array(line)),
                case .session(let session) = record.event.value("session")
            else { return }
            let code = record.event.code
            if code == .recordingStarted { standings[session] = Standing() }
            if code == .recordingChunk { standings[session]?.chunks += 1 }
            if code == .recordingStopped { standings[session]?.isStopped = true }
            if code == .sessionErased || code == .recordingExpired {
                standings[session, default: Standing()].isGone = true
            }
        }
        return standings
    }
}
