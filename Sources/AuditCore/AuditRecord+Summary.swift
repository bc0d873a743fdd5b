internal import Wire

extension AuditRecord {
    /// One readable line: index, time, code, event, session, actor, fields. Not yet safe for a terminal.
    package func summary(index: UInt64) -> String {
        let rule = self.event.code.rule
        var parts = ["\(index)", AuditTime.text(self.stamp.wall), self.event.code.rawValue, rule.event.description]
        if let session = self.session, let sequence = self.sequence { parts.append("\(session.text)#\(sequence)") }
        if let site = self.site { parts.append("site=\(site)") }
        parts.append(
            "by " + [self.actor.role.rawValue, self.actor.id, self.actor.key].compactMap { $0 }.joined(separator: " "))
        for (field, value) in zip(rule.fields, self.event.values) {
            if let text = Self.text(value) { parts.append("\(field.name)=\(text)") }
        }
        return parts.joined(separator: "  ")
    }

    private static func text(_ value: AuditValue) -> String? {
        switch value {
        case .text(let text): text
        case .words(let words): words.joined(separator: ",")
        case .count(let count): String(count)
        case .digest(let digest): digest.hex
        case .session(let session): session.text
        case .ranges(let ranges):
            ranges.map { $0.first == $0.last ? "\($0.first)" : "\($0.first)-\($0.last)" }.joined(separator: ",")
        case .absent: nil
        }
    }
}
