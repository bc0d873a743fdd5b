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

        /// Makes the mark and its name durable, before the record that begins what it is for. It says which segment is
        /// the newest: that record stands in it or in a later one.
        func set(_ session: SessionID, in directory: String) throws(AuditStoreError) {
            let path = self.path(session, in: directory)
            let newest = try AuditDisk.names(directory + "/wal").max() ?? ""
            try RecordingFiles(directory: directory).write(
                Array((newest + "\n").utf8), to: path, in: directory + "/inbox")
        }

        /// The first index of the segment from which on the records are that the mark is for; nil where it does not
        /// name one that is there, and all must be read.
        func firstIndex(_ session: SessionID, in directory: String) -> UInt64? {
            let path = self.path(session, in: directory)
            guard let bytes = try? RecordingFiles.read(path, bytesMax: Self.bytesMax), bytes.last == 0x0A else {
                return nil
            }
            let name = String(decoding: bytes.dropLast(), as: UTF8.self)
            guard (try? AuditDisk.names(directory + "/wal"))?.contains(name) == true else { return nil }
            return SegmentFormat.firstIndex(ofName: name)
        }

        /// A segment's name and a line feed are shorter.
        private static let bytesMax = 64

        /// Takes the mark away; one that stays costs the next start a look.
        func clear(_ session: SessionID, in directory: String) {
            _ = unsafe unlink(self.path(session, in: directory))
        }
    }

    /// Runs once, on an open log, before anything is recorded. What fails is tried again at the next start.
    static func run(_ log: AuditLog, directory: String) {
        let marks = Self.marks(in: directory)
        guard !marks.isEmpty, let standings = try? Self.standings(marks, directory) else { return }
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

    /// What the log says of the recordings and erasures that the marks are for, read from the earliest of them on: what
    /// was written in the course of a session, not the whole log.
    private static func standings(
        _ marks: [(SessionID, Mark)], _ directory: String
    ) throws(AuditStoreError) -> [SessionID: Standing] {
        let disk = try AuditDisk.system(directory: directory, forWriting: false)
        defer { disk.release() }
        var standings: [SessionID: Standing] = [:]
        let firsts = marks.map { session, mark in mark.firstIndex(session, in: directory) ?? 0 }
        let first = firsts.min() ?? 0
        let start = first > 0 ? LogReader.Start(segment: first, offset: 0, next: first) : nil
        _ = try LogReader.read(disk, from: start) { (_, line) throws(AuditStoreError) in
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
