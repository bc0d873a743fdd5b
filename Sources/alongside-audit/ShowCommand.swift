internal import ArgumentParser
internal import AuditCore
internal import AuditStore
internal import Wire

/// `alongside-audit show DIR`
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print a log's records, one a line.")

    @Argument(help: "The log's directory.")
    var directory: String

    @Option(help: "Only the records of this session (26 characters).")
    var session: String?

    @Flag(help: "Print the records as they stand in the log.")
    var json = false

    func validate() throws {
        if let session = self.session, SessionID(session) == nil {
            throw ValidationError("a session id has 26 characters of lower-case Crockford base32")
        }
    }

    func run() throws {
        let only = self.session.flatMap { SessionID($0) }
        try Access.put(.read(what: "show", session: only), directory: self.directory)
        do throws(AuditStoreError) {
            let disk = try AuditDisk.system(directory: self.directory, forWriting: false)
            defer { disk.release() }
            _ = try LogReader.read(disk) { (place, line) throws(AuditStoreError) in
                let record: AuditRecord
                do throws(AuditFormatError) {
                    record = try AuditRecord(decoding: Array(line))
                } catch {
                    throw .unreadable(file: place.file, offset: place.offset, index: place.index, format: error)
                }
                if only != nil && record.session != only { return }
                if self.json {
                    Output.json(String(decoding: line, as: UTF8.self))
                } else {
                    Output.line(record.summary(index: place.index))
                }
            }
        } catch {
            Output.complaint(error.description)
            throw ExitStatus.of(error)
        }
    }
}
