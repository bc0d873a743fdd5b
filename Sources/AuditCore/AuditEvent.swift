/// What happened: a code and the values of its fields. Made by the typed makers below, so that it always fits its rule.
package struct AuditEvent: Equatable, Sendable {
    /// Which event.
    package let code: AuditCode
    /// The values of `code.rule.fields`, one each, in their order.
    package private(set) var values: [AuditValue]

    init(_ code: AuditCode, _ values: [AuditValue] = []) {
        self.code = code
        self.values = values
    }

    /// The value of the field called `name`, or `.absent`.
    package func value(_ name: StaticString) -> AuditValue {
        for (rule, value) in zip(self.code.rule.fields, self.values) where rule.name.description == name.description {
            return value
        }
        return .absent
    }

    func count(_ at: Int) -> UInt64 {
        if case .count(let count) = self.values[at] { count } else { 0 }
    }

    func digest(_ at: Int) -> Digest32 {
        if case .digest(let digest) = self.values[at] { digest } else { .zero }
    }

    func ranges(_ at: Int) -> [FrameRange] {
        if case .ranges(let ranges) = self.values[at] { ranges } else { [] }
    }

    /// `session.ended` with the session's frame account filled in.
    func closing(_ hash: FrameHash) -> AuditEvent {
        guard self.code == .sessionEnded else { return self }
        return AuditEvent(.sessionEnded, [self.values[0], .count(hash.count), .digest(hash.digest)])
    }

    var byteCountEstimate: Int { self.values.reduce(192) { $0 + $1.byteCountEstimate } }
}
