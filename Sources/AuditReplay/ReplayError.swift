package import Age
package import AuditStore
package import Wire

/// Why a session cannot be shown.
package enum ReplayError: Error, Equatable, Sendable {
    /// The log names no such session.
    case sessionUnknown(SessionID)
    /// The session was not recorded.
    case notRecorded
    /// Key and recording were destroyed.
    case erased
    /// The seat was never taken.
    case seatUnknown(Int)
    /// A chunk is not what the log committed to.
    case chunkForged(UInt64)
    /// A chunk's plain text breaks the format.
    case chunkMalformed(UInt64)
    /// A key or chunk does not open.
    case sealed(AgeError)
    /// The log or the disk.
    case store(AuditStoreError)
}

extension ReplayError: CustomStringConvertible {
    /// One sentence.
    package var description: String {
        switch self {
        case .sessionUnknown(let session): "the log knows no session \(session.text)"
        case .notRecorded: "this session was not recorded"
        case .erased: "the recording of this session was destroyed; the log says when and by whom"
        case .seatUnknown(let seat): "nobody took seat \(seat) of this session"
        case .chunkForged(let number): "chunk \(number) is not the one that the log commits to"
        case .chunkMalformed(let number): "chunk \(number) breaks the format of a recording"
        case .sealed(let error): "\(error)"
        case .store(let error): "\(error)"
        }
    }
}
