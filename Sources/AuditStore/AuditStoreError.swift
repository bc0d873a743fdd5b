package import AuditCore
internal import Glibc

/// What the world did to the log. Nothing here is retried: the log is closed for good and the caller told.
package enum AuditStoreError: Error, Equatable, Sendable {
    /// Another process writes in this directory.
    case inUse(directory: String)
    /// A system call failed.
    case disk(operation: String, file: String, errno: Int32)
    /// A write or a sync was not done in time, and may never be.
    case stalled(file: String)
    /// The segment being written, or the log's directory, was removed under the log.
    case unlinked(file: String)
    /// Something that had been durable is not as it was.
    case damaged(file: String, offset: Int, fault: SegmentFault)
    /// A whole record that this program cannot read.
    case unreadable(file: String, offset: Int, index: UInt64, format: AuditFormatError)
    /// The segment that should begin with record `firstIndex` is not there; `file` stands in its place.
    case missing(firstIndex: UInt64, file: String)
    /// A file in the log's directory that has no place there, or one larger than any of its kind.
    case foreign(file: String)
    /// The pseudonym key is not 32 bytes that only its owner can read.
    case key(file: String)
    /// A derived file does not have its form.
    case derived(file: String)
    /// The records are not those that the checkpoint of `size` records commits to; there are `entries`.
    case contradicted(size: UInt64, entries: UInt64)

    /// Whether the disk is full.
    package var isNoSpace: Bool {
        if case .disk(_, _, let errno) = self { AuditDisk.isNoSpace(errno) } else { false }
    }

    /// Whether a file or directory is not there.
    package var isMissing: Bool { [ENOENT, ENOTDIR].contains(self.errno) }

    /// Whether the log was changed after it was signed: no start may go over it.
    package var isContradiction: Bool {
        if case .contradicted = self { true } else { false }
    }

    /// A machine word for `audit.blocked`.
    package var word: String {
        switch self {
        case .inUse: "in-use"
        case .disk(let operation, _, _): self.isNoSpace ? "no-space" : operation
        case .stalled: "stalled"
        case .unlinked: "unlinked"
        case .damaged: "damaged"
        case .unreadable: "unreadable"
        case .missing: "missing"
        case .foreign: "foreign"
        case .key: "key"
        case .derived: "derived"
        case .contradicted: "contradicted"
        }
    }

    /// The number of the failed system call, or 0.
    package var errno: Int32 {
        if case .disk(_, _, let errno) = self { errno } else { 0 }
    }
}

extension AuditStoreError: CustomStringConvertible {
    /// One sentence with file, offset and reason.
    package var description: String {
        switch self {
        case .inUse(let directory): "\(directory): another process writes this log"
        case .disk(let operation, let file, let errno): "\(file): \(operation): \(AuditDisk.text(of: errno))"
        case .stalled(let file): "\(file): the disk does not answer"
        case .unlinked(let file): "\(file): was removed while the log was being written"
        case .damaged(let file, let offset, let fault): "\(file), offset \(offset): \(fault.rawValue)"
        case .unreadable(let file, let offset, let index, let format):
            "\(file), offset \(offset), entry \(index): not a record (\(format.reason.rawValue) at byte \(format.at))"
        case .missing(let firstIndex, let file):
            "\(file): the segment that begins with entry \(firstIndex) is missing before it"
        case .foreign(let file): "\(file): has no place in this log"
        case .key(let file): "\(file): must be 32 bytes with mode 0600"
        case .derived(let file): "\(file): does not have its form"
        case .contradicted(let size, let entries) where entries < size:
            "checkpoint: it covers \(size) entries and the log has \(entries): the end was cut off, or the log rewound"
        case .contradicted(let size, _):
            "checkpoint: the first \(size) entries do not have its root: the log or the checkpoint was changed"
        }
    }
}
