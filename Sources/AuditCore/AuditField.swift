package import Wire

/// One field of a record's `data`: its name, what it may hold, whether it may be left out.
package struct FieldRule: Sendable {
    /// What a field may hold; the bounds stand in `AuditLimits`.
    package enum Kind: String, Sendable {
        /// A machine word: `A-Z`, `a-z`, `0-9`, `.`, `_`, `-`; 1 to 64 bytes.
        case word
        /// 0 to 16 words.
        case words
        /// Free text of one line's worth, 1 to 128 bytes.
        case name
        /// A page's origin: 1 to 267 bytes, no `?`, no `#`.
        case origin
        /// A page's path: 1 to 1024 bytes, no `?`, no `#`: query and fragment never enter the log.
        case path
        /// An integer from 0 to 2^53 - 1.
        case count
        /// 32 bytes as 64 lower-case hexadecimal digits.
        case digest
        /// A session id, 26 characters.
        case session
        /// 1 to 256 pairs `[first,last]` of frame indices, ascending, with a hole between each two.
        case ranges
        /// An armoured OpenSSH signature, 1 to 4096 bytes.
        case signature
    }

    /// The member's name in `data`.
    package let name: StaticString
    /// What it may hold.
    package let kind: Kind
    /// Whether it may be left out.
    package let isOptional: Bool

    private init(_ name: StaticString, _ kind: Kind, isOptional: Bool = false) {
        self.name = name
        self.kind = kind
        self.isOptional = isOptional
    }

    /// The same field, which may be left out.
    var optional: FieldRule { FieldRule(self.name, self.kind, isOptional: true) }

    static func word(_ name: StaticString) -> FieldRule { FieldRule(name, .word) }
    static func words(_ name: StaticString) -> FieldRule { FieldRule(name, .words) }
    static func name(_ name: StaticString) -> FieldRule { FieldRule(name, .name) }
    static func origin(_ name: StaticString) -> FieldRule { FieldRule(name, .origin) }
    static func path(_ name: StaticString) -> FieldRule { FieldRule(name, .path) }
    static func count(_ name: StaticString) -> FieldRule { FieldRule(name, .count) }
    static func digest(_ name: StaticString) -> FieldRule { FieldRule(name, .digest) }
    static func session(_ name: StaticString) -> FieldRule { FieldRule(name, .session) }
    static func ranges(_ name: StaticString) -> FieldRule { FieldRule(name, .ranges) }
    static func signature(_ name: StaticString) -> FieldRule { FieldRule(name, .signature) }
}

/// The value of one field of `data`.
package enum AuditValue: Equatable, Sendable {
    /// A word, name, origin, path or signature.
    case text(String)
    /// A list of words.
    case words([String])
    /// An integer from 0 to `AuditLimits.countMax`.
    case count(UInt64)
    /// 32 bytes.
    case digest(Digest32)
    /// A session.
    case session(SessionID)
    /// Ranges of frame indices.
    case ranges([FrameRange])
    /// An optional field that is left out.
    case absent

    /// Roughly how many bytes the value takes in the queue.
    var byteCountEstimate: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .words(let words): words.reduce(0) { $0 + $1.utf8.count + 3 }
        case .count: 8
        case .digest: 64
        case .session: 26
        case .ranges(let ranges): ranges.count * 16
        case .absent: 0
        }
    }
}

/// Frames `first` to `last` of one session, both included; indices count from 1.
package struct FrameRange: Hashable, Sendable {
    /// The first frame.
    package var first: UInt64
    /// The last frame, not before the first.
    package var last: UInt64

    /// The frames from `first` to `last`; the caller has ordered them.
    package init(_ first: UInt64, _ last: UInt64) {
        self.first = first
        self.last = last
    }
}
