internal import AuditCore
internal import Wire

/// The recordings that lie in a log's directory, with what the log says of them.
package enum RecordingShelf {
    /// Reads the whole log and lists the files. A file that belongs to no session of the log is left out: `verify`
    /// names it. `progress` is told how many bytes of the segments were read. Changes nothing; safe beside a running
    /// writer.
    package static func read(
        directory: String, progress: (Int) -> Void = { _ in }
    ) throws(AuditStoreError) -> [KeptRecording] {
        let disk = try AuditDisk.system(directory: directory, forWriting: false)
        defer { disk.release() }
        var standings: [SessionID: SessionStanding] = [:]
        _ = try LogReader.read(disk) { (place, line) throws(AuditStoreError) in
            do throws(AuditFormatError) {
                SessionStanding.read(try AuditRecord(decoding: Array(line)), into: &standings)
            } catch {
                throw .unreadable(file: place.file, offset: place.offset, index: place.index, format: error)
            }
        } segmentRead: {
            progress($0)
        }
        let files = RecordingFiles(directory: directory)
        var recordings: [KeptRecording] = []
        for session in try files.sessions() {
            guard let standing = standings[session] else { continue }
            let extent = try files.extent(session)
            recordings.append(
                KeptRecording(session: session, standing: standing, files: extent.files, bytes: extent.bytes))
        }
        return recordings
    }
}
