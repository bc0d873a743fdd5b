/// One reader of bytes that a stranger may have written, with what it promises of any bytes.
///
/// The fuzzer runs one of them over bytes that it makes up (`Tests/Fuzz/run.sh`); `FuzzTests` runs all of them over the
/// seeds and the fail cases. The raw value is the name on the command line and of the folder of fail cases.
package enum FuzzTarget: String, CaseIterable, Sendable {
    /// A message of frames, every control and talk body, and JSON.
    case wireFrames = "wire_frames"
    /// What a shopper's link tells a session: consent, talk, control and frames, in any order.
    case talk
    /// An HTTP request to a real loop, and the WebSocket frames after it.
    case request
    /// A keyframe and what follows it.
    case view
    /// A segment of the audit log, its records and the rules between them.
    case auditSegment = "audit_segment"
    /// OpenSSH's files and messages.
    case ssh
    /// What a terminal sends, and text on its way to a terminal.
    case input

    /// Reads `bytes`. Throws when a promise is broken; a trap is a find as well.
    package func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        switch self {
        case .wireFrames: try Self.wireFrames(bytes)
        case .talk: try Self.talk(bytes)
        case .request: try Self.request(bytes)
        case .view: try Self.view(bytes)
        case .auditSegment: try Self.auditSegment(bytes)
        case .ssh: try Self.ssh(bytes)
        case .input: try Self.input(bytes)
        }
    }
}

/// What a reader promised and did not keep.
package struct BrokenPromise: Error, CustomStringConvertible {
    /// The promise.
    package let description: String
}

/// Throws the promise unless it is kept.
func promise(_ words: String, _ isKept: Bool) throws(BrokenPromise) {
    guard isKept else { throw BrokenPromise(description: words) }
}
